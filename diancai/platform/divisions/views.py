"""Pages of divisions, office settings, the privacy notice and the calendar, for administrators."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from sqlalchemy.orm import Session

from diancai.errors import DomainError, InvalidInput
from diancai.platform.core.clock import local_day
from diancai.platform.core.sheets import sheet_template
from diancai.platform.divisions import operations, queries
from diancai.platform.divisions.forms import CalendarForm, OfficeForm, PrivacyForm
from diancai.platform.divisions.models import Level, StreetOffice
from diancai.platform.divisions.operations import calendar, divisions
from diancai.platform.divisions.policy import may_manage_calendar, may_manage_divisions, may_manage_settings
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.error_pages import status_of
from diancai.platform.web.loading import loads
from diancai.platform.web.pages import XLSX, again, download, page, see_other, tell
from diancai.platform.web.uploads import SheetForm

bp = Blueprint("divisions", __name__)
PAGE = 50


@loads("office_id", "office")
def load_office(current: Session, street_id: int, _things: Mapping[str, Any]) -> StreetOffice | None:
    return queries.office_of(current, street_id)


@bp.get("/staff/settings")
@allow(may_manage_calendar)
def settings() -> object:
    here = queries.divisions_by_id(session(), actor().street_ids)
    streets = [division for division in here.values() if division.level is Level.STREET]
    streets.sort(key=lambda division: division.code)
    offices = {street.id: queries.office_of(session(), street.id) for street in streets}
    return page("divisions/settings.html", streets=streets, offices=offices, years=queries.known_years(session()))


@bp.route("/staff/streets/<int:office_id>/settings", methods=["GET", "POST"])
@allow(may_manage_settings)
def office(office: StreetOffice) -> object:
    form = OfficeForm.of(office)
    if not form.validate_on_submit():
        return page("divisions/office.html", form=form, office=office)
    try:
        operations.change_office(session(), office, form.settings(), by=actor(), at=request_time())
    except DomainError as refusal:
        session().rollback()
        form.refuse(refusal)
        return page("divisions/office.html", form=form, office=office), status_of(refusal)
    tell("office.changed")
    return see_other("divisions.settings")


@bp.route("/staff/streets/<int:office_id>/privacy", methods=["GET", "POST"])
@allow(may_manage_settings)
def privacy(office: StreetOffice) -> object:
    notices = queries.privacy_notices(session(), office.street_id)
    form = PrivacyForm(text=notices[0].text if notices else "")
    if not form.validate_on_submit():
        return page("divisions/privacy.html", form=form, office=office, notices=notices)
    try:
        notice = operations.publish_privacy_notice(
            session(), office.street_id, form.text.data or "", by=actor(), at=request_time()
        )
    except DomainError as refusal:
        session().rollback()
        form.refuse(refusal)
        return page("divisions/privacy.html", form=form, office=office, notices=notices), status_of(refusal)
    tell("privacy.published", version=notice.version)
    return see_other("divisions.privacy", office_id=office.street_id)


@bp.get("/staff/divisions")
@allow(may_manage_divisions)
def search() -> object:
    words, level = request.args.get("words", "").strip(), request.args.get("level", "")
    number = max(request.args.get("page", 1, type=int), 1)
    rows, total = queries.search_divisions(
        session(),
        actor().street_ids,
        words=words,
        level=Level(level) if level in list(Level) else None,
        day=None if request.args.get("all") else local_day(request_time()),
        first=(number - 1) * PAGE,
        count=PAGE,
    )
    return page(
        "divisions/search.html",
        rows=rows,
        total=total,
        number=number,
        first=(number - 1) * PAGE + 1,
        words=words,
        level=level,
        levels=[Level.DISTRICT, Level.STREET, Level.COMMUNITY],
        asked=request.args.to_dict(),
    )


@bp.route("/staff/divisions/import", methods=["GET", "POST"])
@allow(may_manage_divisions)
def import_divisions() -> object:
    form = SheetForm()
    if not form.validate_on_submit():
        return page("divisions/import.html", form=form, reading=None)
    try:
        content = form.content()
        reading = operations.read_divisions(session(), content, by=actor())
    except InvalidInput as refusal:
        form.forget()
        return again("divisions/import.html", refusal, form=form, reading=None)
    if reading.problems or "store" not in request.form:
        form.keep(content) if reading.is_clean else form.forget()
        return page("divisions/import.html", form=form, reading=reading), 422 if reading.problems else 200
    added, changed = operations.import_divisions(session(), content, by=actor(), at=request_time())
    tell("division.imported", added=added, changed=changed)
    return see_other("divisions.search")


@bp.get("/staff/divisions/template.xlsx")
@allow(may_manage_divisions)
def template() -> object:
    notes = ["每行一个区、街道或社区；级别和上级由代码得出。"]
    return download(sheet_template(divisions.COLUMNS, "区划", notes), "区划模板.xlsx", XLSX)


@bp.route("/staff/calendar", methods=["GET", "POST"])
@allow(may_manage_calendar)
def calendar_page() -> object:
    known = queries.known_years(session())
    form = CalendarForm.for_next_year(known, local_day(request_time()))
    if not form.validate_on_submit():
        return _calendar_page(form, known)
    try:
        content = form.content()
        reading = operations.read_calendar(content, form.year.data)
    except InvalidInput as refusal:
        form.forget()
        return again("divisions/calendar.html", refusal, form=form, reading=None, **_calendar_facts(known))
    if reading.problems or "store" not in request.form:
        form.keep(content) if reading.is_clean else form.forget()
        return _calendar_page(form, known, reading), 422 if reading.problems else 200
    days = {row.values["day"]: row.values["kind"] for row in reading.rows}
    operations.import_calendar_year(session(), form.year.data, days, by=actor(), at=request_time())
    tell("calendar.imported", year=form.year.data)
    return see_other("divisions.calendar_page", year=form.year.data)


@bp.get("/staff/calendar/template.xlsx")
@allow(may_manage_calendar)
def calendar_template() -> object:
    notes = ["只写例外：放假的日子，和调休上班的周末。没有写的日子按星期几算。"]
    return download(sheet_template(calendar.COLUMNS, "放假安排", notes), "放假安排模板.xlsx", XLSX)


def _calendar_page(form: CalendarForm, known: list[int], reading: object = None) -> str:
    return page("divisions/calendar.html", form=form, reading=reading, **_calendar_facts(known))


def _calendar_facts(known: list[int]) -> dict[str, Any]:
    today = local_day(request_time())
    year = request.args.get("year", today.year, type=int)
    shown = year if year in known else (known[-1] if known else None)
    exceptions = queries.calendar_exceptions(session(), shown) if shown else []
    return {"known": known, "year": shown, "exceptions": exceptions, "this_year": today.year}
