"""流动票箱: visits are booked, two of the staff and a scrutineer go along, each visit gives one paper ballot."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.accounts.queries import holders_of
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.clock import coarse_hour, local_day
from diancai.platform.core.moves import move
from diancai.platform.polling.mobile_models import VISIT_MOVES, HomeVisit, MobileBox, MobileTrip, VisitState
from diancai.platform.polling.mobile_queries import trip_not_back, visit_to
from diancai.platform.polling.models import GivenKind, RegisterEntry, Station
from diancai.platform.polling.operations.days import tidy_seal
from diancai.platform.polling.operations.desk import WHY_NOT, mark_given
from diancai.platform.polling.paper_events import MobileBoxSet, MobileTripBegun, PaperGiven, VisitBooked, VisitMissed
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.queries import EntryState, state_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import scrutineers_of
from diancai.platform.rounds.states import VotingChannel

ESCORTS = (Role.OFFICER, Role.CLERK)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who goes along: numbers of staff."""

    first_id: int
    second_id: int
    scrutineer_id: int


def set_mobile(session: Session, round_: Round, station: Station, box_number: str, *, by: Actor, at: datetime) -> None:
    """Make a station the mobile box of this number. Raises WrongState: `require_state`, paper.no_channel,
    station.already_ended; InvalidInput mobile.no_number; Conflict mobile.already.
    """
    require_state("manage_stations", round_)
    if VotingChannel.PAPER not in round_.channel_names:
        raise WrongState("paper.no_channel")
    if station.ended_at is not None:
        raise WrongState("station.already_ended")
    if session.get(MobileBox, station.id) is not None:
        raise Conflict("mobile.already", name=station.name)
    number = _stated(box_number, "mobile.no_number", "box_number")
    session.add(MobileBox(station_id=station.id, box_number=number))
    session.flush()
    record(session, MobileBoxSet(round_.street_id, round_.id, station.id, number), by=by, at=at)


def book_visit(
    session: Session,
    round_: Round,
    entry: RegisterEntry,
    station: Station,
    planned_on: date | None,
    planned_time: str,
    *,
    by: Actor,
    at: datetime,
) -> HomeVisit:
    """Raises WrongState (`require_state`); NotFound mobile.no_box; InvalidInput mobile.day, mobile.no_time; Conflict
    mobile.booked_before, and why the person cannot be given anything (desk.*).
    """
    require_state("give_slip", round_)
    if station.round_id != round_.id or session.get(MobileBox, station.id) is None:
        raise NotFound("mobile.no_box")
    if planned_on is None or not local_day(at) <= planned_on <= local_day(round_.closes_at):
        raise InvalidInput("mobile.day", field="planned_on")
    time = _stated(planned_time, "mobile.no_time", "planned_time")
    if (state := state_of(entry)) is not EntryState.READY:
        raise Conflict(WHY_NOT[state])
    visit = visit_to(session, entry)
    if visit is not None and visit.state is VisitState.BOOKED:
        raise Conflict("mobile.booked_before", day=visit.planned_on)
    if visit is None:
        visit = HomeVisit(entry_id=entry.id, state=VisitState.BOOKED)
    else:
        move(session, visit, VisitState.BOOKED, table=VISIT_MOVES)
    visit.station_id, visit.planned_on, visit.planned_time, visit.helper = station.id, planned_on, time, ""
    session.add(visit)
    session.flush()
    record(session, VisitBooked(round_.street_id, round_.id, station.id), by=by, at=coarse_hour(at))
    return visit


def begin_trip(
    session: Session, round_: Round, station: Station, crew: Crew, seal: str, *, by: Actor, at: datetime
) -> MobileTrip:
    """Leave with the sealed box. Raises WrongState (`require_state`); NotFound mobile.no_box; InvalidInput
    mobile.three_people, mobile.not_staff, mobile.not_scrutineer, day.no_seal, day.seal_too_long; Conflict
    mobile.left_today, mobile.not_back: the seal of the trip before was not checked yet.
    """
    require_state("give_slip", round_)
    session.refresh(station, with_for_update=True)
    if station.round_id != round_.id or session.get(MobileBox, station.id) is None:
        raise NotFound("mobile.no_box")
    if station.ended_at is not None:
        raise WrongState("station.already_ended")
    _check_crew(session, round_, crew)
    number = tidy_seal(_stated(seal, "day.no_seal", "seal"))
    if session.get(MobileTrip, (station.id, local_day(at))) is not None:
        raise Conflict("mobile.left_today")
    if (before := trip_not_back(session, station.id)) is not None:
        raise Conflict("mobile.not_back", name=station.name, day=before.day)
    trip = MobileTrip(
        station_id=station.id,
        day=local_day(at),
        first_id=crew.first_id,
        second_id=crew.second_id,
        scrutineer_id=crew.scrutineer_id,
        seal=number,
        left_at=at,
    )
    session.add(trip)
    session.flush()
    people = (crew.first_id, crew.second_id, crew.scrutineer_id)
    record(session, MobileTripBegun(round_.street_id, round_.id, station.id, number, people), by=by, at=at)
    return trip


def record_visit(
    session: Session, round_: Round, visit: HomeVisit, *, helper: str = "", by: Actor, at: datetime
) -> None:
    """The person got a paper ballot at home and put it into the box. `helper` wrote for the voter (代写); what, nobody says.

    Raises WrongState: mobile.no_trip, and as `give_slip`; Conflict: mobile.not_booked, and as `give_slip`.
    """
    station = session.get_one(Station, visit.station_id)
    if session.get(MobileTrip, (visit.station_id, local_day(at))) is None:
        raise WrongState("mobile.no_trip")
    if visit.state is not VisitState.BOOKED:
        raise Conflict("mobile.not_booked")
    entry = session.get_one(RegisterEntry, visit.entry_id)
    mark_given(session, round_, entry, station=station, kind=GivenKind.PAPER, at=at)
    move(session, visit, VisitState.DONE, table=VISIT_MOVES, helper=" ".join(helper.split())[:40])
    record(session, PaperGiven(round_.street_id, round_.id, station.id), by=by, at=coarse_hour(at))


def miss_visit(session: Session, round_: Round, visit: HomeVisit, *, by: Actor, at: datetime) -> None:
    """Nobody at home, or not wanted any more; it may be booked again. Raises WrongState (`require_state`), Conflict
    mobile.not_booked.
    """
    require_state("give_slip", round_)
    if visit.state is not VisitState.BOOKED:
        raise Conflict("mobile.not_booked")
    move(session, visit, VisitState.MISSED, table=VISIT_MOVES)
    record(session, VisitMissed(round_.street_id, round_.id, visit.station_id), by=by, at=coarse_hour(at))


def _check_crew(session: Session, round_: Round, crew: Crew) -> None:
    if len({crew.first_id, crew.second_id, crew.scrutineer_id}) < 3:
        raise InvalidInput("mobile.three_people")
    staff = {person.id for role in ESCORTS for person in holders_of(session, role, [round_.street_id])}
    if not {crew.first_id, crew.second_id} <= staff:
        raise InvalidInput("mobile.not_staff")
    if crew.scrutineer_id not in {row.staff_id for row, _ in scrutineers_of(session, round_)}:
        raise InvalidInput("mobile.not_scrutineer")


def _stated(text: str, code: str, field: str) -> str:
    plain = " ".join(text.split())[:40]
    if not plain:
        raise InvalidInput(code, field=field)
    return plain
