"""The draw (vote.md 5): typed by two scrutineers after the closing seal and before the count."""

import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.moves import hold
from diancai.platform.results.events import DrawMade, DrawTyped
from diancai.platform.results.models import Draw, DrawEntry
from diancai.platform.results.queries import is_scrutineer
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState

MAX_LENGTH = 200


def type_draw(session: Session, round_: Round, text: str, *, by: Actor, at: datetime) -> Draw | None:
    """Keep what one scrutineer read from the dice or the lottery; typing again replaces it.

    Returns the draw once two entries are equal, None while they are not: differing entries are kept, so that either
    person can look again. Raises WrongState outside CLOSED, InvalidInput draw.empty / .too_long / .one_line /
    .not_for_imported, NotAllowed draw.not_appointed, Conflict draw.already_made.
    """
    typed = _checked(text)
    hold(session, round_)  # of two who type at once the second sees what the first typed
    _check_turn(session, round_, by)
    assert by.staff_id is not None
    session.merge(DrawEntry(round_id=round_.id, staff_id=by.staff_id, text=typed, typed_at=at))
    session.flush()
    record(session, DrawTyped(round_.street_id, round_.id), by=by, at=at)
    return _agree(session, round_, typed, by, at)


def _checked(text: str) -> str:
    typed = text.strip()
    if not typed:
        raise InvalidInput("draw.empty", field="text")
    if len(typed) > MAX_LENGTH:
        raise InvalidInput("draw.too_long", field="text", limit=MAX_LENGTH)
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in typed):
        raise InvalidInput("draw.one_line", field="text")
    return typed


def _check_turn(session: Session, round_: Round, by: Actor) -> None:
    if round_.state is not RoundState.CLOSED:
        raise WrongState("draw.not_now")
    if round_.is_imported:
        raise InvalidInput("draw.not_for_imported")
    if not is_scrutineer(session, round_, by):
        raise NotAllowed("draw.not_appointed")
    if session.get(Draw, round_.id) is not None:
        raise Conflict("draw.already_made")


def _agree(session: Session, round_: Round, typed: str, by: Actor, at: datetime) -> Draw | None:
    """The draw, if another scrutineer typed the same."""
    twin = session.scalar(
        select(DrawEntry)
        .where(DrawEntry.round_id == round_.id, DrawEntry.staff_id != by.staff_id, DrawEntry.text == typed)
        .order_by(DrawEntry.typed_at)
        .limit(1)
    )
    if twin is None:
        return None
    draw = Draw(round_id=round_.id, text=typed, first_by=twin.staff_id, second_by=by.staff_id, drawn_at=at)
    session.add(draw)
    session.flush()
    record(session, DrawMade(round_.street_id, round_.id, typed, twin.staff_id), by=by, at=at)
    return draw
