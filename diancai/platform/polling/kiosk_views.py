"""公用终端 for the office: which devices stand where, their one-time codes, and taking them out of use."""

from typing import Any

from flask import Blueprint, request, url_for
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from diancai.errors import DomainError
from diancai.platform.polling import kiosk_queries, loaders, queries
from diancai.platform.polling.kiosk_models import GRACE_SECONDS, IDLE_SECONDS, Kiosk
from diancai.platform.polling.operations import kiosks
from diancai.platform.polling.policy import may_manage_kiosks, may_revoke_kiosk, may_see_kiosks
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
@allow(may_manage_kiosks)
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


def _overview(round_: Round) -> dict[str, Any]:
    return {
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
