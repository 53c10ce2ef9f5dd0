"""The count: one transaction from the box to a result with its reasons, margins and bundle (count.md)."""

import json
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.budget import Allocation, Margin, allocate, margins
from diancai.errors import InvalidInput, LimitReached, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.moves import move
from diancai.platform.core.timeline import note
from diancai.platform.polling.models import ClosingMinute
from diancai.platform.results.box import Box, open_box
from diancai.platform.results.bundle import bundle_text, publishes_ballots, result_part
from diancai.platform.results.events import RoundCounted
from diancai.platform.results.frozen import FrozenRules, drawn_seed, election_of, frozen_rules, withdrawn_in_order
from diancai.platform.results.margin_search import is_searched, order_search
from diancai.platform.results.models import MarginKind, Result, ResultItem
from diancai.platform.results.queries import latest_result, subject_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.signing import supersede_paper
from diancai.platform.rounds.rules import sha256_of
from diancai.platform.rounds.states import RECOUNTABLE, ROUND_MOVES, RoundState
from diancai.voting import (
    Threshold,
    ThresholdBase,
    TieOrder,
    is_met,
    item_scores,
)


@dataclass(frozen=True)
class Count:
    """What was counted and what came of it, before it is stored."""

    rules: FrozenRules
    box: Box
    withdrawn: tuple[str, ...]
    draw: str
    costs_fen: dict[str, int]
    totals: dict[str, int]
    allocation: Allocation
    margins: dict[str, Margin]


def count_round(session: Session, round_: Round, *, by: Actor, at: datetime) -> Result:
    """Count the sealed ballots by the frozen rules and store the first version of the result.

    Nothing is stored unless all of it is: after a kill the round is still where it was, and of two counts at once one
    is refused. Raises WrongState, Conflict results.box_differs, NotFound results.no_draw, LimitReached
    results.too_few_ballots / .turnout_too_low (the round must then be declared void).
    """
    if round_.state is not RoundState.CLOSED:
        raise WrongState("results.not_countable_now")
    return _count(session, round_, by, at, reason="")


def recount_round(session: Session, round_: Round, *, reason: str, by: Actor, at: datetime) -> Result:
    """The next version beside the others, with its public reason: the same ballots and the same draw, without the items
    withdrawn by now, of the fund that the round has by now. A version on its way to 签发 is called back.

    Raises InvalidInput results.recount_reason_missing, and as `count_round`.
    """
    if round_.state not in RECOUNTABLE:
        raise WrongState("results.not_countable_now")
    if not reason.strip():
        raise InvalidInput("results.recount_reason_missing")
    if (before := latest_result(session, round_)) is not None:
        supersede_paper(session, round_, subject_of(before))
    result = _count(session, round_, by, at, reason=reason.strip())
    note(session, f"round:{round_.id}", "round.recounted", at=at, version=result.version, reason=result.reason)
    return result


def check_validity(round_: Round, minute: ClosingMinute) -> None:
    """The rule book's validity conditions (vote.md 4): a round that fails one is not allocated.

    Raises LimitReached results.too_few_ballots (ballot_count, min_ballots), results.turnout_too_low (ballot_count,
    register_count, percent).
    """
    if minute.ballot_count < round_.min_ballots:
        raise LimitReached("results.too_few_ballots", ballot_count=minute.ballot_count, min_ballots=round_.min_ballots)
    turnout = Threshold(Fraction(round_.min_turnout_percent, 100), False, ThresholdBase.ENTITLED)
    if round_.min_turnout_percent and not is_met(
        turnout, minute.ballot_count, {ThresholdBase.ENTITLED: minute.register_count}
    ):
        raise LimitReached(
            "results.turnout_too_low",
            ballot_count=minute.ballot_count,
            register_count=minute.register_count,
            percent=round_.min_turnout_percent,
        )


def _count(session: Session, round_: Round, by: Actor, at: datetime, *, reason: str) -> Result:
    box = open_box(session, round_)
    check_validity(round_, box.minute)
    count = _counted(session, round_, box)
    move(session, round_, RoundState.COUNTED, table=ROUND_MOVES)
    version = _next_version(session, round_)
    result = _store(session, round_, count, version=version, reason=reason, counted_by=by.staff_id, counted_at=at)
    if is_searched(count.rules.rule):
        order_search(session, result.id, at=at)
    event = RoundCounted(round_.street_id, round_.id, version, result.ballot_count, result.bundle_sha256, reason)
    record(session, event, by=by, at=at)
    return result


def _counted(session: Session, round_: Round, box: Box) -> Count:
    rules = frozen_rules(session, round_)
    withdrawn = withdrawn_in_order(session, round_, rules.form)
    election = election_of(rules, box.texts, withdrawn)
    draw, seed = drawn_seed(session, round_, box.minute)
    ties = TieOrder(rules.tie_rule, seed)
    return Count(
        rules=rules,
        box=box,
        withdrawn=withdrawn,
        draw=draw,
        costs_fen=dict(zip(rules.form.item_numbers, rules.form.costs_fen, strict=True)),
        totals={number: int(score) for number, score in item_scores(election.profile).items()},
        allocation=allocate(election, rules.rule, ties),
        margins=margins(election, rules.rule, ties),
    )


def _next_version(session: Session, round_: Round) -> int:
    last = session.scalar(select(func.max(Result.version)).where(Result.round_id == round_.id))
    return (last or 0) + 1


def _bundle(round_: Round, count: Count, version: int) -> str:
    box, rules = count.box, count.rules
    is_open = publishes_ballots(rules.publication, len(box.texts), is_imported=round_.is_imported)
    return bundle_text(
        rule_book_text=rules.text,
        closing=box.closing(is_imported=round_.is_imported),
        draw=count.draw,
        withdrawn=count.withdrawn,
        tracker_keys=None if round_.is_imported else box.tracker_keys,
        ballots=box.texts if is_open else None,
        totals=count.totals,
        result=result_part(version, rules.fund_fen, count.totals, count.allocation),
    )


def _store(session: Session, round_: Round, count: Count, **facts: Any) -> Result:
    """One row for the version and one for each item."""
    bundle = _bundle(round_, count, facts["version"])
    result = Result(
        round_id=round_.id,
        ballot_count=len(count.box.texts),
        fund_fen=count.rules.fund_fen,
        spent_fen=count.allocation.spent_fen,
        left_fen=count.allocation.left_fen,
        bundle=bundle,
        bundle_sha256=sha256_of(bundle),
        **facts,
    )
    session.add(result)
    session.flush()
    session.add_all(_rows(result, count))
    session.flush()
    return result


def _rows(result: Result, count: Count) -> list[ResultItem]:
    """Winners in order of selection, then the others by score, equals in menu order."""
    winners = list(count.allocation.winners)
    others = [number for number in count.totals if number not in winners]
    others.sort(key=lambda number: -count.totals[number])
    return [_row(result, count, number, place) for place, number in enumerate(winners + others, 1)]


def _row(result: Result, count: Count, number: str, place: int) -> ResultItem:
    reason, margin = count.allocation.reasons[number], count.margins[number]
    return ResultItem(
        result_id=result.id,
        number=number,
        place=place,
        score=count.totals[number],
        cost_fen=count.costs_fen[number],
        is_selected=reason.is_won,
        reason_code=reason.code,
        reason_facts=json.dumps(dict(reason.facts), ensure_ascii=False, sort_keys=True),
        margin=margin.flips,
        margin_kind=MarginKind(margin.status),
    )
