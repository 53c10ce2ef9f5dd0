"""流动票箱 comes back: the seal on it is read by one of the staff and by a scrutineer, before anything else is done with the box."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, NotFound
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import (
    ConfirmationRequest,
    RequestState,
    confirmable,
    request_confirmation,
)
from diancai.platform.polling.mobile_models import MobileReturn, MobileTrip
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations.days import tidy_seal
from diancai.platform.polling.paper_events import MobileBoxBack
from diancai.platform.polling.policy import require_state
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import scrutineers_of

CHECK, ACCEPT = "mobile.check_return", "mobile.accept_return"


def request_return(
    session: Session,
    round_: Round,
    station: Station,
    day: date,
    seal: str,
    *,
    is_broken: bool,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> ConfirmationRequest:
    """The seal as it is found on the box that left on `day`; a scrutineer of the round reads it too and confirms.

    A broken seal, or another number, is refused without a reason; with one it goes to the scrutineer as an exception.
    Until then the box is on its way: its station has no balance, and nothing is certified. Raises WrongState
    (`require_state`); NotFound mobile.no_such_trip; InvalidInput day.no_seal, day.seal_too_long; Conflict
    mobile.back_before, mobile.seal_differs, confirmation.already_waits.
    """
    trip = _trip_on_the_way(session, round_, station, day)
    found = tidy_seal(seal)
    if not found and not is_broken:
        raise InvalidInput("day.no_seal", field="seal")
    if is_asked(session, round_, station):
        raise Conflict("confirmation.already_waits")
    facts = {"station_id": station.id, "trip_day": day.isoformat(), "found_seal": found, "is_broken": is_broken}
    if not _differs(trip, found, is_broken):
        return request_confirmation(
            session, CHECK, round_.street_id, reason=station.name, by=by, at=at, round_id=round_.id, **facts
        )
    if not reason.strip():
        raise Conflict("mobile.seal_differs", field="seal")
    return request_confirmation(
        session, ACCEPT, round_.street_id, reason=reason[:400], by=by, at=at, round_id=round_.id, **facts
    )


@confirmable(CHECK, Role.SCRUTINEER)
def check_return(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    station_id: int,
    trip_day: str,
    found_seal: str,
    is_broken: bool,
) -> None:
    """Raises as `request_return`, and NotAllowed mobile.not_scrutineer for one of another round."""
    round_, station = session.get_one(Round, round_id), session.get_one(Station, station_id)
    trip = _trip_on_the_way(session, round_, station, date.fromisoformat(trip_day))
    if _differs(trip, found_seal, is_broken):
        raise Conflict("mobile.seal_differs", field="seal")
    # as it was written down when the box left: F 7 and F7 are the same seal
    _take_back(session, round_, trip, trip.seal, False, None, requested_by, by, at)


@confirmable(ACCEPT, Role.SCRUTINEER)
def accept_return(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    station_id: int,
    trip_day: str,
    found_seal: str,
    is_broken: bool,
) -> None:
    """Two people put a broken seal, or another number, on record with its reason. Raises as `check_return`."""
    round_, station = session.get_one(Round, round_id), session.get_one(Station, station_id)
    trip = _trip_on_the_way(session, round_, station, date.fromisoformat(trip_day))
    _take_back(session, round_, trip, found_seal, is_broken, reason[:400], requested_by, by, at)


def is_asked(session: Session, round_: Round, station: Station) -> bool:
    """Whether a scrutineer is still to read the seal."""
    waiting = select(ConfirmationRequest).where(
        ConfirmationRequest.street_id == round_.street_id,
        ConfirmationRequest.action.in_((CHECK, ACCEPT)),
        ConfirmationRequest.state == RequestState.PENDING,
    )
    return any(row.argument_values["station_id"] == station.id for row in session.scalars(waiting))


def _trip_on_the_way(session: Session, round_: Round, station: Station, day: date) -> MobileTrip:
    require_state("return_mobile_box", round_)
    session.refresh(station, with_for_update=True)
    trip = session.get(MobileTrip, (station.id, day))
    if trip is None or station.round_id != round_.id:
        raise NotFound("mobile.no_such_trip")
    if session.get(MobileReturn, (station.id, day)) is not None:
        raise Conflict("mobile.back_before")
    return trip


def _differs(trip: MobileTrip, found: str, is_broken: bool) -> bool:
    return is_broken or found != tidy_seal(trip.seal)


def _take_back(
    session: Session,
    round_: Round,
    trip: MobileTrip,
    found: str,
    is_broken: bool,
    reason: str | None,
    reader: Actor,
    scrutineer: Actor,
    at: datetime,
) -> None:
    assert reader.staff_id is not None
    assert scrutineer.staff_id is not None
    if scrutineer.staff_id not in {row.staff_id for row, _ in scrutineers_of(session, round_)}:
        raise NotAllowed("mobile.not_scrutineer")
    back = MobileReturn(
        station_id=trip.station_id,
        day=trip.day,
        found_seal=found,
        is_broken=is_broken,
        difference_reason=reason,
        read_by=reader.staff_id,
        scrutineer_id=scrutineer.staff_id,
        returned_at=at,
    )
    session.add(back)
    session.flush()
    event = MobileBoxBack(round_.street_id, round_.id, trip.station_id, found, reason is not None, reader.staff_id)
    record(session, event, by=scrutineer, at=at)
