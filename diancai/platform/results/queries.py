"""Reading the draw, the versions of the result and what stands under them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.budget import ItemCategory
from diancai.platform.accounts.models import Staff
from diancai.platform.core.actor import Actor
from diancai.platform.core.confirmations import ConfirmationRequest, RequestState
from diancai.platform.divisions.models import Division
from diancai.platform.notices.models import Notice, NoticeKind, Objection
from diancai.platform.polling.models import ClosingMinute
from diancai.platform.results.bundle import publishes_ballots
from diancai.platform.results.models import Draw, DrawEntry, MarginKind, Result, ResultItem, SearchedMargin, Signature
from diancai.platform.rounds.models import ItemWithdrawal, MenuItem, Round, RoundScrutineer, SignOff
from diancai.platform.rounds.states import SignOffState

UPHOLD = "result.uphold_objection"
"""What a second person confirms before an answer changes a published result."""
GRANT = "result.grant_fund"
"""What a second person confirms before a round gets another amount than announced."""


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """One item of one version of the result, with all that a page says about it."""

    number: str
    name: str
    category: ItemCategory | None
    community: str
    """"" stands for the whole street."""
    cost_fen: int
    responsible_unit: str
    completes_on: date | None
    place: int
    score: int
    is_selected: bool
    reason_code: str
    reason_facts: Mapping[str, Any]
    margin: int | None
    margin_kind: MarginKind
    withdrawn_reason: str

    @property
    def outcome(self) -> str:
        """The word that the item card knows it by."""
        if self.is_selected:
            return "won"
        return "withdrawn" if self.reason_code == "lost.withdrawn" else "lost"


@dataclass(frozen=True, slots=True)
class Change:
    """An item whose fate differs between two versions."""

    number: str
    name: str
    cost_fen: int
    is_selected_now: bool


def is_scrutineer(session: Session, round_: Round, actor: Actor) -> bool:
    """Is the actor one of this round's own scrutineers? The role alone is not enough."""
    if actor.staff_id is None:
        return False
    return session.get(RoundScrutineer, (round_.id, actor.staff_id)) is not None


def draw_of(session: Session, round_: Round) -> Draw | None:
    return session.get(Draw, round_.id)


def typed_by(session: Session, round_: Round) -> set[int]:
    """Who has typed the draw. What they typed stays unread until two agree."""
    return set(session.scalars(select(DrawEntry.staff_id).where(DrawEntry.round_id == round_.id)))


def results_of(session: Session, round_: Round) -> list[Result]:
    """Every version, oldest first."""
    return list(session.scalars(select(Result).where(Result.round_id == round_.id).order_by(Result.version)))


def latest_result(session: Session, round_: Round) -> Result | None:
    rows = select(Result).where(Result.round_id == round_.id).order_by(Result.version.desc()).limit(1)
    return session.scalar(rows)


def result_of_version(session: Session, round_id: int, version: int) -> Result | None:
    return session.scalar(select(Result).where(Result.round_id == round_id, Result.version == version))


def published_results(session: Session, round_: Round) -> list[Result]:
    """The versions that were signed off, oldest first: all that the public may read, whatever the round's state."""
    signed = select(SignOff.subject).where(SignOff.round_id == round_.id, SignOff.state == SignOffState.SIGNED)
    subjects = set(session.scalars(signed))
    return [result for result in results_of(session, round_) if subject_of(result) in subjects]


def current_result(session: Session, round_: Round) -> Result | None:
    """The version in force: the newest published one."""
    published = published_results(session, round_)
    return published[-1] if published else None


def has_public_ballots(round_: Round, result: Result) -> bool:
    """Whether the published files of this version hold the ballots (vote.md 3)."""
    return publishes_ballots(round_.publication.value, result.ballot_count, is_imported=round_.is_imported)


def is_superseded(session: Session, round_: Round, result: Result) -> bool:
    """Whether a later version stands beside this one, published or not."""
    latest = latest_result(session, round_)
    return latest is not None and latest.version > result.version


def subject_of(result: Result) -> str:
    """How a sign-off names this version."""
    return f"result:{result.version}"


def signatures_of(session: Session, result: Result) -> list[Signature]:
    rows = select(Signature).where(Signature.result_id == result.id)
    return list(session.scalars(rows.order_by(Signature.signed_at, Signature.id)))


def outcomes_of(session: Session, round_: Round, result: Result) -> list[ItemOutcome]:
    """Every item of this version: winners in order of selection, then the others."""
    rows = session.execute(
        select(ResultItem, MenuItem, Division.name, ItemWithdrawal.reason, SearchedMargin)
        .join(MenuItem, (MenuItem.round_id == round_.id) & (MenuItem.number == ResultItem.number))
        .outerjoin(Division, Division.id == MenuItem.community_id)
        .outerjoin(ItemWithdrawal, ItemWithdrawal.item_id == MenuItem.id)
        .outerjoin(SearchedMargin, SearchedMargin.result_item_id == ResultItem.id)
        .where(ResultItem.result_id == result.id)
        .order_by(ResultItem.place)
    )
    return [
        _outcome(row, item, community or "", withdrawn or "", searched)
        for row, item, community, withdrawn, searched in rows
    ]


def margins_of(session: Session, result: Result) -> list[tuple[int | None, MarginKind]]:
    """翻转票数 of every item: what was searched after the count goes before what the count could tell."""
    rows = session.execute(
        select(ResultItem, SearchedMargin)
        .outerjoin(SearchedMargin, SearchedMargin.result_item_id == ResultItem.id)
        .where(ResultItem.result_id == result.id)
    )
    return [(searched.margin, searched.kind) if searched else (row.margin, row.margin_kind) for row, searched in rows]


def _outcome(
    row: ResultItem, item: MenuItem, community: str, withdrawn_reason: str, searched: SearchedMargin | None
) -> ItemOutcome:
    return ItemOutcome(
        number=row.number,
        name=item.name,
        category=item.category,
        community=community,
        cost_fen=row.cost_fen,
        responsible_unit=item.responsible_unit,
        completes_on=item.completes_on,
        place=row.place,
        score=row.score,
        is_selected=row.is_selected,
        reason_code=row.reason_code,
        reason_facts=json.loads(row.reason_facts),
        margin=searched.margin if searched else row.margin,
        margin_kind=searched.kind if searched else row.margin_kind,
        withdrawn_reason=withdrawn_reason,
    )


def changes_between(before: list[ItemOutcome], after: list[ItemOutcome]) -> list[Change]:
    """Items that won in one version and not in the other, in the order of the later one."""
    was_selected = {outcome.number: outcome.is_selected for outcome in before}
    return [
        Change(outcome.number, outcome.name, outcome.cost_fen, outcome.is_selected)
        for outcome in after
        if outcome.is_selected != was_selected[outcome.number]
    ]


def notice_of_result(session: Session, round_: Round) -> Notice | None:
    """The notice of the version in force: the newest of its kind."""
    rows = select(Notice).where(Notice.subject == f"round:{round_.id}", Notice.kind == NoticeKind.RESULT)
    return session.scalar(rows.order_by(Notice.id.desc()).limit(1))


def objections_to(session: Session, round_: Round) -> list[tuple[Notice, Objection]]:
    """Objections to any notice of the result, newest notice first."""
    rows = (
        select(Notice, Objection)
        .join(Objection, Objection.notice_id == Notice.id)
        .where(Notice.subject == f"round:{round_.id}", Notice.kind == NoticeKind.RESULT)
        .order_by(Notice.id.desc(), Objection.number)
    )
    return [(notice, objection) for notice, objection in session.execute(rows)]


def proposed_objections(session: Session, round_: Round) -> frozenset[int]:
    """Numbers of rows of the objections whose answer waits for the second person."""
    waiting = select(ConfirmationRequest).filter_by(
        street_id=round_.street_id, action=UPHOLD, state=RequestState.PENDING
    )
    return frozenset(request.argument_values["objection_id"] for request in session.scalars(waiting))


def is_grant_requested(session: Session, round_: Round) -> bool:
    """Whether what the round gets waits for the second person."""
    waiting = select(ConfirmationRequest).filter_by(
        street_id=round_.street_id, action=GRANT, state=RequestState.PENDING
    )
    return any(request.argument_values["round_id"] == round_.id for request in session.scalars(waiting))


@dataclass(frozen=True, slots=True)
class Turnout:
    """投票率: only over a register that was open to objection (glossary 117)."""

    ballot_count: int
    register_count: int

    @property
    def percent_text(self) -> str:
        """One decimal, cut and not rounded up."""
        tenths = self.ballot_count * 1000 // self.register_count
        return f"{tenths // 10}.{tenths % 10}"


def turnout_of(session: Session, round_: Round) -> Turnout | None:
    """None unless the register's notice had ended before voting did."""
    minute = session.get(ClosingMinute, round_.id)
    confirmed = select(Notice.id).where(
        Notice.subject == f"round:{round_.id}",
        Notice.kind == NoticeKind.REGISTER,
        Notice.ends_at <= round_.closes_at,
    )
    if minute is None or not minute.register_count or session.scalar(confirmed.limit(1)) is None:
        return None
    return Turnout(minute.ballot_count, minute.register_count)


def names_of(session: Session) -> dict[int, str]:
    """Names of people in office by their number, for the lines of a sign-off."""
    return dict(session.execute(select(Staff.id, Staff.name)).all())
