"""Reading rounds, menus, addenda and sign-offs."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from diancai.budget import ItemCategory
from diancai.platform.accounts.models import Staff
from diancai.platform.funds.models import Fund, FundState
from diancai.platform.rounds.models import (
    ItemWithdrawal,
    MenuItem,
    Round,
    RoundAddendum,
    RoundScrutineer,
    RuleBook,
    SignOff,
)
from diancai.platform.rounds.states import RoundKind, RoundState, SignOffState

WHOLE_STREET = 0
"""In a search by community: items for the whole street."""


def round_by_id(session: Session, round_id: int) -> Round | None:
    return session.get(Round, round_id)


def rounds_of(
    session: Session, street_ids: Collection[int], *, state: RoundState | None = None, year: int | None = None
) -> list[Round]:
    """A street's rounds, newest first. Discarded drafts are left out unless asked for by their state."""
    query = select(Round).where(Round.street_id.in_(street_ids))
    query = query.where(Round.state == state if state else (Round.state != RoundState.VOID) | _was_public())
    if year is not None:
        query = query.where(Round.year == year)
    return list(session.scalars(query.order_by(Round.opens_at.desc(), Round.id.desc())))


def rounds_public(session: Session, street_id: int | None = None) -> list[Round]:
    """What everybody may see: announced or imported, whatever became of it; newest first."""
    query = select(Round).where(Round.state != RoundState.DRAFT, _was_public())
    if street_id is not None:
        query = query.where(Round.street_id == street_id)
    return list(session.scalars(query.order_by(Round.opens_at.desc(), Round.id.desc())))


def open_rounds(session: Session, street_id: int | None = None) -> list[Round]:
    """Rounds in which votes are taken now, or would be if they were not suspended; the first to close first."""
    query = select(Round).where(Round.state.in_((RoundState.VOTING, RoundState.SUSPENDED)))
    if street_id is not None:
        query = query.where(Round.street_id == street_id)
    return list(session.scalars(query.order_by(Round.closes_at, Round.id)))


def items_of(
    session: Session,
    round_: Round,
    *,
    search: str = "",
    community_id: int | None = None,
    category: ItemCategory | None = None,
) -> list[MenuItem]:
    """The menu in its one order; `community_id` WHOLE_STREET finds items for the whole street."""
    query = select(MenuItem).where(MenuItem.round_id == round_.id)
    if search.strip():
        query = query.where(MenuItem.name.icontains(search.strip(), autoescape=True))
    if community_id is not None:
        query = query.where(MenuItem.community_id == (community_id or None))
    if category is not None:
        query = query.where(MenuItem.category == category)
    return list(session.scalars(query.order_by(MenuItem.position)))


def item_in(session: Session, round_: Round, item_id: int) -> MenuItem | None:
    return session.scalar(select(MenuItem).filter_by(id=item_id, round_id=round_.id))


def awaits_grant(session: Session, round_: Round) -> bool:
    """拟安排, and the fund is approved: with another amount than planned, or the round would be effective by now."""
    if not round_.is_provisional:
        return False
    return session.get_one(Fund, round_.fund_id).state is FundState.APPROVED


def provisional_rounds(session: Session, fund_id: int) -> list[Round]:
    """Rounds that wait for this fund's approval, or to be told what they get; those announced first first."""
    rows = select(Round).where(Round.fund_id == fund_id, Round.is_provisional)
    return list(session.scalars(rows.order_by(Round.announced_at, Round.id)))


def withdrawals_of(session: Session, round_: Round) -> dict[int, ItemWithdrawal]:
    """By item."""
    rows = session.scalars(select(ItemWithdrawal).filter_by(round_id=round_.id))
    return {row.item_id: row for row in rows}


def rule_book_row(session: Session, round_: Round) -> RuleBook | None:
    """The frozen rule book; None for a draft."""
    return session.get(RuleBook, round_.id)


def addenda_of(session: Session, round_: Round) -> list[RoundAddendum]:
    rows = select(RoundAddendum).where(RoundAddendum.round_id == round_.id)
    return list(session.scalars(rows.order_by(RoundAddendum.id)))


def latest_sign_off(session: Session, round_: Round, subject: str = "round") -> SignOff | None:
    """The newest 拟稿 → 审核 → 签发, whatever became of it."""
    rows = select(SignOff).filter_by(round_id=round_.id, subject=subject)
    return session.scalars(rows.order_by(SignOff.id.desc()).limit(1)).first()


def pending_sign_off(session: Session, round_: Round, subject: str = "round") -> SignOff | None:
    """The one that waits for a reviewer or a leader."""
    latest = latest_sign_off(session, round_, subject)
    return latest if latest and latest.state in (SignOffState.SUBMITTED, SignOffState.REVIEWED) else None


def scrutineers_of(session: Session, round_: Round) -> list[tuple[RoundScrutineer, Staff]]:
    """The chief first."""
    rows = (
        select(RoundScrutineer, Staff)
        .join(Staff, Staff.id == RoundScrutineer.staff_id)
        .where(RoundScrutineer.round_id == round_.id)
        .order_by(RoundScrutineer.is_chief.desc(), RoundScrutineer.appointed_at, Staff.id)
    )
    return list(session.execute(rows).all())


def rounds_showing(session: Session, sha256: str) -> list[Round]:
    """Those whose menus show this picture."""
    rounds = select(Round).join(MenuItem, MenuItem.round_id == Round.id).where(MenuItem.picture_sha256 == sha256)
    return list(session.scalars(rounds).unique())


def _was_public() -> ColumnElement[bool]:
    was_announced = Round.announced_at.is_not(None) & (Round.kind != RoundKind.REHEARSAL)
    return was_announced | (Round.kind == RoundKind.IMPORTED)
