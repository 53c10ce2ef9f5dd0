"""What was found on a page: words and values that need no picture library."""

from dataclasses import dataclass
from enum import StrEnum


class Found(StrEnum):
    """What stands in a box."""

    EMPTY = "empty"
    MARKED = "marked"
    DOUBTFUL = "doubtful"


class Trouble(StrEnum):
    """Why a picture cannot be read as a page of this ballot."""

    NO_CORNERS = "no_corners"
    NO_QR = "no_qr"
    OTHER_BALLOT = "other_ballot"


@dataclass(frozen=True, slots=True)
class Mark:
    """`ink_mm2`: the fill score, in square millimetres of full black."""

    found: Found
    ink_mm2: float


@dataclass(frozen=True, slots=True)
class ReadMark:
    """`cutting`: the row as a JPEG for whoever has to look; empty when nobody has."""

    number: str
    mark: Mark
    cutting: bytes


@dataclass(frozen=True, slots=True)
class ReadPage:
    """`trouble` with the whole page as a small JPEG, or marks. `round_id` and `page_number` are the QR's, where it was read."""

    trouble: Trouble | None
    round_id: int | None = None
    page_number: int | None = None
    marks: tuple[ReadMark, ...] = ()
    picture: bytes = b""
