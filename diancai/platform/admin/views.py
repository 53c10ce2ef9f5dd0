"""The staff home, requests that wait for a second person, and the administrative log."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, request
from sqlalchemy.orm import Session

from diancai.errors import DomainError, InvalidInput
from diancai.platform.admin import links, operations, queries, requests
from diancai.platform.admin.frame import staff_frame
from diancai.platform.admin.policy import (
    may_manage_settings,
    may_read_log,
    may_see_request,
    may_see_staff_home,
)
from diancai.platform.admin.queries import LogFilter
from diancai.platform.admin.sentences import event_title, sentence_of
from diancai.platform.core.audit import broken_entries
from diancai.platform.core.clock import local_day
from diancai.platform.core.confirmations import (
    ConfirmationRequest,
    confirm_request,
    decline_request,
    is_meant_for,
    may_decide,
    requests_for,
    withdraw_request,
)
from diancai.platform.core.jobs import Job
from diancai.platform.core.sheets import write_sheet
from diancai.platform.core.texts import show_time
from diancai.platform.polling.hall_queries import sittings_that_need
from diancai.platform.polling.operations.casting import is_under_attack
from diancai.platform.supervision.policy import may_write_supervision
from diancai.platform.supervision.queries import late_note_count
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.loading import loads
from diancai.platform.web.locale import _, current_locale
from diancai.platform.web.pages import XLSX, again, download, page, see_other, tell

bp = Blueprint("admin", __name__)
bp.app_context_processor(staff_frame)
PAGE = 50
CHECKED_AT_ONCE = 5_000
"""Longer logs are checked when asked, not at every look."""
MOST_EXPORTED = 100_000


@loads("request_id", "request_")
def load_request(current: Session, request_id: int, _things: Mapping[str, Any]) -> ConfirmationRequest | None:
    return current.get(ConfirmationRequest, request_id)


@loads("job_id", "job")
def load_job(current: Session, job_id: int, _things: Mapping[str, Any]) -> Job | None:
    return current.get(Job, job_id)


@bp.get("/staff/")
@allow(may_see_staff_home)
def home() -> object:
    who, at = actor(), request_time()
    steps = queries.next_steps(session(), who)
    return page(
        "admin/home.html",
        at=at,
        waiting=[requests.described(session(), row, current_locale()) for row in requests_for(session(), who)],
        mine=[(step, links.step_url(step, who)) for step in steps if step.is_mine],
        others=[(step, links.step_url(step, who)) for step in steps if not step.is_mine],
        sittings=sittings_that_need(session(), who.staff_id or 0, who.street_ids, day=local_day(at)),
        objections=queries.objections_to_answer(session(), who),
        windows=queries.tentative_windows(session(), who.street_ids),
        jobs=queries.troubled_jobs(session()) if may_manage_settings(who) else [],
        offices=queries.unready_offices(session(), who, at),
        late_notes=late_note_count(session(), who, local_day(at)) if may_write_supervision(who) else None,
        is_under_attack=is_under_attack(session(), at=at),
        notice_url=links.notice_url,
        job_title=links.job_title,
    )


@bp.get("/staff/requests/<int:request_id>")
@allow(may_see_request)
def show_request(request_: ConfirmationRequest) -> object:
    return page("admin/request.html", **_request_facts(request_))


@bp.post("/staff/requests/<int:request_id>/confirm")
@allow(may_see_request)
def confirm(request_: ConfirmationRequest) -> object:
    try:
        if request.form.get("typed", "").strip() != _("确认"):
            raise InvalidInput("request.typed_differs")
        confirm_request(session(), request_, by=actor(), at=request_time())
    except DomainError as refusal:
        return _request_again(request_, refusal)
    tell("request.confirmed")
    return see_other("admin.show_request", request_id=request_.id)


@bp.post("/staff/requests/<int:request_id>/decline")
@allow(may_see_request)
def decline(request_: ConfirmationRequest) -> object:
    try:
        decline_request(session(), request_, by=actor(), at=request_time())
    except DomainError as refusal:
        return _request_again(request_, refusal)
    tell("request.declined")
    return see_other("admin.home")


@bp.post("/staff/requests/<int:request_id>/withdraw")
@allow(may_see_request)
def withdraw(request_: ConfirmationRequest) -> object:
    try:
        withdraw_request(session(), request_, by=actor(), at=request_time())
    except DomainError as refusal:
        return _request_again(request_, refusal)
    tell("request.withdrawn")
    return see_other("admin.home")


@bp.post("/staff/jobs/<int:job_id>/retry")
@allow(may_manage_settings)
def retry_job(job: Job) -> object:
    operations.retry_job(session(), job, by=actor(), at=request_time())
    tell("job.retried")
    return see_other("admin.home")


@bp.get("/staff/log")
@allow(may_read_log)
def log() -> object:
    wanted, number = _log_filter(), max(request.args.get("page", 1, type=int), 1)
    shown = queries.log_page(session(), actor(), wanted, first=(number - 1) * PAGE, count=PAGE)
    size = queries.log_size(session())
    titles = queries.round_titles(session(), actor())
    is_checked = size <= CHECKED_AT_ONCE or "check" in request.args
    return page(
        "admin/log.html",
        rows=[(entry, sentence_of(entry, current_locale(), titles)) for entry in shown.entries],
        total=shown.total,
        size=size,
        number=number,
        first=(number - 1) * PAGE + 1,
        wanted=wanted,
        asked={name: value for name, value in request.args.items() if name not in ("page", "check")},
        events=[(event, event_title(event, current_locale())) for event in queries.log_events(session(), actor())],
        people=queries.log_people(session(), actor()),
        streets=queries.street_names(session(), actor()),
        broken=list(broken_entries(session())) if is_checked else None,
    )


@bp.get("/staff/log.xlsx")
@allow(may_read_log)
def log_export() -> object:
    entries = queries.log_entries(session(), actor(), _log_filter(), most=MOST_EXPORTED)
    streets = queries.street_names(session(), actor())
    header = [_("编号"), _("时间"), _("街道"), _("人员"), _("做了什么"), _("事件"), _("记录"), _("校验码")]
    rows = (
        (
            entry.id,
            show_time(entry.at, current_locale()),
            streets.get(entry.street_id or 0, ""),
            entry.actor_name,
            sentence_of(entry, current_locale()).act,
            entry.event,
            entry.facts,
            entry.hash,
        )
        for entry in entries
    )
    return download(write_sheet(_("日志"), header, rows), "diancai-log.xlsx", XLSX)


def _log_filter() -> LogFilter:
    """From the address, so that a filtered page can be kept and sent on; what cannot be read asks for everything."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = None
    return LogFilter(request.args.get("event", ""), request.args.get("person", type=int), day)


def _request_facts(request_: ConfirmationRequest) -> dict[str, Any]:
    described = requests.described(session(), request_, current_locale())
    return {
        "described": described,
        "request_": request_,
        "may_decide": may_decide(actor(), request_) and is_meant_for(session(), actor(), request_),
        "round_url": links.round_url,
    }


def _request_again(request_: ConfirmationRequest, refusal: DomainError) -> tuple[str, int]:
    request_id = request_.id
    session().rollback()
    fresh = session().get_one(ConfirmationRequest, request_id)
    return again("admin/request.html", refusal, typed=request.form.get("typed", ""), **_request_facts(fresh))
