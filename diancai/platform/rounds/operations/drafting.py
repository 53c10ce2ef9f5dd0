"""Drafting a round: its rules, last year's as a start, and giving a draft up."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, LimitReached, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.clock import LOCAL
from diancai.platform.core.db import rows_changed
from diancai.platform.core.jobs import enqueue
from diancai.platform.core.moves import move
from diancai.platform.funds.models import Fund
from diancai.platform.funds.queries import available_fen
from diancai.platform.rounds.checks import RoundRules, check_rules, rules_in
from diancai.platform.rounds.events import DraftDiscarded, RoundDrafted, RoundEdited
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.operations.signing import supersede_paper
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.states import ROUND_MOVES, RoundState

COPIED = (
    "number", "position", "name", "category", "community_id", "place", "cost_fen", "social_fen", "beneficiary_count",
    "responsible_unit", "aftercare", "origin", "text", "picture_sha256", "picture_alt",
)  # fmt: skip


def draft_round(session: Session, street_id: int, rules: RoundRules, *, by: Actor, at: datetime) -> Round:
    """Begin a round.

    Raises InvalidInput as `checks.rule_problems`, and round.no_such_fund for a fund of another street; LimitReached
    round.over_fund (fund_fen, balance_fen, excess_fen) for more than the fund has left.
    """
    round_ = _new_round(session, street_id, rules, by, at)
    record(session, RoundDrafted(street_id, round_.id, round_.title), by=by, at=at)
    return round_


def edit_round(session: Session, round_: Round, rules: RoundRules, *, revision: int, by: Actor, at: datetime) -> Round:
    """Change the rules of a draft. `revision` is the one that the page was opened with.

    Raises as `draft_round`, WrongState round.not_draft, Conflict round.edited_meanwhile. What waited for review or
    signing is called back: it is no longer what was read.
    """
    check_rules(rules)
    _check_fund(session, round_.street_id, rules, except_id=round_.id)
    claim_draft(session, round_, revision)
    values = rules.column_values()
    changed = tuple(sorted(name for name, value in values.items() if getattr(round_, name) != value))
    for name in changed:
        setattr(round_, name, values[name])
    record(session, RoundEdited(round_.street_id, round_.id, changed), by=by, at=at)
    return round_


def copy_round(session: Session, source: Round, *, fund: Fund, year: int, by: Actor, at: datetime) -> Round:
    """Last year's round as a start: rules, constraints and menu of `source`, its dates moved by whole years, on another fund.

    Days of completion are left open, because a promise is not copied. Draws at most what `fund` has left. Raises as
    `draft_round`, InvalidInput round.imported_no_copy.
    """
    if source.is_imported or source.is_rehearsal:
        raise InvalidInput("round.imported_no_copy")
    rules = _moved_to(rules_in(source), year)
    rules = replace(rules, fund_id=fund.id, fund_fen=min(source.fund_fen, _free_fen(session, fund)))
    round_ = _new_round(session, source.street_id, rules, by, at)
    round_.constraints = source.constraints
    for item in items_of(session, source):
        session.add(MenuItem(round_id=round_.id, **{name: getattr(item, name) for name in COPIED}))
    session.flush()
    record(session, RoundDrafted(round_.street_id, round_.id, round_.title, copied_from=source.id), by=by, at=at)
    return round_


def discard_draft(session: Session, round_: Round, *, reason: str, by: Actor, at: datetime) -> None:
    """Give a draft up; it stays readable for the office and was never public. Whoever was registered for it is forgotten.

    Raises InvalidInput round.reason_missing, WrongState round.not_draft.
    """
    reason = stated(reason)
    require_draft(round_)
    supersede_paper(session, round_, "round")
    move(session, round_, RoundState.VOID, table=ROUND_MOVES, void_reason=reason)
    enqueue(session, "polling.purge_register", round_.id, due_at=at, unique_key=f"purge:{round_.id}")
    record(session, DraftDiscarded(round_.street_id, round_.id, reason), by=by, at=at)


def claim_draft(session: Session, round_: Round, revision: int) -> None:
    """Count one edit of a draft by compare-and-set, and call back a paper that is being signed.

    Raises WrongState round.not_draft, Conflict round.edited_meanwhile when another edit came first.
    """
    require_draft(round_)
    session.flush()
    statement = update(Round).where(Round.id == round_.id, Round.state == RoundState.DRAFT, Round.revision == revision)
    if rows_changed(session, statement.values(revision=revision + 1)) != 1:
        raise Conflict("round.edited_meanwhile")
    session.refresh(round_)
    supersede_paper(session, round_, "round")


def require_draft(round_: Round) -> None:
    if round_.state is not RoundState.DRAFT:
        raise WrongState("round.not_draft")


def stated(reason: str) -> str:
    """Raises InvalidInput round.reason_missing."""
    if not reason.strip():
        raise InvalidInput("round.reason_missing", field="reason")
    return reason.strip()


def check_draw(session: Session, fund: Fund, fund_fen: int, *, except_id: int | None = None) -> None:
    """Raises LimitReached round.over_fund when the fund has less left, provisional draws of other rounds counted."""
    free_fen = _free_fen(session, fund, except_id)
    if fund_fen > free_fen:
        raise LimitReached(
            "round.over_fund", field="fund_fen", fund_fen=fund_fen, balance_fen=free_fen, excess_fen=fund_fen - free_fen
        )


def _new_round(session: Session, street_id: int, rules: RoundRules, by: Actor, at: datetime) -> Round:
    check_rules(rules)
    _check_fund(session, street_id, rules, except_id=None)
    round_ = Round(street_id=street_id, created_by=by.staff_id, created_at=at, **rules.column_values())
    session.add(round_)
    session.flush()
    return round_


def _check_fund(session: Session, street_id: int, rules: RoundRules, *, except_id: int | None) -> None:
    fund = session.get(Fund, rules.fund_id)
    if fund is None or fund.street_id != street_id:
        raise InvalidInput("round.no_such_fund", field="fund_id")
    check_draw(session, fund, rules.fund_fen, except_id=except_id)


def _free_fen(session: Session, fund: Fund, except_id: int | None = None) -> int:
    """What is left for a round. Those that still are 拟安排 hold their share without an entry in the ledger."""
    others = select(func.coalesce(func.sum(Round.fund_fen), 0)).where(
        Round.fund_id == fund.id, Round.is_provisional, Round.id != (except_id or 0)
    )
    return max(0, available_fen(session, fund) - int(session.scalar(others) or 0))


def _moved_to(rules: RoundRules, year: int) -> RoundRules:
    years = year - rules.year
    return replace(
        rules,
        year=year,
        title=rules.title.replace(str(rules.year), str(year)),
        opens_at=_years_later(rules.opens_at, years),
        closes_at=_years_later(rules.closes_at, years),
        latest_close_at=_years_later(rules.latest_close_at, years),
    )


def _years_later(at: datetime, years: int) -> datetime:
    """The same day and hour on the clock in China; 29 February falls on the 28th."""
    local = at.astimezone(LOCAL)
    day = 28 if (local.month, local.day) == (2, 29) else local.day
    return local.replace(year=local.year + years, day=day)
