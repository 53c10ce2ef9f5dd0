"""A request for the second person, described for the one who decides: what it will do, to what, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.accounts.models import Staff
from diancai.platform.core import texts
from diancai.platform.core.confirmations import CONFIRMABLE, ConfirmationRequest
from diancai.platform.core.hall_charge import hall_charge
from diancai.platform.core.keys import keys_of
from diancai.platform.core.words import WORDS
from diancai.platform.divisions.models import Division
from diancai.platform.notices.models import Objection, Outcome
from diancai.platform.polling.hall_models import Sitting
from diancai.platform.polling.models import CodeBatch, RegisterEntry, Station
from diancai.platform.rounds.models import MenuItem, Round

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Described:
    """`effect` says what confirming will do; `details` name the things it is about, ready to show."""

    request: ConfirmationRequest
    title: str
    effect: str
    round_: Round | None
    details: tuple[Row, ...]
    roles: tuple[str, ...]
    decider: str


def described(session: Session, request: ConfirmationRequest, locale: str) -> Described:
    second = CONFIRMABLE.get(request.action)
    decider = session.get(Staff, request.decided_by) if request.decided_by else None
    return Described(
        request,
        _words(f"confirm.{request.action}", locale) or request.action,
        _effect(session, request.action, locale),
        _round_of(session, request.argument_values),
        tuple(_details(session, request.argument_values, locale)),
        tuple(texts.title_of(role, locale) for role in sorted(second.roles)) if second else (),
        decider.name if decider else "",
    )


def _effect(session: Session, action: str, locale: str) -> str:
    """On the server of a hall without internet some things reach further."""
    in_hall = _words(f"confirm.{action}.effect.in_hall", locale) if hall_charge(session) else ""
    return in_hall or _words(f"confirm.{action}.effect", locale)


def _round_of(session: Session, values: Mapping[str, Any]) -> Round | None:
    round_id = values.get("round_id")
    if round_id is None and (batch := session.get(CodeBatch, values.get("batch_id", 0))) is not None:
        round_id = batch.round_id
    return session.get(Round, round_id) if round_id is not None else None


def _details(session: Session, values: Mapping[str, Any], locale: str) -> list[Row]:
    """Each argument that means something to a person; an argument of a row that is gone is left out."""
    rows = []
    for name, value in values.items():
        reader = READERS.get(name)
        shown = reader(session, value, locale) if reader is not None else ""
        if shown:
            rows.append((_words(f"fact.{name}", locale), shown))
    return rows


def _item(session: Session, item_id: int, _locale: str) -> str:
    item = session.get(MenuItem, item_id)
    return f"{item.number} {item.name}" if item is not None else ""


def _person(session: Session, entry_id: int, _locale: str) -> str:
    """Whoever gives a second signature for a person must know for whom."""
    entry = session.get(RegisterEntry, entry_id)
    return f"{keys_of(session).open_text(entry.name)}，{entry.household}" if entry is not None else ""


def _station(session: Session, station_id: int, _locale: str) -> str:
    station = session.get(Station, station_id)
    return station.name if station is not None else ""


def _sitting(session: Session, sitting_id: int, _locale: str) -> str:
    sitting = session.get(Sitting, sitting_id)
    return f"{sitting.title}，{sitting.place}" if sitting is not None else ""


def _communities(session: Session, numbers: list[int], _locale: str) -> str:
    rows = select(Division.name).where(Division.id.in_(numbers)).order_by(Division.code)
    return "、".join(session.scalars(rows))


def _batch(session: Session, batch_id: int, locale: str) -> str:
    batch = session.get(CodeBatch, batch_id)
    if batch is None:
        return ""
    words = texts.translate(locale, WORDS["request.batch"])
    return words.format(station=_station(session, batch.station_id, locale), count=batch.slip_count)


def _objection(session: Session, objection_id: int, _locale: str) -> str:
    objection = session.get(Objection, objection_id)
    return objection.text if objection is not None else ""


def _outcome(_session: Session, outcome: str, locale: str) -> str:
    return texts.title_of(Outcome(outcome), locale)


def _figure(_session: Session, value: int | str, _locale: str) -> str:
    return str(value)


def _broken(_session: Session, is_broken: bool, locale: str) -> str:
    return texts.translate(locale, WORDS["fact.yes"]) if is_broken else ""


def _day(_session: Session, day: str, locale: str) -> str:
    return texts.show_day(date.fromisoformat(day), locale)


def _money(_session: Session, fen: int, locale: str) -> str:
    return texts.show("granted_fen", fen, locale)


def _numbers(_session: Session, numbers: list[str], _locale: str) -> str:
    return "、".join(numbers)


READERS: dict[str, Callable[[Session, Any, str], str]] = {
    "item_id": _item,
    "entry_id": _person,
    "station_id": _station,
    "batch_id": _batch,
    "sitting_id": _sitting,
    "community_ids": _communities,
    "objection_id": _objection,
    "outcome": _outcome,
    "numbers": _numbers,
    "granted_fen": _money,
    "unused_count": _figure,
    "spoiled_count": _figure,
    "difference": _figure,
    "paper_unused": _figure,
    "paper_spoiled": _figure,
    "found_count": _figure,
    "seal": _figure,
    "found_seal": _figure,
    "is_broken": _broken,
    "trip_day": _day,
    "differing_count": _figure,
    "note": _figure,
}


def _words(code: str, locale: str) -> str:
    return texts.translate(locale, WORDS[code]) if code in WORDS else ""
