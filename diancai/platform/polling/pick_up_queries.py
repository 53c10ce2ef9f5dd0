"""Reads of 代领 and 委托投票."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.platform.polling.finding import FoundEntry, open_entries
from diancai.platform.polling.models import RegisterEntry
from diancai.platform.polling.pick_up_models import PickUp, PickUpKind
from diancai.platform.rounds.models import Round


def limit_of(round_: Round, kind: PickUpKind) -> int:
    """For how many others one person may collect; 0 where the rule book allows none."""
    return round_.household_pick_up_limit if kind is PickUpKind.HOUSEHOLD else round_.proxy_limit


def collected_count(session: Session, collector: RegisterEntry, kind: PickUpKind) -> int:
    collected = select(func.count()).where(PickUp.collector_id == collector.id, PickUp.kind == kind)
    return session.scalar(collected.select_from(PickUp)) or 0


def housemates_of(session: Session, round_: Round, entry: RegisterEntry) -> list[FoundEntry]:
    """Entitled people of the same door, who may sign for this one."""
    wanted = select(RegisterEntry).where(
        RegisterEntry.round_id == round_.id,
        RegisterEntry.community_id == entry.community_id,
        RegisterEntry.household == entry.household,
        RegisterEntry.is_eligible,
        RegisterEntry.id != entry.id,
    )
    return open_entries(session, round_, list(session.scalars(wanted.order_by(RegisterEntry.id))))


@dataclass(frozen=True, slots=True)
class Collected:
    """What an entry's page says of collecting: by whom for this person, and for how many others by this person."""

    by: FoundEntry | None
    kind: PickUpKind | None
    document: str
    for_others: int


def collected_of(session: Session, round_: Round, entry: RegisterEntry) -> Collected:
    others = select(func.count()).select_from(PickUp).where(PickUp.collector_id == entry.id)
    count, made = session.scalar(others) or 0, session.get(PickUp, entry.id)
    if made is None:
        return Collected(None, None, "", count)
    (collector,) = open_entries(session, round_, [session.get_one(RegisterEntry, made.collector_id)])
    return Collected(collector, made.kind, made.document, count)
