"""会场服务器: one page a sitting, at the office and in the hall; and what a device in the hall needs to trust it."""

from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from diancai.errors import DomainError, NotFound, WrongState
from diancai.platform.core import texts
from diancai.platform.core.clock import local_day
from diancai.platform.core.hall_charge import hall_charge
from diancai.platform.core.permissions import anyone
from diancai.platform.divisions.queries import communities_of
from diancai.platform.hall_server.certificates import fingerprint_lines
from diancai.platform.hall_server.operations import handing_back, preparing, taking_back
from diancai.platform.hall_server.operations.packing import pack as packed
from diancai.platform.hall_server.parcels import receipt_of, sha256_of
from diancai.platform.hall_server.policy import (
    may_hand_hall_back,
    may_prepare_hall_server,
    may_see_hall_server,
    may_take_hall_back,
)
from diancai.platform.polling import loaders
from diancai.platform.polling.hall_models import Sitting
from diancai.platform.polling.hall_queries import has_begun, rounds_served, stations_in
from diancai.platform.polling.hall_server_models import HallServer
from diancai.platform.polling.hall_server_queries import newest_server
from diancai.platform.polling.queries import staff_names
from diancai.platform.settings import Settings
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.forms import Form
from diancai.platform.web.locale import current_locale, lazy_gettext
from diancai.platform.web.pages import again, download, page, refused, see_other, tell
from diancai.voting import new_code

bp = Blueprint("hall_server", __name__)
PAGE, HALL_PAGE = "hall/server.html", "hall/server_here.html"
PARCEL = "application/octet-stream"
CERTIFICATE = "application/x-x509-ca-cert"

__all__ = ["bp", "loaders"]


class PrepareForm(Form):
    community_ids = SelectMultipleField(
        lazy_gettext("带走哪些社区的人"),
        [InputRequired(lazy_gettext("请至少选一个社区"))],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=lazy_gettext("只带走还没有领票的人。交回以前，别处不给他们发票。"),
    )
    reason = TextAreaField(lazy_gettext("理由"), [InputRequired(lazy_gettext("请写明原因")), Length(max=400)])


class PackForm(Form):
    code = HiddenField()


class ReturnForm(Form):
    file = FileField(
        lazy_gettext("会场服务器生成的交回文件"), [FileRequired(lazy_gettext("请选择会场服务器生成的文件"))]
    )


class GiveUpForm(Form):
    reason = TextAreaField(lazy_gettext("原因"), [InputRequired(lazy_gettext("请写明原因")), Length(max=400)])


@bp.get("/staff/sittings/<int:sitting_id>/server")
@allow(may_see_hall_server)
def show(sitting: Sitting) -> object:
    if hall_charge(session()) is not None:
        return page(HALL_PAGE, **_hall_facts(sitting))
    return page(PAGE, **_facts(sitting))


@bp.post("/staff/sittings/<int:sitting_id>/server")
@allow(may_prepare_hall_server)
def prepare(sitting: Sitting) -> object:
    form = _prepare_form(sitting)
    if not form.validate():
        return page(PAGE, **_facts(sitting, prepare_form=form)), 422
    chosen, reason = form.community_ids.data or [], form.reason.data or ""
    try:
        preparing.request_hall_server(session(), sitting, chosen, reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(sitting, refusal, "prepare_form", form)
    tell("hall_server.asked")
    return see_other("hall_server.show", sitting_id=sitting.id)


@bp.post("/staff/sittings/<int:sitting_id>/server/pack")
@allow(may_prepare_hall_server)
def pack(sitting: Sitting) -> object:
    """The file alone; its code stood on the page before and is nowhere else."""
    form = PackForm()
    try:
        content = packed(session(), _server(sitting), form.code.data or "", by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, **_facts(sitting))
    return download(content, f"hall-{sitting.id}-{_server(sitting).pack_number}.pack", PARCEL)


@bp.post("/staff/sittings/<int:sitting_id>/server/return")
@allow(may_take_hall_back)
def take_back(sitting: Sitting) -> object:
    form = ReturnForm()
    if not form.validate():
        return page(PAGE, **_facts(sitting, return_form=form)), 422
    try:
        parcel = form.file.data.read()
        taken = taking_back.take_back(session(), _server(sitting), parcel, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(sitting, refusal, "return_form", form)
    receipt = receipt_of(taken.content_sha256)
    if taken.is_first:
        ballots, given, freed = taken.ballot_count, taken.given_count, taken.freed_count
        tell("hall_server.taken", ballots=ballots, given=given, freed=freed, receipt=receipt)
    else:
        tell("hall_server.taken_before", receipt=receipt)
    return see_other("hall_server.show", sitting_id=sitting.id)


@bp.post("/staff/sittings/<int:sitting_id>/server/give-up")
@allow(may_take_hall_back)
def give_up(sitting: Sitting) -> object:
    form = GiveUpForm()
    if not form.validate():
        return page(PAGE, **_facts(sitting, give_up_form=form)), 422
    reason = form.reason.data or ""
    try:
        preparing.request_giving_up(session(), _server(sitting), reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(sitting, refusal, "give_up_form", form)
    tell("hall_server.giving_up_asked")
    return see_other("hall_server.show", sitting_id=sitting.id)


@bp.post("/staff/sittings/<int:sitting_id>/server/hand-back")
@allow(may_hand_hall_back)
def hand_back(sitting: Sitting) -> object:
    charge = hall_charge(session())
    if charge is None:
        raise NotFound("page.not_found")
    try:
        parcel = handing_back.hand_back(session(), charge, by=actor(), at=request_time())
    except WrongState as refusal:
        return again(HALL_PAGE, refusal, **_hall_facts(sitting))
    return download(parcel, f"hall-{sitting.id}-{local_day(request_time()):%m%d}.return", PARCEL)


@bp.get("/hall-devices")
@allow(anyone)
def devices() -> object:
    """How a device in the hall comes to trust this laptop: told over plain http, compared with what the laptop shows."""
    certificate, charge = _certificate(), hall_charge(session())
    facts = {"origin": _settings().origin, "sitting_id": charge.sitting_id if charge else None}
    return page("hall/devices.html", fingerprint=fingerprint_lines(certificate), **facts)


@bp.get("/hall-ca.crt")
@allow(anyone)
def certificate() -> Response:
    return download(_certificate(), "hall-ca.crt", CERTIFICATE)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["diancai.settings"]
    return settings


def _certificate() -> bytes:
    path: Path | None = _settings().hall_certificate
    if path is None:
        raise NotFound("page.not_found")
    return path.read_bytes()


def _server(sitting: Sitting) -> HallServer:
    server = newest_server(session(), sitting)
    if server is None:
        raise NotFound("page.not_found")
    return server


def _refused(sitting: Sitting, refusal: DomainError, name: str, form: Form) -> object:
    """At its field where the form has it, above the page otherwise."""
    session().rollback()
    facts = _facts(sitting, **{name: form})
    if refusal.facts.get("field") in form:
        return refused(PAGE, refusal, form, **facts)
    return again(PAGE, refusal, **facts)


def _prepare_form(sitting: Sitting) -> PrepareForm:
    form = PrepareForm()
    today: date = local_day(request_time())
    form.community_ids.choices = [(one.id, one.name) for one in communities_of(session(), sitting.street_id, today)]
    return form


def _facts(sitting: Sitting, **forms: Form) -> dict[str, Any]:
    server = newest_server(session(), sitting)
    people = {server.requested_by, server.approved_by, server.given_up_by, server.given_up_with} if server else set()
    return {
        "sitting": sitting,
        "rounds": rounds_served(session(), sitting),
        "stations": stations_in(session(), sitting),
        "has_begun": has_begun(session(), sitting),
        "server": server,
        "waiting": preparing.waiting_request(session(), sitting),
        "names": staff_names(session(), people),
        "pack_code": new_code(),
        "receipt": receipt_of(server.content_sha256) if server and server.content_sha256 else "",
        "prepare_form": _prepare_form(sitting),
        "return_form": ReturnForm(formdata=None),
        "give_up_form": GiveUpForm(formdata=None),
    } | forms


def _hall_facts(sitting: Sitting) -> dict[str, Any]:
    charge = hall_charge(session())
    assert charge is not None  # the views ask
    missing = [] if charge.content else handing_back.what_is_missing(session(), charge)
    return {
        "sitting": sitting,
        "charge": charge,
        "missing": [texts.say_error(one, current_locale()) for one in missing],
        "receipt": receipt_of(sha256_of(charge.content)) if charge.content else "",
        "ballots_at": _settings().address_for_ballots,
    }
