"""Reading across features: what needs somebody today, and the administrative log."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.clock import end_of_day, start_of_day
from diancai.platform.core.jobs import Job, JobState
from diancai.platform.core.permissions import may
from diancai.platform.divisions import queries as divisions
from diancai.platform.divisions.models import Division, Level, StreetOffice
from diancai.platform.notices import queries as notices
from diancai.platform.notices.models import Notice, Objection
from diancai.platform.results import queries as results
from diancai.platform.rounds import queries as rounds
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.publicity import lacks_notices
from diancai.platform.rounds.states import RoundKind, RoundState, SignOffState

TROUBLED_ATTEMPTS = 3
"""A job that failed so often is shown, though it will be tried again."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """Where a round stands: `code` says what comes next, `until` by when; `is_mine` when this person can do it."""

    round_: Round
    code: str
    until: datetime | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What of the log to show; empty fields ask for everything."""

    event: str = ""
    actor_id: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class LogPage:
    entries: list[AuditEntry]
    total: int


STEPS: dict[RoundState, tuple[str, tuple[str, ...]]] = {
    RoundState.ANNOUNCED: ("next.announced", ("import_register", "give_slip", "order_codes")),
    RoundState.VOTING: ("next.voting", ("register_late", "order_codes")),
    RoundState.SUSPENDED: ("next.suspended", ("resume_round",)),
    RoundState.COLLECTING: ("next.collecting", ("balance_station", "seal_round")),
    RoundState.CLOSED: ("next.closed", ("type_draw", "count_round")),
    RoundState.COUNTED: ("next.counted", ("sign_result", "certify_result")),
    RoundState.CERTIFIED: ("next.certified", ("submit_result",)),
    RoundState.PUBLISHED: ("next.published", ("finish_round",)),
}
"""For each state what comes next, and the actions of which any one takes the round there."""
SIGN_OFF_STEPS: dict[tuple[str, SignOffState], tuple[str, tuple[str, ...]]] = {
    ("round", SignOffState.SUBMITTED): ("next.round.review", ("review_round",)),
    ("round", SignOffState.REVIEWED): ("next.round.sign", ("announce_round",)),
    ("result", SignOffState.SUBMITTED): ("next.result.review", ("review_result",)),
    ("result", SignOffState.REVIEWED): ("next.result.sign", ("publish_result",)),
}


def next_steps(session: Session, actor: Actor) -> list[NextStep]:
    """Every living round of the person's streets: own steps first, then by deadline. A round whose fund was approved
    with another amount is there twice: the vote goes on while the office says what the round gets.
    """
    ended = (RoundState.FINAL, RoundState.VOID)
    living = select(Round).where(Round.street_id.in_(actor.street_ids), Round.state.not_in(ended))
    found = list(session.scalars(living.order_by(Round.opens_at)))
    steps = [_next_step(session, actor, round_) for round_ in found]
    steps += [_granting_step(actor, round_) for round_ in found if rounds.awaits_grant(session, round_)]
    return sorted(steps, key=lambda step: (not step.is_mine, step.until is None, step.until or step.round_.opens_at))


def _next_step(session: Session, actor: Actor, round_: Round) -> NextStep:
    if round_.state is RoundState.DRAFT:
        code, actions = _paper_step(session, round_, "round", "round") or ("next.draft", ("submit_round",))
    elif round_.state is RoundState.CERTIFIED and (result := results.latest_result(session, round_)) is not None:
        paper = _paper_step(session, round_, "result", results.subject_of(result))
        code, actions = paper or STEPS[RoundState.CERTIFIED]
    elif round_.state is RoundState.ANNOUNCED and lacks_notices(session, round_):
        code, actions = "next.announced.notices", ("post_notice",)
    elif round_.state is RoundState.PUBLISHED and round_.is_provisional:
        code, actions = "next.published.provisional", ()
    else:
        code, actions = STEPS[round_.state]
    is_mine = any(may(actor, action, round_) for action in actions)
    return NextStep(round_, code, _deadline(session, round_), is_mine)


def _granting_step(actor: Actor, round_: Round) -> NextStep:
    return NextStep(round_, "next.granting", None, may(actor, "grant_fund", round_))


def _paper_step(session: Session, round_: Round, kind: str, subject: str) -> tuple[str, tuple[str, ...]] | None:
    """拟稿 → 审核 → 签发 of an announcement or a result: who holds the paper now. None: it is with its author."""
    waiting = rounds.pending_sign_off(session, round_, subject)
    return SIGN_OFF_STEPS[kind, waiting.state] if waiting is not None else None


def _deadline(session: Session, round_: Round) -> datetime | None:
    if round_.state in (RoundState.DRAFT, RoundState.ANNOUNCED):
        return round_.opens_at if round_.kind is RoundKind.REGULAR else None
    if round_.state in (RoundState.VOTING, RoundState.SUSPENDED):
        return round_.closes_at
    if round_.state is RoundState.PUBLISHED:
        window = select(func.max(Notice.ends_at)).where(Notice.subject == f"round:{round_.id}")
        return session.scalar(window)
    return None


def tentative_windows(session: Session, street_ids: Collection[int]) -> list[Notice]:
    """暂定: notices that end in a year whose holidays were not known when they were posted."""
    query = select(Notice).where(Notice.street_id.in_(street_ids), Notice.tentative_year.is_not(None))
    return list(session.scalars(query.order_by(Notice.ends_at)))


def objections_to_answer(session: Session, actor: Actor) -> list[tuple[Objection, Notice]]:
    """Unanswered objections that this person may answer, those whose notice ends first first."""
    waiting = notices.objections_waiting(session, actor.street_ids)
    return [(objection, notice) for objection, notice in waiting if may(actor, "answer_objection", notice)]


def troubled_jobs(session: Session) -> list[Job]:
    """Jobs that were given up, or that failed several times."""
    query = select(Job).where(or_(Job.state == JobState.FAILED, Job.attempts >= TROUBLED_ATTEMPTS))
    return list(session.scalars(query.order_by(Job.due_at, Job.id)))


def unready_offices(session: Session, actor: Actor, at: datetime) -> list[tuple[StreetOffice, bool]]:
    """Streets this person administers whose settings or privacy notice are missing; True: the settings are."""
    found = []
    for division in divisions.divisions_by_id(session, actor.street_ids).values():
        office = divisions.office_of(session, division.id) if division.level is Level.STREET else None
        if office is None or not may(actor, "manage_settings", office):
            continue
        if not office.help_phone or divisions.privacy_notice(session, division.id, at) is None:
            found.append((office, not office.help_phone))
    return found


def log_page(session: Session, actor: Actor, wanted: LogFilter, *, first: int, count: int) -> LogPage:
    """A page of the log, the newest first."""
    query = _log(actor, wanted)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = query.order_by(AuditEntry.id.desc()).offset(first).limit(count)
    return LogPage(list(session.scalars(rows)), total)


def log_entries(session: Session, actor: Actor, wanted: LogFilter, *, most: int) -> list[AuditEntry]:
    """The same rows in one piece, for the export, the oldest first."""
    return list(session.scalars(_log(actor, wanted).order_by(AuditEntry.id).limit(most)))


def log_events(session: Session, actor: Actor) -> list[str]:
    """The kinds of events that this person's log holds."""
    query = select(AuditEntry.event).where(_in_sight(actor)).distinct()
    return sorted(session.scalars(query))


def log_people(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Who did what this person's log tells about, by name."""
    query = select(AuditEntry.actor_id, func.max(AuditEntry.actor_name))
    query = query.where(_in_sight(actor), AuditEntry.actor_id.is_not(None)).group_by(AuditEntry.actor_id)
    people = [(actor_id, name) for actor_id, name in session.execute(query) if actor_id is not None]
    return sorted(people, key=lambda person: person[1])


def log_size(session: Session) -> int:
    return session.scalar(select(func.count(AuditEntry.id))) or 0


def facts_of(entry: AuditEntry) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(entry.facts)
    return facts


def round_titles(session: Session, actor: Actor) -> dict[int, str]:
    """Of the person's streets, for the sentences of the log."""
    rows = select(Round.id, Round.title).where(Round.street_id.in_(actor.street_ids))
    return dict(session.execute(rows).all())


def street_names(session: Session, actor: Actor) -> dict[int, str]:
    return {key: row.name for key, row in divisions.divisions_by_id(session, actor.street_ids).items()}


def divisions_for_roles(session: Session, division_ids: Collection[int]) -> list[Division]:
    """Districts and streets in which a role can be given, districts first."""
    found = divisions.divisions_by_id(session, division_ids).values()
    fitting = [division for division in found if division.level in (Level.DISTRICT, Level.STREET)]
    return sorted(fitting, key=lambda division: (division.level is not Level.DISTRICT, division.code))


def _log(actor: Actor, wanted: LogFilter) -> Select[AuditEntry]:
    query = select(AuditEntry).where(_in_sight(actor))
    if wanted.event:
        query = query.where(AuditEntry.event == wanted.event)
    if wanted.actor_id is not None:
        query = query.where(AuditEntry.actor_id == wanted.actor_id)
    if wanted.day is not None:
        query = query.where(AuditEntry.at >= start_of_day(wanted.day), AuditEntry.at < end_of_day(wanted.day))
    return query


def _in_sight(actor: Actor) -> ColumnElement[bool]:
    """The streets in which the person may read the log, and what concerns the whole installation."""
    ids = {grant.street_id for grant in actor.grants if may(actor, "read_log", _Place(grant.street_id))}
    return or_(AuditEntry.street_id.in_(ids), AuditEntry.street_id.is_(None))


@dataclass(frozen=True, slots=True)
class _Place:
    street_id: int
