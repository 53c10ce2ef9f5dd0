"""公示 for everyone, with objections; and for the office what is due."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, current_app, request, url_for
from sqlalchemy.orm import Session

from diancai.errors import DomainError, NotFound, WrongState
from diancai.platform.core.permissions import anyone
from diancai.platform.documents.answers import FORMATS, answer_paper, ways
from diancai.platform.notices import operations, queries
from diancai.platform.notices.forms import AnswerForm, EnteredObjectionForm, LookUpForm, ObjectionForm
from diancai.platform.notices.models import Notice, NoticeKind, Objection
from diancai.platform.notices.paper import notice_paper
from diancai.platform.notices.policy import (
    may_answer_objection,
    may_confirm_notice,
    may_enter_objection,
    may_see_notices,
)
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.loading import loads
from diancai.platform.web.pages import page, refused, see_other, tell
from diancai.platform.web.qr import page_qr_svg

bp = Blueprint("notices", __name__)
PAGE = 50


@loads("notice_id", "notice")
def load_notice(current: Session, notice_id: int, _things: Mapping[str, Any]) -> Notice | None:
    return queries.notice_by_id(current, notice_id)


@loads("objection_id", "objection")
def load_objection(current: Session, objection_id: int, things: Mapping[str, Any]) -> Objection | None:
    return queries.objection_in(current, things["notice"], objection_id)


@bp.get("/notices/<int:notice_id>")
@allow(anyone)
def show(notice: Notice) -> str:
    """The notice itself, to read and to print on A4 with its address as a QR code."""
    address = _address(notice)
    return page(
        "notices/notice.html",
        notice=notice,
        facts=notice.fact_values,
        items=_items(notice),
        signed_on=date.fromisoformat(notice.fact_values["signed_on"]),
        is_running=queries.is_running(notice, request_time()),
        newer=queries.newer_than(session(), notice),
        round_id=_round_id(notice),
        columns=_columns(notice),
        address=address,
        qr=page_qr_svg(address),
        papers=ways("notices.paper", notice_id=notice.id),
    )


@bp.get(f"/notices/<int:notice_id>/paper.<{FORMATS}>")
@allow(anyone)
def paper(notice: Notice, paper_format: str) -> object:
    back = url_for("notices.show", notice_id=notice.id)
    return answer_paper(notice_paper(notice, _address(notice)), paper_format, back)


@bp.route("/notices/<int:notice_id>/objections", methods=["GET", "POST"])
@allow(anyone)
def object_to(notice: Notice) -> object:
    form = ObjectionForm()
    facts = {"notice": notice, "facts": notice.fact_values, "is_running": queries.is_running(notice, request_time())}
    if not form.validate_on_submit():
        return page("notices/object.html", form=form, **facts)
    try:
        objection = operations.object_online(
            session(),
            notice,
            text=form.text.data,
            contact=form.contact.data or "",
            address=request.remote_addr or "",
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return refused("notices/object.html", refusal, form, **facts)
    return page("notices/received.html", notice=notice, objection=objection)


@bp.route("/objections", methods=["GET", "POST"])
@allow(anyone, writes=False)
def look_up() -> object:
    form = LookUpForm()
    if not form.validate_on_submit():
        return page("notices/look_up.html", form=form, objection=None, notice=None)
    objection = queries.objection_by_code(session(), form.code.data)
    if objection is None:
        return refused(
            "notices/look_up.html", NotFound("objection.unknown_code", field="code"), form, objection=None, notice=None
        )
    notice = queries.notice_by_id(session(), objection.notice_id)
    return page("notices/look_up.html", form=form, objection=objection, notice=notice)


@bp.get("/staff/notices")
@allow(may_see_notices)
def notices() -> str:
    at = request_time()
    rows = queries.notices_of(session(), actor().street_ids)
    number = max(request.args.get("page", 1, type=int), 1)
    first = (number - 1) * PAGE
    return page(
        "notices/notices.html",
        rows=[
            (notice, len(queries.open_objections(session(), notice)), queries.is_running(notice, at))
            for notice in rows[first : first + PAGE]
        ],
        number=number,
        first=first + 1,
        total=len(rows),
        waiting=queries.objections_waiting(session(), actor().street_ids),
        tentative=[notice for notice in rows if notice.tentative_year],
    )


@bp.get("/staff/notices/<int:notice_id>")
@allow(may_see_notices)
def staff_notice(notice: Notice) -> str:
    return page(
        "notices/staff_notice.html",
        notice=notice,
        objections=queries.objections_to(session(), notice),
        is_running=queries.is_running(notice, request_time()),
    )


@bp.post("/staff/notices/<int:notice_id>/confirm")
@allow(may_confirm_notice)
def confirm(notice: Notice) -> object:
    operations.confirm_notice(session(), notice, by=actor(), at=request_time())
    tell("told.notice.confirmed", last_day=notice.last_day)
    return see_other("notices.staff_notice", notice_id=notice.id)


@bp.route("/staff/notices/<int:notice_id>/objections/new", methods=["GET", "POST"])
@allow(may_enter_objection)
def enter(notice: Notice) -> object:
    form = EnteredObjectionForm()
    if not form.validate_on_submit():
        return page("notices/enter.html", form=form, notice=notice)
    try:
        objection = operations.object_to_notice(
            session(),
            notice,
            text=form.text.data,
            contact=form.contact.data or "",
            channel=form.channel.data,
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return refused("notices/enter.html", refusal, form, notice=notice)
    tell("told.objection.entered", number=objection.number, look_up_code=objection.look_up_code)
    return see_other("notices.staff_notice", notice_id=notice.id)


@bp.get("/staff/notices/<int:notice_id>/objections/<int:objection_id>")
@allow(may_see_notices)
def objection(notice: Notice, objection: Objection) -> str:
    return page("notices/objection.html", form=AnswerForm(), **_objection_facts(notice, objection))


@bp.post("/staff/notices/<int:notice_id>/objections/<int:objection_id>/answer")
@allow(may_answer_objection)
def answer(notice: Notice, objection: Objection) -> object:
    form = AnswerForm()
    facts = _objection_facts(notice, objection)
    if not form.validate_on_submit():
        return page("notices/objection.html", form=form, **facts), 422
    try:
        if notice.kind is NoticeKind.RESULT:
            raise WrongState("objection.answer_in_result")
        operations.answer_objection(
            session(),
            notice,
            objection,
            outcome=form.outcome.data,
            answer=form.answer.data,
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return refused("notices/objection.html", refusal, form, **facts)
    tell("told.objection.answered")
    return see_other("notices.staff_notice", notice_id=notice.id)


def _objection_facts(notice: Notice, objection: Objection) -> dict[str, Any]:
    """The contact is opened only for those who answer. Objections to a result are answered on the result's own page."""
    may_answer = may_answer_objection(actor(), notice)
    return {
        "notice": notice,
        "objection": objection,
        "contact": queries.contact_of(session(), objection) if may_answer else "",
        "result_url": _result_url(notice, objection),
    }


def _result_url(notice: Notice, objection: Objection) -> str:
    if notice.kind is not NoticeKind.RESULT or "results.answer" not in current_app.view_functions:
        return ""
    return url_for("results.answer", round_id=_round_id(notice), result_objection_id=objection.id)


def _round_id(notice: Notice) -> int:
    return int(notice.subject.partition(":")[2])


def _items(notice: Notice) -> list[dict[str, Any]]:
    """The lines of the table, days as days."""
    rows: list[dict[str, Any]] = notice.fact_values["items"]
    return [
        row | {"completes_on": date.fromisoformat(row["completes_on"]) if row["completes_on"] else None} for row in rows
    ]


def _columns(notice: Notice) -> set[str]:
    """Which columns of the table say something."""
    names = ("community", "category", "cost_fen", "votes", "outcome", "responsible_unit", "completes_on")
    rows = notice.fact_values["items"]
    return {name for name in names if any(row.get(name) not in (None, "") for row in rows)}


def _address(notice: Notice) -> str:
    """The public address for paper, whatever name this request used."""
    origin = current_app.extensions["diancai.settings"].origin or request.host_url
    return str(origin).rstrip("/") + url_for("notices.show", notice_id=notice.id)
