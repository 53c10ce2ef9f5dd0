"""投票点: desks, and the balance that each signs at the end of issuing."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint

from diancai.errors import Conflict, DomainError
from diancai.platform.polling import loaders, queries
from diancai.platform.polling.forms import BalanceForm, PaperBalanceForm, StationForm
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations import stations as operations
from diancai.platform.polling.operations.leftovers import is_asked
from diancai.platform.polling.operations.stations import Leftover, StationFacts
from diancai.platform.polling.paper_queries import box_of, papers_issued
from diancai.platform.polling.policy import may_balance_station, may_manage_stations, may_see_stations
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell

bp = Blueprint("stations", __name__)
BALANCE_PAGE = "desk/balance.html"
FORM_PAGE = "desk/station_form.html"

__all__ = ["bp", "loaders"]


@bp.get("/staff/rounds/<int:round_id>/stations")
@allow(may_see_stations)
def stations(round_: Round) -> object:
    rows = queries.stations_of(session(), round_)
    figures = {station.id: queries.station_figures(session(), station) for station in rows}
    return page("desk/stations.html", round_=round_, stations=rows, figures=figures)


@bp.route("/staff/rounds/<int:round_id>/stations/new", methods=["GET", "POST"])
@allow(may_manage_stations)
def new_station(round_: Round) -> object:
    form = StationForm()
    if not form.validate_on_submit():
        return page(FORM_PAGE, round_=round_, form=form, station=None)
    try:
        station = operations.create_station(session(), round_, _facts(form), by=actor(), at=request_time())
    except DomainError as refusal:
        form.refuse(refusal)
        return again(FORM_PAGE, refusal, round_=round_, form=form, station=None)
    tell("station.created", name=station.name)
    return see_other("stations.stations", round_id=round_.id)


@bp.route("/staff/rounds/<int:round_id>/stations/<int:station_id>/edit", methods=["GET", "POST"])
@allow(may_manage_stations)
def edit_station(round_: Round, station: Station) -> object:
    form = StationForm(obj=station)
    if not form.validate_on_submit():
        return page(FORM_PAGE, round_=round_, form=form, station=station)
    try:
        operations.edit_station(session(), round_, station, _facts(form), by=actor(), at=request_time())
    except DomainError as refusal:
        form.refuse(refusal)
        return again(FORM_PAGE, refusal, round_=round_, form=form, station=station)
    tell("station.edited")
    return see_other("stations.stations", round_id=round_.id)


@bp.get("/staff/rounds/<int:round_id>/stations/<int:station_id>")
@allow(may_see_stations)
def show_balance(round_: Round, station: Station) -> object:
    return page(BALANCE_PAGE, **_balance(round_, station), form=_form_of(station))


@bp.post("/staff/rounds/<int:round_id>/stations/<int:station_id>/end")
@allow(may_balance_station)
def end_issuing(round_: Round, station: Station) -> object:
    """A balance that holds is signed; one that does not goes to the second person once a reason is given."""
    form = _form_of(station)
    if not form.validate():
        return page(BALANCE_PAGE, **_balance(round_, station), form=form), 422
    counted = Counted(form.unused_count.data or 0, form.spoiled_count.data or 0, _papers(form))
    reason = (form.reason.data or "").strip()
    try:
        is_signed = _sign(round_, station, counted, reason)
    except DomainError as refusal:
        session().rollback()
        return again(BALANCE_PAGE, refusal, **_balance(round_, station), form=form)
    tell("station.ended" if is_signed else "station.difference_requested", name=station.name)
    return see_other("stations.stations", round_id=round_.id)


@dataclass(frozen=True, slots=True)
class Counted:
    """What lies on the desk at the end."""

    unused_count: int
    spoiled_count: int
    paper: Leftover | None

    @property
    def facts(self) -> dict[str, Any]:
        return {"unused_count": self.unused_count, "spoiled_count": self.spoiled_count, "paper": self.paper}


def _form_of(station: Station) -> BalanceForm:
    return PaperBalanceForm() if box_of(session(), station) else BalanceForm()


def _papers(form: BalanceForm) -> Leftover | None:
    if not isinstance(form, PaperBalanceForm):
        return None
    return Leftover(form.paper_unused.data or 0, form.paper_spoiled.data or 0)


def _sign(round_: Round, station: Station, counted: Counted, reason: str) -> bool:
    """Whether it was signed at once. Raises as the operations; without a reason a difference is only said."""
    try:
        operations.end_issuing(session(), round_, station, by=actor(), at=request_time(), **counted.facts)
    except Conflict as refusal:
        if refusal.code not in ("station.difference", "station.paper_difference") or not reason:
            raise
        operations.request_difference(
            session(), round_, station, reason=reason, by=actor(), at=request_time(), **counted.facts
        )
        return False
    return True


def _balance(round_: Round, station: Station) -> dict[str, object]:
    figures = queries.station_figures(session(), station)
    signed = None
    if station.ended_at is not None:
        signed = operations.balance_of(figures, station.unused_count or 0, station.spoiled_count or 0)
    names = queries.staff_names(session(), (station.ended_by, station.leftovers_confirmed_by))
    box = box_of(session(), station)
    return {
        "round_": round_,
        "station": station,
        "figures": figures,
        "signed": signed,
        "names": names,
        "is_asked": is_asked(session(), round_, station),
        "box": box,
        "papers_issued": papers_issued(session(), station) if box else 0,
    }


def _facts(form: StationForm) -> StationFacts:
    fields = (form.name, form.address, form.hours, form.phone)
    return StationFacts(*((field.data or "").strip() for field in fields))
