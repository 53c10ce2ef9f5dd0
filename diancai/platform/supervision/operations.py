"""区级督办: the supervisor writes with a day to answer by, the street answers once (Q-37)."""

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.clock import local_day
from diancai.platform.core.db import rows_changed
from diancai.platform.supervision.events import SupervisionNoteAnswered, SupervisionNoteWritten
from diancai.platform.supervision.models import SupervisionNote

LONGEST = 2000


def write_note(
    session: Session, street_id: int, text: str, reply_by: date, *, by: Actor, at: datetime
) -> SupervisionNote:
    """Raises NotAllowed supervision.not_yours for a street of another district, InvalidInput supervision.text (most),
    supervision.reply_by for a day that is over.
    """
    if Role.DISTRICT_SUPERVISOR not in by.roles_in(street_id):
        raise NotAllowed("supervision.not_yours")
    if reply_by < local_day(at):
        raise InvalidInput("supervision.reply_by", field="reply_by")
    note = SupervisionNote(street_id=street_id, text=_stated(text), reply_by=reply_by, written_at=at)
    assert by.staff_id is not None
    note.written_by = by.staff_id
    session.add(note)
    session.flush()
    record(session, SupervisionNoteWritten(street_id, note.id, reply_by), by=by, at=at)
    return note


def answer_note(session: Session, note: SupervisionNote, reply: str, *, by: Actor, at: datetime) -> None:
    """Raises InvalidInput supervision.text (most), Conflict supervision.answered."""
    values = {"reply": _stated(reply), "replied_by": by.staff_id, "replied_at": at}
    statement = update(SupervisionNote).where(SupervisionNote.id == note.id, SupervisionNote.reply.is_(None))
    if rows_changed(session, statement.values(**values)) != 1:
        raise Conflict("supervision.answered")
    session.refresh(note)
    record(session, SupervisionNoteAnswered(note.street_id, note.id, local_day(at) > note.reply_by), by=by, at=at)


def _stated(text: str) -> str:
    plain = text.strip()
    if not plain or len(plain) > LONGEST:
        raise InvalidInput("supervision.text", field="text", most=LONGEST)
    return plain
