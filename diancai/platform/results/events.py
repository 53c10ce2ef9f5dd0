"""What the administrative log keeps of drawing, counting, signing and publishing."""

from dataclasses import dataclass

from diancai.platform.core.audit import Event
from diancai.platform.results.models import SignatureKind


@dataclass(frozen=True)
class DrawTyped(Event):
    """One scrutineer typed the draw. What was typed enters the log only once two agree."""

    round_id: int


@dataclass(frozen=True)
class DrawMade(Event):
    round_id: int
    text: str
    first_by: int


@dataclass(frozen=True)
class RoundCounted(Event):
    round_id: int
    version: int
    ballot_count: int
    bundle_sha256: str
    reason: str


@dataclass(frozen=True)
class ResultSigned(Event):
    round_id: int
    version: int
    kind: SignatureKind
    image_sha256: str


@dataclass(frozen=True)
class ResultCertified(Event):
    round_id: int
    version: int
    dispute_count: int
    smallest_margin: int | None


@dataclass(frozen=True)
class ResultPublished(Event):
    round_id: int
    version: int
    minute_number: str
    notice_id: int


@dataclass(frozen=True)
class RoundFinished(Event):
    round_id: int
    version: int
    spent_fen: int
    released_fen: int


@dataclass(frozen=True)
class ElectionImported(Event):
    round_id: int
    item_count: int
    ballot_count: int
    hash_b: str
