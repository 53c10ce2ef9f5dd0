"""演练: the real menu and rules as a round of its own, with invented voters, official test ballots, and an end without trace.

Only the log, and one line that it took place, outlive it. One person is enough: nothing real hangs on it.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.clock import coarse_hour
from diancai.platform.core.jobs import enqueue
from diancai.platform.core.keys import keys_of
from diancai.platform.core.moves import hold, move
from diancai.platform.polling.ballot_forms import form_of
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import BallotCode, GivenKind, RegisterEntry, Station
from diancai.platform.polling.operations.casting import CodeProof, cast_ballot
from diancai.platform.polling.operations.opening import open_round
from diancai.platform.polling.operations.persons import Person, entry_columns
from diancai.platform.polling.queries import communities_of, stations_of
from diancai.platform.rehearsal.ballots import official_marks
from diancai.platform.rehearsal.events import RehearsalBegun, RehearsalWiped, TestBallotsCast
from diancai.platform.rehearsal.models import Rehearsal
from diancai.platform.rehearsal.queries import compare, rehearsal_in, running_rehearsal
from diancai.platform.rehearsal.wiping import wipe_round
from diancai.platform.rounds.checks import rules_in
from diancai.platform.rounds.models import MenuItem, Round, RoundScrutineer, RuleBook
from diancai.platform.rounds.operations.announcing import close_key
from diancai.platform.rounds.operations.drafting import COPIED
from diancai.platform.rounds.queries import items_of, scrutineers_of
from diancai.platform.rounds.rules import rule_book_text, sha256_of
from diancai.platform.rounds.states import ROUND_MOVES, RoundKind, RoundState
from diancai.voting import new_code

MOST_VOTERS = 2000
SPANS = (30, 60, 120, 240, 480)
"""Minutes that a rehearsal's vote may last; a round never closes early, and this is one."""
REHEARSED = frozenset({RoundState.DRAFT, RoundState.ANNOUNCED})
TITLE = "【演练】"
STATION = ("演练投票点", "演练", "演练", "—")


@dataclass(frozen=True, slots=True)
class RehearsalPlan:
    """How many invented voters, and for how many minutes votes are taken."""

    voter_count: int
    minutes: int


def begin_rehearsal(session: Session, source: Round, plan: RehearsalPlan, *, by: Actor, at: datetime) -> Rehearsal:
    """Copy menu, rules, desks and scrutineers of `source` and open the vote at once.

    Raises WrongState rehearsal.not_now for any but a draft or an announced round, rehearsal.of_rehearsal; Conflict
    rehearsal.running; InvalidInput rehearsal.voters (most), rehearsal.minutes, rehearsal.no_menu (marks).
    """
    hold(session, source)
    _check(session, source, plan)
    round_ = _copy(session, source, plan, by, at)
    _open(session, round_, at)
    _invent_voters(session, round_, plan.voter_count)
    assert by.staff_id is not None
    rehearsal = Rehearsal(source_id=source.id, round_id=round_.id, voter_count=plan.voter_count)
    rehearsal.begun_by, rehearsal.begun_at = by.staff_id, at
    session.add(rehearsal)
    session.flush()
    record(session, RehearsalBegun(source.street_id, source.id, round_.id, plan.voter_count), by=by, at=at)
    return rehearsal


def cast_test_ballots(session: Session, round_: Round, count: int, *, by: Actor, at: datetime) -> int:
    """Cast `count` official test ballots by the way that every ballot goes; their totals are known beforehand.

    Once, and before that many voters were given anything. Raises WrongState rehearsal.not_one, and as `cast_ballot` once
    the vote has ended; Conflict rehearsal.cast_already; InvalidInput rehearsal.ballots (most).
    """
    rehearsal = _rehearsal(session, round_)
    hold(session, rehearsal)
    if rehearsal.ballot_count:
        raise Conflict("rehearsal.cast_already")
    free = select(RegisterEntry).where(RegisterEntry.round_id == round_.id, RegisterEntry.given.is_(None))
    voters = session.scalars(free.order_by(RegisterEntry.id).limit(MOST_VOTERS)).all()
    if not 1 <= count <= len(voters):
        raise InvalidInput("rehearsal.ballots", field="count", most=len(voters))
    form, station = form_of(session, round_), stations_of(session, round_)[0]
    for voter, marks in zip(voters, official_marks(form, rehearsal.id, count), strict=False):
        voter.given, voter.given_hour = GivenKind.POSTED, coarse_hour(at)
        proof = CodeProof(_a_code(session, station), round_.id)
        cast_ballot(session, proof, secrets.token_bytes(16), marks, at=at)
    rehearsal.ballot_count = count
    session.flush()
    record(session, TestBallotsCast(round_.street_id, round_.id, count), by=by, at=at)
    return count


def wipe_rehearsal(session: Session, round_: Round, *, by: Actor, at: datetime) -> Rehearsal:
    """Delete the round with all that is its own, in any state. Raises WrongState rehearsal.not_one for a real round."""
    rehearsal = _rehearsal(session, round_)
    hold(session, rehearsal)
    street_id, round_id, source_id = round_.street_id, round_.id, rehearsal.source_id
    outcome = compare(session, rehearsal, round_).outcome
    rehearsal.round_id, rehearsal.wiped_at, rehearsal.wiped_by, rehearsal.outcome = None, at, by.staff_id, outcome
    session.flush()
    row_count = wipe_round(session, round_)
    record(session, RehearsalWiped(street_id, source_id, round_id, outcome, row_count), by=by, at=at)
    return rehearsal


def _rehearsal(session: Session, round_: Round) -> Rehearsal:
    rehearsal = rehearsal_in(session, round_)
    if rehearsal is None or not round_.is_rehearsal:
        raise WrongState("rehearsal.not_one")
    return rehearsal


def _check(session: Session, source: Round, plan: RehearsalPlan) -> None:
    if source.is_rehearsal:
        raise WrongState("rehearsal.of_rehearsal")
    if source.is_imported or source.state not in REHEARSED:
        raise WrongState("rehearsal.not_now")
    if running_rehearsal(session, source) is not None:
        raise Conflict("rehearsal.running")
    if not 1 <= plan.voter_count <= MOST_VOTERS:
        raise InvalidInput("rehearsal.voters", field="voter_count", most=MOST_VOTERS)
    if plan.minutes not in SPANS:
        raise InvalidInput("rehearsal.minutes", field="minutes")
    if len(items_of(session, source)) < source.max_marks:
        raise InvalidInput("rehearsal.no_menu", marks=source.max_marks)


def _copy(session: Session, source: Round, plan: RehearsalPlan, by: Actor, at: datetime) -> Round:
    """As it stands, but for its days: it opens now, asks for no notices and has no least number of ballots."""
    closes_at = at + timedelta(minutes=plan.minutes)
    rules = replace(
        rules_in(source),
        title=f"{TITLE}{source.title}"[:80],
        opens_at=at,
        closes_at=closes_at,
        latest_close_at=closes_at + timedelta(days=1),
        candidate_notice_days=0,
        register_check_days=0,
        min_turnout_percent=0,
        min_ballots=0,
    )
    round_ = Round(street_id=source.street_id, created_by=by.staff_id, created_at=at, **rules.column_values())
    round_.kind, round_.constraints, round_.order_seed = RoundKind.REHEARSAL, source.constraints, source.order_seed
    session.add(round_)
    session.flush()
    for item in items_of(session, source):
        copied = {name: getattr(item, name) for name in (*COPIED, "completes_on")}
        session.add(MenuItem(round_id=round_.id, **copied))
    for row, staff in scrutineers_of(session, source):
        facts = {"is_chief": row.is_chief, "chosen_by": row.chosen_by, "has_no_conflict": row.has_no_conflict}
        session.add(RoundScrutineer(round_id=round_.id, staff_id=staff.id, appointed_at=at, **facts))
    desks = [(one.name, one.address, one.hours, one.phone) for one in stations_of(session, source)]
    for name, address, hours, phone in desks or [STATION]:
        session.add(Station(round_id=round_.id, name=name, address=address, hours=hours, phone=phone))
    session.flush()
    return round_


def _open(session: Session, round_: Round, at: datetime) -> None:
    """Announced and open in one step: no fund is drawn on, nothing is posted, nobody signs."""
    text = rule_book_text(session, round_)
    session.add(RuleBook(round_id=round_.id, text=text, sha256=sha256_of(text), frozen_at=at))
    move(session, round_, RoundState.ANNOUNCED, table=ROUND_MOVES, announced_at=at)
    round_.log_risk_accepted_by = "演练"
    open_round(session, round_, at=at)
    enqueue(session, "polling.close_round", round_.id, due_at=round_.closes_at, unique_key=close_key(round_))


def _invent_voters(session: Session, round_: Round, count: int) -> None:
    communities, keys = communities_of(session, round_), keys_of(session)
    if not communities:
        raise InvalidInput("rehearsal.no_community")
    for number in range(1, count + 1):
        place = communities[number % len(communities)]
        person = Person(f"演练{number:04}", place.id, f"演练{number}号", birth_year=1980)
        session.add(RegisterEntry(round_id=round_.id, **entry_columns(keys, round_.id, person)))
    session.flush()


def _a_code(session: Session, station: Station) -> bytes:
    """A live code that no slip bears."""
    key = code_key(keys_of(session), new_code())
    session.add(BallotCode(code_key=key, round_id=station.round_id, station_id=station.id))
    session.flush()
    return key
