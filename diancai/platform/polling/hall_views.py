"""会场: the sittings of a street, and the page that its chair reads the day from, on any tablet."""

from typing import Any

from flask import Blueprint, request

from diancai.errors import DomainError, NotAllowed, NotFound
from diancai.platform.polling import hall_queries, loaders, queries
from diancai.platform.polling.hall_forms import SittingForm, StepForm
from diancai.platform.polling.hall_models import STEPS, WITH_BALLOTS, Sitting, SittingStep
from diancai.platform.polling.hall_server_queries import is_away, newest_server
from diancai.platform.polling.operations import hall
from diancai.platform.polling.operations import sittings as plans
from diancai.platform.polling.policy import may_lead_sitting, may_manage_sittings, may_see_sittings
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.views.blueprint import my_streets
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.forms import Form
from diancai.platform.web.locale import _, title
from diancai.platform.web.pages import again, page, refused, see_other, tell

bp = Blueprint("hall", __name__)
FORM_PAGE, DAY_PAGE = "hall/sitting_form.html", "hall/day.html"

__all__ = ["bp", "loaders"]


@bp.get("/staff/sittings")
@allow(may_see_sittings)
def sittings() -> object:
    found = hall_queries.sittings_of(session(), actor().street_ids)
    days = [hall_queries.day_of(session(), sitting) for sitting in found]
    return page("hall/sittings.html", days=days, names=_names(found))


@bp.route("/staff/sittings/new", methods=["GET", "POST"])
@allow(may_manage_sittings)
def new_sitting() -> object:
    street_id = _street_asked()
    form = _form(street_id)
    if not form.validate_on_submit():
        return page(FORM_PAGE, form=form, sitting=None)
    try:
        sitting = plans.plan_sitting(session(), street_id, _plan(form), by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(FORM_PAGE, refusal, form, sitting=None)
    tell("hall.planned", title=sitting.title)
    return see_other("hall.day", sitting_id=sitting.id)


@bp.route("/staff/sittings/<int:sitting_id>/edit", methods=["GET", "POST"])
@allow(may_manage_sittings)
def edit_sitting(sitting: Sitting) -> object:
    form = _form(sitting.street_id, sitting)
    if not form.validate_on_submit():
        return page(FORM_PAGE, form=form, sitting=sitting)
    try:
        plans.edit_sitting(session(), sitting, _plan(form), by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(FORM_PAGE, refusal, form, sitting=sitting)
    tell("hall.edited")
    return see_other("hall.day", sitting_id=sitting.id)


@bp.get("/staff/sittings/<int:sitting_id>")
@allow(may_see_sittings)
def day(sitting: Sitting) -> object:
    """Everything on it is in the database: whoever signs in as the chair on another tablet goes on from here."""
    return page(DAY_PAGE, **_day(sitting))


@bp.get("/staff/sittings/<int:sitting_id>/record")
@allow(may_see_sittings)
def record(sitting: Sitting) -> object:
    """会场记录, to be printed and signed."""
    return page("hall/record.html", **_day(sitting))


@bp.post("/staff/sittings/<int:sitting_id>/step")
@allow(may_lead_sitting)
def do_step(sitting: Sitting) -> object:
    form, asked = StepForm(), request.form.get("step", "")
    try:
        step = _step(asked)
        hall.do_step(
            session(), sitting, step, _figures(form), (form.note.data or "")[:400], by=actor(), at=request_time()
        )
    except DomainError as refusal:
        return again(DAY_PAGE, refusal, **_day(sitting), typed=request.form)
    tell("hall.step_done", step=step)
    return see_other("hall.day", sitting_id=sitting.id)


@bp.post("/staff/sittings/<int:sitting_id>/closing")
@allow(may_lead_sitting)
def propose_closing(sitting: Sitting) -> object:
    try:
        hall.propose_closing(session(), sitting, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(DAY_PAGE, refusal, **_day(sitting))
    tell("hall.closing_proposed")
    return see_other("hall.day", sitting_id=sitting.id)


def _step(asked: str) -> SittingStep:
    """The step that the tablet shows as the next; a stale one is refused by the operation."""
    if asked not in list(SittingStep):
        raise NotFound("page.not_found")
    return SittingStep(asked)


def _figures(form: StepForm) -> hall.Figures:
    counts = {}
    for name in request.form:
        number = name.removeprefix("ballots_")
        count = request.form.get(name, type=int)
        if name.startswith("ballots_") and number.isascii() and number.isdigit() and count is not None:
            counts[int(number)] = count
    return hall.Figures(form.present_count.data, counts)


def _day(sitting: Sitting) -> dict[str, Any]:
    found = hall_queries.day_of(session(), sitting)
    people = {one for row in found.done.values() for one in (row.done_by, row.confirmed_by)}
    return {
        "sitting": sitting,
        "day": found,
        "steps": STEPS,
        "with_ballots": WITH_BALLOTS,
        "names": _names([sitting]) | queries.staff_names(session(), people),
        "pending": (pending := hall_queries.pending_closing(session(), sitting)),
        "stations": hall_queries.stations_in(session(), sitting),
        "given": hall_queries.given_in_hall(session(), sitting),
        "mark": f"{len(found.done)}.{pending.id if pending else 0}",
        "leads": actor().staff_id in sitting.chairs and may_lead_sitting(actor(), sitting),
        "is_away": is_away(session(), sitting),
        "has_server": newest_server(session(), sitting) is not None,
        "is_chief": actor().staff_id in sitting.chiefs,
    }


def _names(sittings: list[Sitting]) -> dict[int, str]:
    return queries.staff_names(session(), {one for each in sittings for one in each.chairs | each.chiefs})


def _street_asked() -> int:
    """An officer of several streets names one in the address."""
    mine = [street.id for street in my_streets("manage_sittings")]
    asked = request.args.get("street", type=int)
    if not mine or (asked is not None and asked not in mine):
        raise NotAllowed("page.forbidden")
    return mine[0] if asked is None else asked


def _form(street_id: int, sitting: Sitting | None = None) -> SittingForm:
    served = hall_queries.rounds_served(session(), sitting) if sitting else []
    desks = hall_queries.stations_in(session(), sitting) if sitting else []
    form = SittingForm(obj=sitting, round_ids=[one.id for one in served], station_ids=[one.id for one in desks])
    possible: dict[int, Round] = {one.id: one for one in (*served, *hall_queries.possible_rounds(session(), street_id))}
    form.round_ids.choices = [
        (one.id, _("%(name)s（%(of)s）", name=one.title, of=title(one.state))) for one in possible.values()
    ]
    stations = hall_queries.possible_stations(session(), street_id)
    form.station_ids.choices = [
        (desk.id, _("%(name)s（%(of)s）", name=desk.name, of=round_.title)) for desk, round_ in stations
    ]
    nobody = ("", "—")
    chairs = [(one.id, one.name) for one in hall_queries.possible_chairs(session(), street_id)]
    chiefs = [(one.id, one.name) for one in hall_queries.possible_chiefs(session(), street_id)]
    form.chair_id.choices, form.deputy_chair_id.choices = [nobody, *chairs], [nobody, *chairs]
    form.chief_id.choices, form.deputy_chief_id.choices = [nobody, *chiefs], [nobody, *chiefs]
    return form


def _plan(form: Form) -> plans.SittingPlan:
    values = {name: form[name].data for name in ("starts_at", "chair_id", "chief_id", "deputy_chair_id")}
    return plans.SittingPlan(
        title=form["title"].data.strip(),
        place=form["place"].data.strip(),
        expected_count=form["expected_count"].data or 0,
        round_ids=tuple(form["round_ids"].data or ()),
        deputy_chief_id=form["deputy_chief_id"].data,
        station_ids=tuple(form["station_ids"].data or ()),
        **values,
    )
