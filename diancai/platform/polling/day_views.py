"""每日开箱、封箱 of one station."""

from typing import Any

from flask import Blueprint, request

from diancai.errors import DomainError
from diancai.platform.core.clock import local_day
from diancai.platform.polling import day_queries, loaders, queries
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations import days
from diancai.platform.polling.policy import may_open_station_day, may_seal_station_day, may_see_stations
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell

bp = Blueprint("days", __name__)
PAGE = "desk/days.html"

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/stations/<int:station_id>/days")
@allow(may_see_stations)
def show(round_: Round, station: Station) -> object:
    return page(PAGE, **_facts(round_, station))


@bp.post("/staff/rounds/<int:round_id>/stations/<int:station_id>/days/open")
@allow(may_open_station_day)
def open_day(round_: Round, station: Station) -> object:
    seal, reason = request.form.get("seal", "")[:80], request.form.get("reason", "")
    try:
        days.request_opening(session(), round_, station, seal, reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(round_, station), typed=seal)
    tell("day.opening_requested")
    return see_other("days.show", round_id=round_.id, station_id=station.id)


@bp.post("/staff/rounds/<int:round_id>/stations/<int:station_id>/days/seal")
@allow(may_seal_station_day)
def seal_day(round_: Round, station: Station) -> object:
    seal = request.form.get("seal", "")[:80]
    try:
        days.request_sealing(session(), round_, station, seal, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(round_, station), typed=seal)
    tell("day.sealing_requested")
    return see_other("days.show", round_id=round_.id, station_id=station.id)


def _facts(round_: Round, station: Station) -> dict[str, Any]:
    rows = day_queries.days_of(session(), station)
    people = [[row.opened_by, row.opening_confirmed_by, row.closed_by, row.closing_confirmed_by] for row in rows]
    return {
        "round_": round_,
        "station": station,
        "days": rows,
        "names": queries.staff_names(session(), [one for row in people for one in row]),
        "is_open": bool(rows) and rows[0].closed_at is None,
        "was_open_today": bool(rows) and rows[0].day >= local_day(request_time()),
        "hides_last_seal": bool(rows) and station.ended_at is None,
    }
