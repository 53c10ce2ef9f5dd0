"""The menu of a draft: items in, out, changed and put in order."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from diancai.budget import ItemCategory, check_cap
from diancai.errors import InvalidInput, LimitReached
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.clock import local_day
from diancai.platform.core.pictures import Picture, clean_picture, keep_picture
from diancai.platform.divisions.models import Division, Level
from diancai.platform.funds.queries import caps_for
from diancai.platform.rounds.events import (
    ItemAdded,
    ItemEdited,
    ItemMoved,
    ItemRemoved,
    ItemsImported,
    OrderDrawn,
    PictureSet,
)
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.operations.constraining import keep_numbers
from diancai.platform.rounds.operations.drafting import claim_draft
from diancai.platform.rounds.queries import items_of

MOST_ITEMS = 300
MOST_FEN = 10**13
_ASIDE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What is promised of an item (X-22). `community_id` None: the whole street. `origin` is the residents' need (X-24)."""

    name: str
    category: ItemCategory
    cost_fen: int
    community_id: int | None = None
    place: str = ""
    social_fen: int = 0
    beneficiary_count: int | None = None
    completes_on: date | None = None
    responsible_unit: str = ""
    aftercare: str = ""
    origin: str = ""
    text: str = ""

    def column_values(self) -> dict[str, object]:
        values = {name: getattr(self, name) for name in ItemFacts.__dataclass_fields__}
        return {
            name: value.strip() if isinstance(value, str) and name != "category" else value
            for name, value in values.items()
        }


def add_item(session: Session, round_: Round, item: ItemFacts, *, by: Actor, at: datetime) -> MenuItem:
    """Put an item at the end of the menu.

    Raises InvalidInput item.name_missing, item.cost_missing, item.amount, item.no_such_community (field), LimitReached
    cap.item_over (category, cap_fen, amount_fen, excess_fen; F-06) and menu.too_many (most), and as `claim_draft`.
    """
    check_item(session, round_, item)
    claim_draft(session, round_, round_.revision)
    row = _append(session, round_, [item])[0]
    record(session, ItemAdded(round_.street_id, round_.id, row.id, row.name, row.cost_fen), by=by, at=at)
    return row


def add_items(
    session: Session, round_: Round, items: Sequence[ItemFacts], *, source: str, by: Actor, at: datetime
) -> list[MenuItem]:
    """Put many at the end, all or none. `source` says where they come from, for the log. Raises as `add_item`."""
    for item in items:
        check_item(session, round_, item)
    claim_draft(session, round_, round_.revision)
    rows = _append(session, round_, items)
    record(session, ItemsImported(round_.street_id, round_.id, source, len(rows)), by=by, at=at)
    return rows


def edit_item(
    session: Session, round_: Round, row: MenuItem, item: ItemFacts, *, revision: int, by: Actor, at: datetime
) -> MenuItem:
    """Change an item. `revision` is the round's as the page was opened. Raises as `add_item`."""
    check_item(session, round_, item)
    claim_draft(session, round_, revision)
    values = item.column_values()
    changed = tuple(sorted(name for name, value in values.items() if getattr(row, name) != value))
    for name in changed:
        setattr(row, name, values[name])
    if "name" in changed:
        round_.order_seed = None  # the lot is drawn from the names
    record(session, ItemEdited(round_.street_id, round_.id, row.id, changed), by=by, at=at)
    return row


def remove_item(session: Session, round_: Round, row: MenuItem, *, by: Actor, at: datetime) -> None:
    """Take an item off a draft; the others close up. A lot that was drawn no longer counts. Raises as `claim_draft`."""
    claim_draft(session, round_, round_.revision)
    event = ItemRemoved(round_.street_id, round_.id, row.id, row.name)
    session.delete(row)
    session.flush()
    put_in_order(session, round_, items_of(session, round_))
    round_.order_seed = None
    record(session, event, by=by, at=at)


def move_item(session: Session, round_: Round, row: MenuItem, position: int, *, by: Actor, at: datetime) -> None:
    """Put an item at a position (1 … n) by hand; the ballot numbers follow. Raises InvalidInput item.position (count)."""
    others = [item for item in items_of(session, round_) if item.id != row.id]
    if not 1 <= position <= len(others) + 1:
        raise InvalidInput("item.position", field="position", count=len(others) + 1)
    claim_draft(session, round_, round_.revision)
    others.insert(position - 1, row)
    put_in_order(session, round_, others)
    round_.order_seed = None
    record(session, ItemMoved(round_.street_id, round_.id, row.id, row.number), by=by, at=at)


def draw_order(session: Session, round_: Round, seed: str, *, by: Actor, at: datetime) -> list[MenuItem]:
    """抽签定序: number the items by lot, so that anyone can repeat it: ascending SHA-256 of `seed|name`, equal names in
    their order before. Another draw replaces the first and is recorded as such.

    Raises InvalidInput menu.seed_missing, menu.seed_too_long, menu.empty, and as `claim_draft`.
    """
    seed = seed.strip()
    items = items_of(session, round_)
    if not seed:
        raise InvalidInput("menu.seed_missing", field="seed")
    if len(seed) > 120:
        raise InvalidInput("menu.seed_too_long", field="seed", most=120)
    if not items:
        raise InvalidInput("menu.empty")
    is_redraw = round_.order_seed is not None
    claim_draft(session, round_, round_.revision)
    drawn = sorted(items, key=lambda item: (order_key(seed, item.name), item.id))
    put_in_order(session, round_, drawn)
    round_.order_seed = seed
    names = tuple(item.name for item in drawn)
    record(session, OrderDrawn(round_.street_id, round_.id, seed, names, is_redraw), by=by, at=at)
    return drawn


def order_key(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}|{name}".encode()).hexdigest()


def set_picture(
    session: Session, round_: Round, row: MenuItem, content: bytes, alt: str, *, by: Actor, at: datetime
) -> Picture:
    """Show a picture beside an item: decoded and encoded anew, kept by its hash.

    Raises InvalidInput picture.* (field), item.alt_missing (field), and as `claim_draft`.
    """
    if not alt.strip():
        raise InvalidInput("item.alt_missing", field="picture_alt")
    clean = clean_picture(content)
    claim_draft(session, round_, round_.revision)
    picture = keep_picture(session, clean)
    row.picture_sha256, row.picture_alt = clean.sha256, alt.strip()
    record(session, PictureSet(round_.street_id, round_.id, row.id, clean.sha256), by=by, at=at)
    return picture


def remove_picture(session: Session, round_: Round, row: MenuItem, *, by: Actor, at: datetime) -> None:
    claim_draft(session, round_, round_.revision)
    row.picture_sha256, row.picture_alt = None, ""
    record(session, PictureSet(round_.street_id, round_.id, row.id, None), by=by, at=at)


def check_item(session: Session, round_: Round, item: ItemFacts) -> None:
    """Raises as `add_item`. The cap is that of the day on which the vote opens; equal is allowed."""
    if not item.name.strip():
        raise InvalidInput("item.name_missing", field="name")
    if item.cost_fen <= 0:
        raise InvalidInput("item.cost_missing", field="cost_fen")
    if not 0 <= item.social_fen <= MOST_FEN or item.cost_fen > MOST_FEN:
        raise InvalidInput("item.amount", field="social_fen")
    if item.beneficiary_count is not None and item.beneficiary_count < 0:
        raise InvalidInput("item.beneficiaries", field="beneficiary_count")
    if item.community_id is not None and not _is_community(session, round_.street_id, item.community_id):
        raise InvalidInput("item.no_such_community", field="community_id")
    try:
        check_cap(caps_for(session, round_.street_id), item.category, local_day(round_.opens_at), item.cost_fen)
    except (LimitReached, InvalidInput) as refusal:
        refusal.facts["field"] = "cost_fen"
        raise


def put_in_order(session: Session, round_: Round, items: Sequence[MenuItem]) -> None:
    """Positions and ballot numbers 1 … n in the order given, and the constraints after them. First aside, because both
    are unique in a round.
    """
    keep_numbers(round_, {item.number: str(number) for number, item in enumerate(items, 1)})
    session.flush()
    for number, item in enumerate(items, 1):
        _place(session, item, _ASIDE + number, f"~{number}")
    for number, item in enumerate(items, 1):
        _place(session, item, number, str(number))
        session.refresh(item, ["position", "number"])


def _place(session: Session, item: MenuItem, position: int, number: str) -> None:
    row = update(MenuItem).where(MenuItem.id == item.id).values(position=position, number=number)
    session.execute(row.execution_options(synchronize_session=False))


def _append(session: Session, round_: Round, items: Sequence[ItemFacts]) -> list[MenuItem]:
    count = len(items_of(session, round_))
    if count + len(items) > MOST_ITEMS:
        raise LimitReached("menu.too_many", most=MOST_ITEMS)
    rows = [
        MenuItem(round_id=round_.id, position=place, number=str(place), **item.column_values())
        for place, item in enumerate(items, count + 1)
    ]
    session.add_all(rows)
    round_.order_seed = None
    session.flush()
    return rows


def _is_community(session: Session, street_id: int, community_id: int) -> bool:
    row = select(Division.id).filter_by(id=community_id, parent_id=street_id, level=Level.COMMUNITY)
    return session.scalar(row) is not None
