"""区级督办: one page over all streets of the district, and for each street its own part of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, request
from sqlalchemy.orm import Session

from diancai.errors import DomainError, InvalidInput
from diancai.platform.core.clock import local_day
from diancai.platform.core.permissions import may
from diancai.platform.polling.queries import staff_names
from diancai.platform.rounds.views.blueprint import my_streets
from diancai.platform.supervision import operations, queries
from diancai.platform.supervision.models import SupervisionNote
from diancai.platform.supervision.policy import may_answer_supervision, may_see_supervision, may_write_supervision
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.loading import loads
from diancai.platform.web.pages import again, page, see_other, tell

bp = Blueprint("supervision", __name__)
PAGE = "supervision/supervision.html"


@loads("supervision_note_id", "note")
def load_note(current: Session, number: int, _things: Mapping[str, Any]) -> SupervisionNote | None:
    return current.get(SupervisionNote, number)


@bp.get("/staff/supervision")
@allow(may_see_supervision)
def show() -> object:
    return page(PAGE, **_facts())


@bp.post("/staff/supervision")
@allow(may_write_supervision)
def write() -> object:
    try:
        street_id, text = request.form.get("street_id", 0, type=int), request.form.get("text", "")
        operations.write_note(session(), street_id, text, _day(), by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(), typed=request.form)
    tell("supervision.written")
    return see_other("supervision.show")


@bp.post("/staff/supervision/<int:supervision_note_id>/answer")
@allow(may_answer_supervision)
def answer(note: SupervisionNote) -> object:
    try:
        operations.answer_note(session(), note, request.form.get("reply", ""), by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts())
    tell("supervision.replied")
    return see_other("supervision.show")


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("reply_by", ""))
    except ValueError as problem:
        raise InvalidInput("supervision.reply_by", field="reply_by") from problem


def _facts() -> dict[str, Any]:
    streets = my_streets("see_supervision")
    ids, at = [one.id for one in streets], request_time()
    notes = queries.notes_of(session(), ids)
    rounds = queries.supervised_rounds(session(), ids, at=at)
    today = local_day(at)
    return {
        "streets": streets,
        "rounds": {one.id: [row for row in rounds if row.round_.street_id == one.id] for one in streets},
        "notes": {one.id: [note for note in notes if note.street_id == one.id] for one in streets},
        "late": {note.id for note in notes if queries.is_late(note, today)},
        "names": staff_names(session(), {who for one in notes for who in (one.written_by, one.replied_by)}),
        "supervised": [one for one in streets if may(actor(), "write_supervision", _Place(one.id))],
        "today": today,
    }


class _Place:
    def __init__(self, street_id: int) -> None:
        self.street_id = street_id
