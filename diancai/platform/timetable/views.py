"""一轮向导: the timetable of a round, and one for a day of which nothing is planned yet; both are printed as 倒排工期表."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request

from diancai.platform.core.clock import local_day
from diancai.platform.core.working_days import working_day_after
from diancai.platform.divisions.models import Division
from diancai.platform.divisions.queries import retention_of
from diancai.platform.notices.queries import working_days_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.views.blueprint import my_streets
from diancai.platform.timetable import queries
from diancai.platform.timetable.plan import DEFAULTS_SINCE, Dates
from diancai.platform.timetable.policy import may_see_timetable
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import page

bp = Blueprint("timetable", __name__)
USUAL_VOTING_DAYS = 7
MOST_VOTING_DAYS = 90
USUAL_AHEAD = 40
"""Working days from today to the hall that the wizard begins with: time enough for all that comes before."""


@bp.get("/staff/rounds/<int:round_id>/timetable")
@allow(may_see_timetable)
def show(round_: Round) -> object:
    rows = queries.timetable_of(session(), round_, at=request_time())
    return page(
        "timetable/timetable.html",
        round_=round_,
        rows=rows,
        todo=queries.todo_of(rows, actor(), round_.street_id),
        dates=queries.dates_of(session(), round_),
        **_facts(),
    )


@bp.get("/staff/timetable")
@allow(may_see_timetable)
def wizard() -> object:
    """What a day in the future asks of the office from now on, before there is a round."""
    streets = my_streets("see_timetable")
    street = next((one for one in streets if one.id == request.args.get("street", type=int)), None)
    street = street or next(iter(streets), None)
    hall_on, voting_days = _hall_day(), _voting_days()
    rows = _planned(street, hall_on, voting_days) if street else []
    return page(
        "timetable/wizard.html",
        rows=rows,
        streets=[(one.id, one.name) for one in streets],
        street=street,
        hall_on=hall_on,
        voting_days=voting_days,
        late=[row for row in rows if row.status == "overdue"],
        **_facts(),
    )


def _facts() -> dict[str, Any]:
    return {"today": local_day(request_time()), "since": DEFAULTS_SINCE}


def _hall_day() -> date:
    """The day that was asked for, if it can be one; else one that is far enough."""
    today = local_day(request_time())
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        asked = None
    is_near = asked is not None and today - timedelta(days=366) <= asked <= today + timedelta(days=3 * 366)
    return asked if asked is not None and is_near else working_day_after(session(), today, USUAL_AHEAD)


def _voting_days() -> int:
    asked = request.args.get("voting_days", USUAL_VOTING_DAYS, type=int)
    return min(max(asked, 1), MOST_VOTING_DAYS)


def _planned(street: Division, hall_on: date, voting_days: int) -> list[queries.Row]:
    """The vote ends on the day of the hall; notices stand as long as the street's own."""
    days = working_days_of(session(), street.id)
    dates = Dates(
        opens_on=hall_on - timedelta(days=voting_days - 1),
        closes_on=hall_on,
        hall_on=hall_on,
        notice_days=days,
        check_days=days,
        window_days=days,
        retention_days=retention_of(session(), street.id).days,
        has_paper=True,
    )
    return queries.rows_for(session(), street.id, dates, set(), today=local_day(request_time()))
