"""What the log keeps of supervision."""

from dataclasses import dataclass
from datetime import date

from diancai.platform.core.audit import Event


@dataclass(frozen=True)
class SupervisionNoteWritten(Event):
    supervision_note_id: int
    reply_by: date


@dataclass(frozen=True)
class SupervisionNoteAnswered(Event):
    supervision_note_id: int
    is_late: bool
