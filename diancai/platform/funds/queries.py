"""Reading funds, their ledgers and the caps."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.budget import DEFAULT_CAPS, Cap, EntryKind, ItemCategory
from diancai.platform.funds.models import Fund, FundEntry, FundState, ItemCap


@dataclass(frozen=True, slots=True)
class Draw:
    """What one round took from a fund and gave back, in fen."""

    round_id: int
    reference: str
    committed_fen: int
    released_fen: int

    @property
    def bound_fen(self) -> int:
        return self.committed_fen - self.released_fen


def fund_by_id(session: Session, fund_id: int) -> Fund | None:
    return session.get(Fund, fund_id)


def funds_of(session: Session, street_ids: Collection[int]) -> list[Fund]:
    """Newest year first."""
    rows = select(Fund).where(Fund.street_id.in_(street_ids))
    return list(session.scalars(rows.order_by(Fund.year.desc(), Fund.street_id, Fund.id)))


def entries_of(session: Session, fund_id: int) -> list[FundEntry]:
    return list(session.scalars(select(FundEntry).where(FundEntry.fund_id == fund_id).order_by(FundEntry.id)))


def balance_of(session: Session, fund: Fund) -> int:
    """What rounds may still draw, in fen: 0 before the approval."""
    return int(session.scalar(select(func.coalesce(func.sum(FundEntry.amount_fen), 0)).filter_by(fund_id=fund.id)) or 0)


def approved_fen(session: Session, fund: Fund) -> int | None:
    """What 区人大 approved, which may be more or less than was planned; None before the approval."""
    rows = select(func.sum(FundEntry.amount_fen)).filter_by(fund_id=fund.id, kind=EntryKind.APPROPRIATION)
    total = session.scalar(rows)
    return None if total is None else int(total)


def available_fen(session: Session, fund: Fund) -> int:
    """What a new draft may plan with: the balance, or the whole amount while the approval is awaited."""
    return balance_of(session, fund) if fund.state is FundState.APPROVED else fund.amount_fen


def draws_on(session: Session, fund_id: int) -> list[Draw]:
    """One line for every round that drew on the fund, in order of its first draw."""
    draws: dict[int, Draw] = {}
    for entry in entries_of(session, fund_id):
        if entry.round_id is None:
            continue
        before = draws.get(entry.round_id, Draw(entry.round_id, entry.reference, 0, 0))
        is_draw = entry.kind is EntryKind.COMMITMENT
        draws[entry.round_id] = Draw(
            entry.round_id,
            before.reference,
            before.committed_fen - (entry.amount_fen if is_draw else 0),
            before.released_fen + (0 if is_draw else entry.amount_fen),
        )
    return list(draws.values())


def bound_fen(session: Session, fund_id: int, round_id: int) -> int:
    """What the round has drawn and not given back, in fen."""
    rows = select(func.coalesce(func.sum(FundEntry.amount_fen), 0)).filter_by(fund_id=fund_id, round_id=round_id)
    return -int(session.scalar(rows) or 0)


def cap_rows(session: Session, street_id: int) -> list[ItemCap]:
    """The rows that count for a street. From its own first row of a category on, the defaults no longer do."""
    mine = (ItemCap.street_id == street_id) | ItemCap.street_id.is_(None)
    rows = list(session.scalars(select(ItemCap).where(mine).order_by(ItemCap.category, ItemCap.valid_from)))
    own: dict[ItemCategory, date] = {}
    for row in rows:
        if row.street_id is not None:
            own.setdefault(row.category, row.valid_from)
    return [row for row in rows if row.street_id or row.valid_from < own.get(row.category, date.max)]


def caps_for(session: Session, street_id: int) -> tuple[Cap, ...]:
    """The dated caps of a street for `budget.check_cap` (F-06). Before any row is stored, the guideline's figures."""
    rows = cap_rows(session, street_id)
    return tuple(Cap(row.category, row.cap_fen, row.valid_from) for row in rows) or DEFAULT_CAPS
