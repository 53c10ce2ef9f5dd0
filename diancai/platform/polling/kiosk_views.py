"""公用终端 for the office: which devices stand where, their one-time codes, and taking them out of use."""

from typing import Any

from flask import Blueprint, request, url_for
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from diancai.errors import DomainError
from diancai.platform.polling import kiosk_queries, loaders, offline_queries, queries
from diancai.platform.polling.kiosk_models import GRACE_SECONDS, IDLE_SECONDS, Kiosk
from diancai.platform.polling.offline_models import MOST_CODES
from diancai.platform.polling.operations import blocks, commission, kiosks
from diancai.platform.polling.policy import (
    may_end_kiosk,
    may_exclude_kiosk,
    may_manage_kiosks,
    may_name_keepers,
    may_open_commission_key,
    may_renew_kiosk_code,
    may_revoke_kiosk,
    may_see_kiosks,
    may_take_key_share,
)
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.forms import Form
from diancai.platform.web.locale import lazy_gettext as _l
from diancai.platform.web.pages import again, page, refused, see_other, tell

bp = Blueprint("kiosks", __name__)
OVERVIEW, FORM_PAGE, CODE_PAGE = "kiosk/kiosks.html", "kiosk/form.html", "kiosk/code.html"

__all__ = ["bp", "loaders"]


class KioskForm(Form):
    station_id = SelectField(_l("投票点"), [InputRequired()], coerce=int)
    name = StringField(
        _l("名称"), [InputRequired(_l("请填写名称")), Length(max=40)], description=_l("例如：一号机。贴在机器上。")
    )
    idle_seconds = IntegerField(
        _l("多久没人操作就询问（秒）"),
        [InputRequired(_l("请填写秒数"))],
        default=IDLE_SECONDS,
        description=_l("滚动和朗读也算操作。老人多的地方可以长一些。"),
    )
    grace_seconds = IntegerField(_l("询问以后多久清除（秒）"), [InputRequired(_l("请填写秒数"))], default=GRACE_SECONDS)


@bp.get("/staff/rounds/<int:round_id>/kiosks")
@allow(may_see_kiosks)
def overview(round_: Round) -> object:
    return page(OVERVIEW, **_overview(round_))


@bp.route("/staff/rounds/<int:round_id>/kiosks/new", methods=["GET", "POST"])
@allow(may_manage_kiosks)
def new_kiosk(round_: Round) -> object:
    form = _form(round_)
    if not form.validate_on_submit():
        return page(FORM_PAGE, round_=round_, form=form, kiosk=None)
    try:
        kiosk, code = kiosks.add_kiosk(session(), round_, _facts(form), by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(FORM_PAGE, refusal, form, round_=round_, kiosk=None)
    return _code_page(round_, kiosk, code)


@bp.route("/staff/rounds/<int:round_id>/kiosks/<int:kiosk_id>/edit", methods=["GET", "POST"])
@allow(may_manage_kiosks)
def edit_kiosk(round_: Round, kiosk: Kiosk) -> object:
    form = _form(round_, kiosk)
    if not form.validate_on_submit():
        return page(FORM_PAGE, round_=round_, form=form, kiosk=kiosk)
    try:
        kiosks.edit_kiosk(session(), round_, kiosk, _facts(form), by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(FORM_PAGE, refusal, form, round_=round_, kiosk=kiosk)
    tell("kiosk.edited", name=kiosk.name)
    return see_other("kiosks.overview", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/kiosks/<int:kiosk_id>/code")
@allow(may_renew_kiosk_code)
def renew_code(round_: Round, kiosk: Kiosk) -> object:
    try:
        code = kiosks.renew_code(session(), round_, kiosk, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    return _code_page(round_, kiosk, code)


@bp.post("/staff/rounds/<int:round_id>/kiosks/<int:kiosk_id>/revoke")
@allow(may_revoke_kiosk)
def revoke(round_: Round, kiosk: Kiosk) -> object:
    try:
        kiosks.revoke_kiosk(session(), round_, kiosk, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    tell("kiosk.was_revoked", name=kiosk.name)
    return see_other("kiosks.overview", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/kiosks/<int:kiosk_id>/block")
@allow(may_manage_kiosks)
def request_block(round_: Round, kiosk: Kiosk) -> object:
    count, reason = request.form.get("slip_count", 0, type=int), request.form.get("reason", "")[:200]
    try:
        blocks.request_block(session(), round_, kiosk, count, reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    tell("kiosk.block_requested")
    return see_other("codes.batches", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/kiosks/<int:kiosk_id>/end")
@allow(may_end_kiosk)
def end(round_: Round, kiosk: Kiosk) -> object:
    try:
        blocks.ask_to_end(session(), round_, kiosk, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    tell("kiosk.end_asked", name=kiosk.name)
    return see_other("kiosks.overview", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/kiosks/<int:kiosk_id>/exclude")
@allow(may_exclude_kiosk)
def exclude(round_: Round, kiosk: Kiosk) -> object:
    reason = request.form.get("reason", "")[:400]
    try:
        blocks.request_exclusion(session(), round_, kiosk, reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    tell("kiosk.exclusion_requested")
    return see_other("kiosks.overview", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/kiosks/keepers")
@allow(may_name_keepers)
def name_keepers(round_: Round) -> object:
    ids = [int(number) for number in request.form.getlist("keeper") if number.isascii() and number.isdigit()]
    known = {person.id for person in kiosk_queries.possible_keepers(session(), round_)}
    try:
        chosen = [number for number in ids if number in known]
        commission.name_keepers(session(), round_, chosen, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    tell("key.keepers_named")
    return see_other("kiosks.overview", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/kiosks/share")
@allow(may_take_key_share)
def take_share(round_: Round) -> object:
    try:
        text = commission.take_share(session(), round_, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    return page("kiosk/share.html", round_=round_, share=text, taken_at=request_time())


@bp.post("/staff/rounds/<int:round_id>/kiosks/open")
@allow(may_open_commission_key)
def type_share(round_: Round) -> object:
    typed = request.form.get("share", "")[:200]
    try:
        count = commission.type_share(session(), round_, typed, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(OVERVIEW, refusal, **_overview(round_))
    if count is None:
        tell("key.share_waits")
    else:
        tell("key.was_opened", count=count)
    return see_other("kiosks.overview", round_id=round_.id)


def _overview(round_: Round) -> dict[str, Any]:
    shares = offline_queries.shares_of(session(), round_.id)
    return {
        "blocks": offline_queries.blocks_of(session(), round_.id),
        "batches": offline_queries.block_batches_of(session(), round_.id),
        "key": offline_queries.commission_key_of(session(), round_.id),
        "shares": shares,
        "is_key_ready": offline_queries.is_key_ready(session(), round_.id),
        "keepers": kiosk_queries.possible_keepers(session(), round_),
        "names": queries.staff_names(session(), [share.keeper_id for share in shares]),
        "mine": next((share for share in shares if share.keeper_id == actor().staff_id), None),
        "sealed_count": offline_queries.sealed_count(session(), round_.id),
        "most_codes": MOST_CODES,
        "round_": round_,
        "kiosks": kiosk_queries.kiosks_of(session(), round_),
        "stations": {station.id: station for station in queries.stations_of(session(), round_)},
        "has_terminals": "terminal" in round_.channel_names,
        "now": request_time(),
    }


def _code_page(round_: Round, kiosk: Kiosk, code: str) -> object:
    address = request.host_url.rstrip("/") + url_for("kiosk.rest")
    return page(CODE_PAGE, round_=round_, kiosk=kiosk, code=code, address=address)


def _form(round_: Round, kiosk: Kiosk | None = None) -> KioskForm:
    form = KioskForm(obj=kiosk)
    form.station_id.choices = [(one.id, one.name) for one in queries.stations_of(session(), round_)]
    return form


def _facts(form: KioskForm) -> kiosks.KioskFacts:
    return kiosks.KioskFacts(
        station_id=form.station_id.data,
        name=form.name.data or "",
        idle_seconds=form.idle_seconds.data or 0,
        grace_seconds=form.grace_seconds.data or 0,
    )
