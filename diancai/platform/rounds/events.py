"""What is written down about rounds."""

from dataclasses import dataclass
from datetime import datetime

from diancai.platform.core.audit import Event


@dataclass(frozen=True)
class RoundEvent(Event):
    round_id: int


@dataclass(frozen=True)
class RoundDrafted(RoundEvent):
    title: str
    copied_from: int | None = None


@dataclass(frozen=True)
class RoundEdited(RoundEvent):
    changed: tuple[str, ...]


@dataclass(frozen=True)
class ConstraintsSet(RoundEvent):
    constraints: str


@dataclass(frozen=True)
class DraftDiscarded(RoundEvent):
    reason: str


@dataclass(frozen=True)
class ItemAdded(RoundEvent):
    item_id: int
    name: str
    cost_fen: int


@dataclass(frozen=True)
class ItemEdited(RoundEvent):
    item_id: int
    changed: tuple[str, ...]


@dataclass(frozen=True)
class ItemRemoved(RoundEvent):
    item_id: int
    name: str


@dataclass(frozen=True)
class ItemMoved(RoundEvent):
    item_id: int
    number: str


@dataclass(frozen=True)
class PictureSet(RoundEvent):
    item_id: int
    sha256: str | None


@dataclass(frozen=True)
class ItemsImported(RoundEvent):
    source: str
    count: int


@dataclass(frozen=True)
class OrderDrawn(RoundEvent):
    seed: str
    order: tuple[str, ...]
    is_redraw: bool


@dataclass(frozen=True)
class PaperSubmitted(RoundEvent):
    """`subject` is "round", or "result:2" for a version of the result."""

    subject: str
    content_sha256: str


@dataclass(frozen=True)
class PaperReviewed(PaperSubmitted):
    pass


@dataclass(frozen=True)
class PaperReturned(RoundEvent):
    subject: str
    reason: str


@dataclass(frozen=True)
class RoundAnnounced(RoundEvent):
    rule_book_sha256: str
    minute_number: str
    fund_fen: int
    is_provisional: bool


@dataclass(frozen=True)
class RoundBecameEffective(RoundEvent):
    fund_id: int
    fund_fen: int


@dataclass(frozen=True)
class RoundFundChanged(RoundEvent):
    """`fund_fen` as announced, `granted_fen` as approved."""

    fund_id: int
    fund_fen: int
    granted_fen: int
    reason: str


@dataclass(frozen=True)
class RoundSuspended(RoundEvent):
    reason: str


@dataclass(frozen=True)
class RoundResumed(RoundEvent):
    reason: str


@dataclass(frozen=True)
class RoundExtended(RoundEvent):
    reason: str
    closes_at: datetime


@dataclass(frozen=True)
class CollectingBegun(RoundEvent):
    reason: str


@dataclass(frozen=True)
class ItemWithdrawn(RoundEvent):
    item_id: int
    number: str
    reason: str


@dataclass(frozen=True)
class RoundVoided(RoundEvent):
    from_state: str
    reason: str


@dataclass(frozen=True)
class ScrutineerAppointed(RoundEvent):
    staff_id: int
    chosen_by: str
    is_chief: bool


@dataclass(frozen=True)
class ScrutineerReleased(RoundEvent):
    staff_id: int
    reason: str
