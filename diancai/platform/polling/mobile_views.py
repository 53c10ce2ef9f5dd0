"""流动票箱: booking at the entry, and the page that goes along."""

from datetime import date
from typing import Any

from flask import Blueprint, request

from diancai.errors import DomainError, NotFound
from diancai.platform.accounts.queries import holders_of
from diancai.platform.core.clock import local_day
from diancai.platform.core.keys import keys_of
from diancai.platform.core.masking import masked
from diancai.platform.polling import loaders, mobile_queries, queries
from diancai.platform.polling.desk_views import entry_again
from diancai.platform.polling.mobile_models import HomeVisit
from diancai.platform.polling.models import RegisterEntry, Station
from diancai.platform.polling.operations import mobile, mobile_returns, persons
from diancai.platform.polling.policy import may_give_slip, may_manage_stations, may_return_mobile_box, may_see_register
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import scrutineers_of
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell

bp = Blueprint("mobile", __name__)
PAGE = "desk/mobile.html"

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/mobile")
@allow(may_see_register)
def show(round_: Round) -> object:
    return page(PAGE, **_facts(round_))


@bp.post("/staff/rounds/<int:round_id>/mobile/<int:station_id>")
@allow(may_manage_stations)
def set_mobile(round_: Round, station: Station) -> object:
    number = request.form.get("box_number", "")
    try:
        mobile.set_mobile(session(), round_, station, number, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(round_))
    tell("mobile.set", name=station.name)
    return see_other("mobile.show", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/mobile/<int:station_id>/trip")
@allow(may_give_slip)
def begin_trip(round_: Round, station: Station) -> object:
    crew = mobile.Crew(*(request.form.get(name, 0, type=int) for name in ("first", "second", "scrutineer")))
    seal = request.form.get("seal", "")
    try:
        trip = mobile.begin_trip(session(), round_, station, crew, seal, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(round_))
    tell("mobile.left", seal=trip.seal)
    return see_other("mobile.show", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/mobile/<int:station_id>/return")
@allow(may_return_mobile_box)
def request_return(round_: Round, station: Station) -> object:
    typed = {name: request.form.get(name, "") for name in ("seal", "reason")}
    is_broken, day = bool(request.form.get("is_broken")), _day(request.form.get("day", ""))
    try:
        if day is None:
            raise NotFound("mobile.no_such_trip")
        mobile_returns.request_return(
            session(), round_, station, day, **typed, is_broken=is_broken, by=actor(), at=request_time()
        )
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(round_), typed={**typed, "is_broken": is_broken, "station_id": station.id})
    tell("mobile.return_requested")
    return see_other("mobile.show", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/desk/<int:entry_id>/visit")
@allow(may_give_slip)
def book(round_: Round, entry: RegisterEntry) -> object:
    try:
        mobile.book_visit(
            session(),
            round_,
            entry,
            _mobile_station(round_),
            _day(request.form.get("planned_on", "")),
            request.form.get("planned_time", ""),
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return entry_again(round_, entry, refusal)
    tell("mobile.booked", name=_name_of(entry))
    return see_other("mobile.show", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/mobile/visits/<int:visit_id>")
@allow(may_give_slip)
def record_visit(round_: Round, visit: HomeVisit) -> object:
    is_done = request.form.get("outcome") == "done"
    try:
        if is_done:
            helper = request.form.get("helper", "")
            mobile.record_visit(session(), round_, visit, helper=helper, by=actor(), at=request_time())
        else:
            mobile.miss_visit(session(), round_, visit, by=actor(), at=request_time())
    except DomainError as refusal:
        session().rollback()
        return again(PAGE, refusal, **_facts(round_))
    if is_done:
        tell("mobile.done", name=_name_of(session().get_one(RegisterEntry, visit.entry_id)))
    else:
        tell("mobile.missed")
    return see_other("mobile.show", round_id=round_.id)


def _name_of(entry: RegisterEntry) -> str:
    return masked(persons.person_of(keys_of(session()), entry).name)


def _mobile_station(round_: Round) -> Station:
    wanted = request.form.get("station", type=int)
    for station, _ in mobile_queries.mobile_boxes_of(session(), round_):
        if station.id == wanted:
            return station
    raise NotFound("mobile.no_box")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _facts(round_: Round) -> dict[str, Any]:
    boxes, trips = mobile_queries.mobile_boxes_of(session(), round_), mobile_queries.trips_of(session(), round_)
    numbers = {station.id for station, _ in boxes}
    returns = mobile_queries.returns_of(session(), round_)
    people = [one for trip in trips for one in (trip.first_id, trip.second_id, trip.scrutineer_id)]
    people += [one for row in returns.values() for one in (row.read_by, row.scrutineer_id)]
    today = local_day(request_time())
    return {
        "round_": round_,
        "boxes": boxes,
        "others": [one for one in queries.open_stations(session(), round_) if one.id not in numbers],
        "trips": trips,
        "returns": returns,
        "left_today": {trip.station_id for trip in trips if trip.day == today},
        "on_the_way": {trip.station_id: trip.day for trip in trips if (trip.station_id, trip.day) not in returns},
        "asked": {station.id for station, _ in boxes if mobile_returns.is_asked(session(), round_, station)},
        "visits": mobile_queries.visits_of(session(), round_),
        "names": queries.staff_names(session(), people),
        "places": {station.id: station.name for station, _ in boxes},
        "staff": sorted(
            {(one.id, one.name) for role in mobile.ESCORTS for one in holders_of(session(), role, [round_.street_id])}
        ),
        "scrutineers": [(row.staff_id, person.name) for row, person in scrutineers_of(session(), round_)],
        "has_paper": "paper" in round_.channel_names,
    }
