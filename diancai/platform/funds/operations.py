"""专项资金: drafted, approved by the district's congress, drawn on by rounds, never below zero (F-02, F-07)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.budget import DEFAULT_CAPS, EntryKind, ItemCategory, LedgerEntry, post
from diancai.errors import Conflict, InvalidInput, LimitReached, NotAllowed, NotFound, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.clock import local_day
from diancai.platform.core.jobs import enqueue
from diancai.platform.core.moves import hold, move
from diancai.platform.divisions.models import StreetOffice
from diancai.platform.funds import queries
from diancai.platform.funds.events import CapSet, FundApproved, FundDrafted, FundEdited
from diancai.platform.funds.models import FUND_MOVES, Fund, FundEntry, FundState, ItemCap

DEFAULT_FLOOR_FEN = 300_000_000
"""福田: at least 300万元 for a street (F-02); a street's office may have another figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundPlan:
    """What an officer says of a fund. `below_floor_reason` is needed under the street's floor and only there."""

    year: int
    name: str
    budget_line: str
    amount_fen: int
    below_floor_reason: str = ""


def floor_of(session: Session, street_id: int) -> int:
    """The least a street's fund should hold, in fen."""
    floor = session.scalar(select(StreetOffice.fund_floor_fen).where(StreetOffice.street_id == street_id))
    return DEFAULT_FLOOR_FEN if floor is None else floor


def draft_fund(session: Session, street_id: int, plan: FundPlan, *, by: Actor, at: datetime) -> Fund:
    """Keep a fund that is not approved yet.

    Raises InvalidInput fund.name_missing, .line_missing, .amount_missing, .year (field), LimitReached fund.below_floor
    (floor_fen, amount_fen, short_fen) without a written reason, Conflict fund.already_there for a second record of the
    same street, year and budget line. Source: F-02.
    """
    values = _checked(session, street_id, plan)
    _check_unique(session, street_id, plan)
    fund = Fund(street_id=street_id, created_at=at, drafted_by=by.staff_id, **values)
    session.add(fund)
    session.flush()
    record(
        session,
        FundDrafted(street_id, fund.id, fund.year, fund.budget_line, fund.amount_fen, fund.below_floor_reason),
        by=by,
        at=at,
    )
    return fund


def edit_fund(session: Session, fund: Fund, plan: FundPlan, *, by: Actor, at: datetime) -> Fund:
    """Change a draft. Raises as `draft_fund`, and WrongState fund.approved_already."""
    hold(session, fund)  # it may be approved at the same time
    if fund.state is not FundState.DRAFT:
        raise WrongState("fund.approved_already")
    values = _checked(session, fund.street_id, plan)
    _check_unique(session, fund.street_id, plan, except_id=fund.id)
    for name, value in values.items():
        setattr(fund, name, value)
    fund.drafted_by = by.staff_id
    record(
        session,
        FundEdited(fund.street_id, fund.id, fund.year, fund.budget_line, fund.amount_fen, fund.below_floor_reason),
        by=by,
        at=at,
    )
    return fund


def approve_fund(
    session: Session,
    fund: Fund,
    *,
    reference: str,
    approved_on: date,
    amount_fen: int | None = None,
    below_floor_reason: str = "",
    by: Actor,
    at: datetime,
) -> Fund:
    """Enter the approval by 区人大: the money is posted, and rounds announced as 拟安排 become effective (F-07).

    `amount_fen` is what was approved where it is not what had been planned: then the office says what each round that
    waits gets. Raises NotAllowed fund.same_person for whoever wrote the figures, InvalidInput fund.reference_missing,
    fund.approved_in_future, fund.amount_missing (field), LimitReached fund.below_floor for less than the street's floor
    without a written reason, WrongState or Conflict when it is approved already.
    """
    if is_own_fund(fund, by):
        raise NotAllowed("fund.same_person")
    reference = reference.strip()
    if not reference:
        raise InvalidInput("fund.reference_missing", field="reference")
    if approved_on > local_day(at):
        raise InvalidInput("fund.approved_in_future", field="approved_on")
    approved_fen = fund.amount_fen if amount_fen is None else amount_fen
    if approved_fen <= 0:
        raise InvalidInput("fund.amount_missing", field="amount_fen")
    facts = {
        "approval_reference": reference,
        "approved_on": approved_on,
        "approved_by": by.staff_id,
        "below_floor_reason": _floor_reason(session, fund, approved_fen, below_floor_reason),
    }
    move(session, fund, FundState.APPROVED, table=FUND_MOVES, **facts)
    _post(session, fund, EntryKind.APPROPRIATION, approved_fen, None, reference, at)
    event = FundApproved(fund.street_id, fund.id, fund.amount_fen, approved_fen, reference, approved_on)
    record(session, event, by=by, at=at)
    enqueue(session, "rounds.fund_approved", fund.id, due_at=at, unique_key=f"fund-approved:{fund.id}")
    return fund


def is_own_fund(fund: Fund, actor: Actor) -> bool:
    """Did this person write the figures? Then the approval is for another to enter."""
    return actor.staff_id is not None and fund.drafted_by == actor.staff_id


def commit_to_round(
    session: Session, fund: Fund, round_id: int, amount_fen: int, *, reference: str, at: datetime
) -> FundEntry:
    """Bind money of an approved fund for a round. `reference` is the round's title.

    Raises InvalidInput fund.amount_missing, WrongState fund.not_approved, LimitReached ledger.below_zero (balance_fen,
    amount_fen, short_fen). No event of its own: the announcement tells of it.
    """
    if amount_fen <= 0:
        raise InvalidInput("fund.amount_missing", field="fund_fen")
    if fund.state is not FundState.APPROVED:
        raise WrongState("fund.not_approved")
    return _post(session, fund, EntryKind.COMMITMENT, -amount_fen, round_id, reference, at)


def release_from_round(
    session: Session, fund: Fund, round_id: int, amount_fen: int, *, at: datetime
) -> FundEntry | None:
    """Give back what a round did not need; None when there is nothing to give.

    Raises LimitReached fund.release_over (bound_fen, amount_fen) for more than the round still holds.
    """
    if amount_fen == 0:
        return None
    _lock(session, fund)
    bound = queries.bound_fen(session, fund.id, round_id)
    if not 0 < amount_fen <= bound:
        raise LimitReached("fund.release_over", bound_fen=bound, amount_fen=amount_fen)
    first = session.scalars(
        select(FundEntry).filter_by(fund_id=fund.id, round_id=round_id).order_by(FundEntry.id)
    ).first()
    assert first is not None
    return _post(session, fund, EntryKind.RELEASE, amount_fen, round_id, first.reference, at)


def release_all_from_round(session: Session, fund: Fund, round_id: int, *, at: datetime) -> FundEntry | None:
    """Give back all that a round still holds; None when it holds nothing."""
    return release_from_round(session, fund, round_id, queries.bound_fen(session, fund.id, round_id), at=at)


def seed_caps(session: Session) -> None:
    """Store the guideline's figures as the default of every street, once (F-06)."""
    stored = set(session.execute(select(ItemCap.category, ItemCap.valid_from).where(ItemCap.street_id.is_(None))))
    for cap in DEFAULT_CAPS:
        if (cap.category, cap.valid_from) not in stored:
            session.add(ItemCap(category=cap.category, cap_fen=cap.cap_fen, valid_from=cap.valid_from))
    session.flush()


def set_cap(
    session: Session, street_id: int, category: ItemCategory, cap_fen: int, *, valid_from: date, by: Actor, at: datetime
) -> ItemCap:
    """A street's own cap from a day on; earlier rows stay, because earlier menus were drawn up under them.

    Raises InvalidInput cap.not_positive, cap.in_the_past (field), Conflict cap.already_there.
    """
    if cap_fen <= 0:
        raise InvalidInput("cap.not_positive", field="cap_fen")
    if valid_from < local_day(at):
        raise InvalidInput("cap.in_the_past", field="valid_from")
    same = select(ItemCap.id).filter_by(street_id=street_id, category=category, valid_from=valid_from)
    if session.scalar(same) is not None:
        raise Conflict("cap.already_there", field="valid_from")
    row = ItemCap(street_id=street_id, category=category, cap_fen=cap_fen, valid_from=valid_from)
    session.add(row)
    record(session, CapSet(street_id, category, cap_fen, valid_from), by=by, at=at)
    return row


def _checked(session: Session, street_id: int, plan: FundPlan) -> dict[str, object]:
    name, line, reason = plan.name.strip(), plan.budget_line.strip(), plan.below_floor_reason.strip()
    for code, field, is_fine in (
        ("fund.name_missing", "name", name),
        ("fund.line_missing", "budget_line", line),
        ("fund.amount_missing", "amount_fen", plan.amount_fen > 0),
        ("fund.year", "year", 2000 <= plan.year <= 2100),
    ):
        if not is_fine:
            raise InvalidInput(code, field=field)
    return {
        "year": plan.year,
        "name": name,
        "budget_line": line,
        "amount_fen": plan.amount_fen,
        "below_floor_reason": _reason_below_floor(session, street_id, plan.amount_fen, reason),
    }


def _floor_reason(session: Session, fund: Fund, approved_fen: int, reason: str) -> str | None:
    """What is kept with the approval: the reason of the plan, unless another is given now."""
    if approved_fen == fund.amount_fen:
        return fund.below_floor_reason
    return _reason_below_floor(session, fund.street_id, approved_fen, reason.strip() or fund.below_floor_reason or "")


def _reason_below_floor(session: Session, street_id: int, amount_fen: int, reason: str) -> str | None:
    """None from the floor on. Raises LimitReached fund.below_floor below it without a reason (F-02)."""
    floor = floor_of(session, street_id)
    if amount_fen >= floor:
        return None
    if not reason:
        raise LimitReached(
            "fund.below_floor",
            field="below_floor_reason",
            floor_fen=floor,
            amount_fen=amount_fen,
            short_fen=floor - amount_fen,
        )
    return reason


def _check_unique(session: Session, street_id: int, plan: FundPlan, except_id: int | None = None) -> None:
    twin = session.scalar(
        select(Fund.id).filter_by(street_id=street_id, year=plan.year, budget_line=plan.budget_line.strip())
    )
    if twin is not None and twin != except_id:
        raise Conflict("fund.already_there", field="budget_line", year=plan.year)


def _post(
    session: Session, fund: Fund, kind: EntryKind, amount_fen: int, round_id: int | None, reference: str, at: datetime
) -> FundEntry:
    """Add one entry, checked against the ledger by `budget.post`."""
    _lock(session, fund)
    ledger = [_line(entry) for entry in queries.entries_of(session, fund.id)]
    post(ledger, LedgerEntry(kind, amount_fen, local_day(at), reference))
    entry = FundEntry(fund_id=fund.id, kind=kind, amount_fen=amount_fen, round_id=round_id, reference=reference, at=at)
    session.add(entry)
    session.flush()
    return entry


def _line(entry: FundEntry) -> LedgerEntry:
    return LedgerEntry(entry.kind, entry.amount_fen, local_day(entry.at), entry.reference)


def _lock(session: Session, fund: Fund) -> None:
    """One posting at a time: of two leaders who announce at once, the second sees the first's draw."""
    if session.scalar(select(Fund.id).where(Fund.id == fund.id).with_for_update()) is None:
        raise NotFound("page.not_found")
