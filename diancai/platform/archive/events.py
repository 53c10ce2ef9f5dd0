"""What the log keeps of archives."""

from dataclasses import dataclass
from datetime import date

from diancai.platform.core.audit import Event


@dataclass(frozen=True)
class PostingPhotoAdded(Event):
    round_id: int
    notice_id: int
    place: str
    sha256: str


@dataclass(frozen=True)
class ArchiveMade(Event):
    round_id: int
    version: int
    file_count: int
    sha256: str
    keep_until: date
