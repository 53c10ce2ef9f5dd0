"""剪角封存: what is left of slips and blank paper ballots at the end of issuing is counted by one, and again by another."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import (
    ConfirmationRequest,
    RequestState,
    confirmable,
    request_confirmation,
)
from diancai.platform.polling.events import LeftoversConfirmed
from diancai.platform.polling.models import Station
from diancai.platform.polling.paper_queries import box_of
from diancai.platform.rounds.models import Round

LEFTOVERS = "station.confirm_leftovers"


def ask_to_count_again(session: Session, round_: Round, station: Station, *, by: Actor, at: datetime) -> None:
    left = leftovers_of(session, station)
    request_confirmation(
        session,
        LEFTOVERS,
        round_.street_id,
        reason=station.name,
        by=by,
        at=at,
        round_id=round_.id,
        station_id=station.id,
        **left,
    )


def leftovers_of(session: Session, station: Station) -> dict[str, int]:
    """What a station that has ended counted as left, under the names that a request has for it."""
    counted = {"unused_count": station.unused_count or 0, "spoiled_count": station.spoiled_count or 0}
    if (box := box_of(session, station)) is not None:
        counted |= {"paper_unused": box.unused_count or 0, "paper_spoiled": box.spoiled_count or 0}
    return counted


@confirmable(LEFTOVERS, Role.OFFICER, Role.CLERK, Role.REVIEWER, Role.SCRUTINEER)
def confirm_leftovers(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    station_id: int,
    **counted: int,
) -> None:
    """The second person counted the same. Raises Conflict station.leftovers_changed."""
    round_, station = session.get_one(Round, round_id), session.get_one(Station, station_id)
    session.refresh(station, with_for_update=True)
    if counted != leftovers_of(session, station):
        raise Conflict("station.leftovers_changed")
    station.leftovers_confirmed_by = by.staff_id
    event = LeftoversConfirmed(round_.street_id, round_id, station_id, requested_by.staff_id or 0)
    record(session, event, by=by, at=at)


def require_uncounted(session: Session, round_: Round, station: Station) -> None:
    """Ended or not, leftovers are counted anew until two people have counted the same.

    Raises WrongState station.already_ended.
    """
    if station.ended_at is None:
        return
    if station.leftovers_confirmed_by is not None or is_asked(session, round_, station):
        raise WrongState("station.already_ended")


def is_asked(session: Session, round_: Round, station: Station) -> bool:
    """Whether the second person is still to count."""
    waiting = select(ConfirmationRequest).filter_by(
        street_id=round_.street_id, action=LEFTOVERS, state=RequestState.PENDING
    )
    return any(row.argument_values["station_id"] == station.id for row in session.scalars(waiting))
