"""每日开箱、封箱: two people find in the morning the very seal that two people put on in the evening."""

import unicodedata
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.clock import local_day
from diancai.platform.core.confirmations import ConfirmationRequest, Span, confirmable, request_confirmation
from diancai.platform.polling.day_models import StationDay
from diancai.platform.polling.day_queries import last_day
from diancai.platform.polling.events import StationDayOpened, StationDaySealed
from diancai.platform.polling.models import Station
from diancai.platform.polling.policy import require_state
from diancai.platform.rounds.models import Round

OPEN, OPEN_DIFFERING, CLOSE = "station.open_day", "station.open_day_differing", "station.close_day"
DESK_ROLES = (Role.OFFICER, Role.CLERK, Role.REVIEWER, Role.SCRUTINEER)
LONGEST_SEAL = 40


def request_opening(
    session: Session, round_: Round, station: Station, seal: str, *, reason: str = "", by: Actor, at: datetime
) -> ConfirmationRequest:
    """The number on the seal of this morning, read by one; another reads it too and confirms.

    On the first day there is none: the box is shown empty. Another number than that of the evening before is refused;
    with a reason it goes to a second person. Raises WrongState: `require_state`, station.already_ended; InvalidInput
    day.no_seal, day.seal_too_long; Conflict day.still_open, day.opened_before, day.first_has_no_seal, day.seal_differs.
    """
    typed = tidy_seal(seal)
    _require_openable(session, round_, station, typed, at=at)
    facts = {"round_id": round_.id, "station_id": station.id, "seal": typed}
    if _differs(session, station, typed):
        if not reason.strip():
            raise Conflict("day.seal_differs", field="seal")
        return request_confirmation(
            session, OPEN_DIFFERING, round_.street_id, reason=reason[:400], by=by, at=at, **facts
        )
    return request_confirmation(session, OPEN, round_.street_id, reason=station.name, by=by, at=at, **facts)


@confirmable(OPEN, *DESK_ROLES, span=Span.VOTING)
def open_day(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    station_id: int,
    seal: str,
) -> StationDay:
    """Raises as `request_opening`."""
    round_, station = session.get_one(Round, round_id), session.get_one(Station, station_id)
    _require_openable(session, round_, station, seal, at=at)
    if _differs(session, station, seal):
        raise Conflict("day.seal_differs", field="seal")
    return _open(session, round_, station, seal, None, requested_by, by, at)


@confirmable(OPEN_DIFFERING, Role.OFFICER, Role.REVIEWER, Role.SCRUTINEER, span=Span.VOTING)
def open_day_differing(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    station_id: int,
    seal: str,
) -> StationDay:
    """Two people accept another seal than that of the evening before, with its reason on record."""
    round_, station = session.get_one(Round, round_id), session.get_one(Station, station_id)
    _require_openable(session, round_, station, seal, at=at)
    return _open(session, round_, station, seal, reason[:400], requested_by, by, at)


def request_sealing(
    session: Session, round_: Round, station: Station, seal: str, *, by: Actor, at: datetime
) -> ConfirmationRequest:
    """The number on the seal of this evening. Raises WrongState: `require_state`; InvalidInput day.no_seal,
    day.seal_too_long; Conflict day.not_open.
    """
    typed = tidy_seal(seal)
    if not typed:
        raise InvalidInput("day.no_seal", field="seal")
    _open_day(session, round_, station)
    facts = {"round_id": round_.id, "station_id": station.id, "seal": typed}
    return request_confirmation(session, CLOSE, round_.street_id, reason=station.name, by=by, at=at, **facts)


@confirmable(CLOSE, *DESK_ROLES, span=Span.COLLECTING)
def close_day(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    station_id: int,
    seal: str,
) -> StationDay:
    """Raises as `request_sealing`."""
    round_, station = session.get_one(Round, round_id), session.get_one(Station, station_id)
    day = _open_day(session, round_, station)
    day.closing_seal, day.closed_at = seal, at
    day.closed_by, day.closing_confirmed_by = requested_by.staff_id, by.staff_id
    session.flush()
    event = StationDaySealed(round_.street_id, round_id, station_id, seal, requested_by.staff_id or 0)
    record(session, event, by=by, at=at)
    return day


def _open(
    session: Session,
    round_: Round,
    station: Station,
    seal: str,
    reason: str | None,
    first: Actor,
    second: Actor,
    at: datetime,
) -> StationDay:
    assert first.staff_id is not None
    assert second.staff_id is not None
    day = StationDay(
        station_id=station.id,
        day=local_day(at),
        opening_seal=seal or None,
        difference_reason=reason,
        opened_at=at,
        opened_by=first.staff_id,
        opening_confirmed_by=second.staff_id,
    )
    session.add(day)
    session.flush()
    event = StationDayOpened(round_.street_id, round_.id, station.id, seal, reason is not None, first.staff_id)
    record(session, event, by=second, at=at)
    return day


def _require_openable(session: Session, round_: Round, station: Station, seal: str, *, at: datetime) -> None:
    require_state("open_station_day", round_)
    session.refresh(station, with_for_update=True)
    if station.ended_at is not None:
        raise WrongState("station.already_ended")
    last = last_day(session, station.id)
    if last is None:
        if seal:
            raise Conflict("day.first_has_no_seal", field="seal")
        return
    if last.closed_at is None:
        raise Conflict("day.still_open", day=last.day)
    if last.day >= local_day(at):
        raise Conflict("day.opened_before", day=last.day)
    if not seal:
        raise InvalidInput("day.no_seal", field="seal")


def _differs(session: Session, station: Station, seal: str) -> bool:
    last = last_day(session, station.id)
    return last is not None and last.closing_seal != seal


def _open_day(session: Session, round_: Round, station: Station) -> StationDay:
    require_state("seal_station_day", round_)
    session.refresh(station, with_for_update=True)
    day = last_day(session, station.id)
    if day is None or day.closed_at is not None:
        raise Conflict("day.not_open")
    return day


def tidy_seal(seal: str) -> str:
    """Ａ 0012 and a0012 are the same seal."""
    plain = "".join(unicodedata.normalize("NFKC", seal).split()).upper()
    if len(plain) > LONGEST_SEAL:
        raise InvalidInput("day.seal_too_long", field="seal", limit=LONGEST_SEAL)
    return plain
