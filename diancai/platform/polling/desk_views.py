"""领票: the page on which a clerk works all day. What is searched for travels in the body of a form, never in an address."""

from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, request

from diancai.errors import DomainError, WrongState
from diancai.platform.core.keys import keys_of
from diancai.platform.core.masking import masked
from diancai.platform.polling import finding, loaders, mobile_queries, pick_up_queries, queries
from diancai.platform.polling.forms import LateForm, PersonForm, ReasonForm, TakeBackForm
from diancai.platform.polling.hall_server_queries import stations_away
from diancai.platform.polling.models import GivenKind, RegisterEntry, Station
from diancai.platform.polling.operations import desk, persons, register
from diancai.platform.polling.paper_queries import has_blanks
from diancai.platform.polling.policy import (
    may_correct_giving,
    may_edit_register,
    may_give_slip,
    may_register_late,
    may_replace_code,
    may_see_register,
)
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import rounds_of
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell

bp = Blueprint("desk", __name__)
ENTRY_PAGE = "desk/entry.html"
TYPED = ("name", "household", "birth_year", "id_last_four", "phone")
AnyPersonForm = TypeVar("AnyPersonForm", bound=PersonForm)

__all__ = ["bp", "loaders"]


@dataclass(frozen=True, slots=True)
class Search:
    """What stands in the search line, and at which desk."""

    text: str
    community_id: int | None
    station_id: int | None
    page: int


def read_search() -> Search:
    values = request.form if request.method == "POST" else request.args
    return Search(
        text=request.form.get("q", "")[:100].strip(),
        community_id=values.get("community", type=int),
        station_id=values.get("station", type=int),
        page=values.get("page", 1, type=int),
    )


@bp.get("/staff/desk")
@allow(may_see_register)
def rounds() -> object:
    """Which round? Straight to the desk when only one is being voted on."""
    found = [one for one in rounds_of(session(), actor().street_ids) if may_see_register(actor(), one)]
    kept = [one for one in found if not one.is_imported and one.register_purged_at is None]
    giving = [one for one in kept if may_give_slip(actor(), one)]
    if len(giving) == 1:
        return see_other("desk.find", round_id=giving[0].id)
    return page("desk/rounds.html", rounds=kept)


@bp.route("/staff/rounds/<int:round_id>/desk", methods=["GET", "POST"])
@allow(may_see_register, writes=False)
def find(round_: Round) -> object:
    return page("desk/desk.html", **_desk(round_))


@bp.post("/staff/rounds/<int:round_id>/desk/<int:entry_id>/give")
@allow(may_give_slip)
def give(round_: Round, entry: RegisterEntry) -> object:
    try:
        station = chosen_station(round_)
        kind = GivenKind.PAPER if request.form.get("kind") == GivenKind.PAPER else GivenKind.SLIP
        desk.give_slip(session(), round_, entry, station=station, kind=kind, by=actor(), at=request_time())
    except DomainError as refusal:
        session().rollback()
        return again("desk/desk.html", refusal, **_desk(round_))
    tell(
        "desk.given_paper" if kind is GivenKind.PAPER else "desk.given",
        name=masked(persons.person_of(keys_of(session()), entry).name),
    )
    return see_other("desk.find", round_id=round_.id, station=station.id)


@bp.get("/staff/rounds/<int:round_id>/desk/<int:entry_id>")
@allow(may_see_register)
def entry(round_: Round, entry: RegisterEntry) -> object:
    return page(ENTRY_PAGE, **_entry(round_, entry))


@bp.post("/staff/rounds/<int:round_id>/desk/<int:entry_id>/correct")
@allow(may_edit_register)
def correct(round_: Round, entry: RegisterEntry) -> object:
    form = _person_form(round_, PersonForm())
    if not form.validate():
        return page(ENTRY_PAGE, **_entry(round_, entry, form=form)), 422
    try:
        person = _typed_person(round_, form)
        changed = register.correct_entry(session(), round_, entry, person, by=actor(), at=request_time())
    except DomainError as refusal:
        return entry_again(round_, entry, refusal, form=form)
    tell("register.corrected" if changed else "register.nothing_changed")
    return _to_entry(round_, entry)


@bp.post("/staff/rounds/<int:round_id>/desk/<int:entry_id>/ineligible")
@allow(may_edit_register)
def mark_ineligible(round_: Round, entry: RegisterEntry) -> object:
    form = ReasonForm()
    try:
        reason = form.reason.data or ""
        register.mark_ineligible(session(), round_, entry, reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        return entry_again(round_, entry, refusal)
    tell("register.marked_ineligible")
    return _to_entry(round_, entry)


@bp.post("/staff/rounds/<int:round_id>/desk/<int:entry_id>/eligible")
@allow(may_edit_register)
def mark_eligible(round_: Round, entry: RegisterEntry) -> object:
    try:
        register.mark_eligible(session(), round_, entry, by=actor(), at=request_time())
    except DomainError as refusal:
        return entry_again(round_, entry, refusal)
    tell("register.marked_eligible")
    return _to_entry(round_, entry)


@bp.post("/staff/rounds/<int:round_id>/desk/<int:entry_id>/take-back")
@allow(may_correct_giving)
def take_back(round_: Round, entry: RegisterEntry) -> object:
    form = TakeBackForm()
    if entry.given is GivenKind.PAPER:
        form.code.validators = ()  # a paper ballot has none
    if not form.validate():
        return page(ENTRY_PAGE, **_entry(round_, entry, take_back_form=form)), 422
    typed = {"code": form.code.data or "", "reason": form.reason.data or ""}
    try:
        desk.request_take_back(session(), round_, entry, by=actor(), at=request_time(), **typed)
    except DomainError as refusal:
        return entry_again(round_, entry, refusal, take_back_form=form)
    tell("desk.take_back_requested")
    return _to_entry(round_, entry)


@bp.post("/staff/rounds/<int:round_id>/desk/<int:entry_id>/replace")
@allow(may_replace_code)
def replace(round_: Round, entry: RegisterEntry) -> object:
    reason = ReasonForm().reason.data or ""
    try:
        station = chosen_station(round_)
        desk.request_replacement(
            session(), round_, entry, station=station, reason=reason, by=actor(), at=request_time()
        )
    except DomainError as refusal:
        return entry_again(round_, entry, refusal)
    tell("desk.replacement_requested")
    return _to_entry(round_, entry)


@bp.route("/staff/rounds/<int:round_id>/desk/late", methods=["GET", "POST"])
@allow(may_register_late)
def late(round_: Round) -> object:
    form = _person_form(round_, LateForm())
    count = queries.late_count(session(), round_)
    if not form.validate_on_submit():
        return page("desk/late.html", round_=round_, form=form, count=count)
    try:
        person, reason = _typed_person(round_, form), form.reason.data or ""
        register.request_late_entry(session(), round_, person, reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        form.refuse(refusal)
        return again("desk/late.html", refusal, round_=round_, form=form, count=count)
    tell("register.late_requested")
    return see_other("desk.find", round_id=round_.id)


def _desk(round_: Round) -> dict[str, object]:
    search = read_search()
    stations = _handing_out(round_)
    chosen = next((one for one in stations if one.id == search.station_id), None)
    if chosen is None and len(stations) == 1:
        chosen = stations[0]
    found = None
    if search.text:
        found = finding.search_register(
            session(), round_, text=search.text, community_id=search.community_id, page=search.page
        )
    return {
        "round_": round_,
        "search": search,
        "found": found,
        "stations": stations,
        "station": chosen,
        "communities": queries.communities_of(session(), round_),
        "given_count": queries.given_count(session(), round_),
        "has_paper": chosen is not None and has_blanks(session(), chosen),
        "slips": queries.station_figures(session(), chosen) if chosen else None,
    }


def _handing_out(round_: Round) -> list[Station]:
    """Desks that have not ended and have not gone to a hall with a server of its own."""
    away = stations_away(session(), round_.id)
    found = mobile_queries.desks_of(session(), round_)
    return [one for one in found if one.ended_at is None and one.id not in away]


def chosen_station(round_: Round) -> Station:
    """The desk that the form names. Raises WrongState when it names none that still hands out."""
    wanted = request.form.get("station", type=int)
    for station in mobile_queries.desks_of(session(), round_):
        if station.id == wanted:
            return station
    raise WrongState("desk.no_station")


def _entry(
    round_: Round, entry: RegisterEntry, *, form: PersonForm | None = None, take_back_form: TakeBackForm | None = None
) -> dict[str, object]:
    person = persons.person_of(keys_of(session()), entry)
    shown = {name: str(getattr(person, name) or "") for name in TYPED}
    names = queries.community_names(session(), round_)
    stations = queries.stations_of(session(), round_)
    return {
        "round_": round_,
        "entry": entry,
        "person": person,
        "community": names.get(entry.community_id, ""),
        "state": queries.state_of(entry),
        "is_paper": entry.given is GivenKind.PAPER,
        "form": form or _person_form(round_, PersonForm(data=shown | {"community_id": entry.community_id})),
        "reason_form": ReasonForm(formdata=None),
        "take_back_form": take_back_form or TakeBackForm(formdata=None),
        "stations": _handing_out(round_),
        "collected": pick_up_queries.collected_of(session(), round_, entry),
        "housemates": pick_up_queries.housemates_of(session(), round_, entry) if round_.household_pick_up_limit else [],
        "mobile_boxes": mobile_queries.mobile_boxes_of(session(), round_),
        "visit": mobile_queries.visit_to(session(), entry),
        "given_at": next((station.name for station in stations if station.id == entry.given_station_id), ""),
    }


def entry_again(round_: Round, entry: RegisterEntry, refusal: DomainError, **forms: object) -> object:
    session().rollback()
    return again(ENTRY_PAGE, refusal, **_entry(round_, entry, **forms))  # type: ignore[arg-type]


def _to_entry(round_: Round, entry: RegisterEntry) -> object:
    return see_other("desk.entry", round_id=round_.id, entry_id=entry.id)


def _person_form(round_: Round, form: AnyPersonForm) -> AnyPersonForm:
    form.community_id.choices = [(one.id, one.name) for one in queries.communities_of(session(), round_)]
    return form


def _typed_person(round_: Round, form: PersonForm) -> persons.Person:
    typed = {name: getattr(form, name).data or "" for name in TYPED}
    return persons.tidy_person(round_, community_id=form.community_id.data, **typed)
