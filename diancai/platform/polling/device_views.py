"""The device's side of a public terminal: its enrolment with a one-time code, and the screen at which it rests."""

from flask import Blueprint, current_app, request
from flask import session as cookie
from werkzeug.wrappers import Response

from diancai.errors import DomainError
from diancai.platform.core.permissions import anyone
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.kiosk_queries import kiosk_of_device
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations import kiosks
from diancai.platform.polling.voting_pages import resting_page
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import allow, request_time, session
from diancai.platform.web.locale import forget_display_choices
from diancai.platform.web.pages import again, page, see_other

bp = Blueprint("kiosk", __name__)

ENROL_PAGE = "kiosk/enrol.html"
KEPT_FOR_SECONDS = 180 * 24 * 3600


@bp.get("/kiosk")
@allow(anyone)
def rest() -> str:
    """Where an enrolled terminal waits for the next person: everything of the last one is left behind here.

    One that was revoked, or given a new code, is no terminal any more from here on.
    """
    forget_display_choices()
    kiosk = this_kiosk()
    if kiosk is None:
        cookie.pop("kiosk", None)
        return page(ENROL_PAGE, code="")
    cookie["kiosk"] = [kiosk.idle_seconds, kiosk.grace_seconds, kiosk.round_id]
    station = session().get_one(Station, kiosk.station_id)
    return resting_page(session().get_one(Round, kiosk.round_id), kiosk.name, station.name)


@bp.post("/kiosk/enrol")
@allow(anyone)
def enrol() -> object:
    typed = request.form.get("code", "")[:60]
    try:
        enrolled = kiosks.enrol_device(session(), typed, at=request_time())
    except DomainError as refusal:
        return again(ENROL_PAGE, refusal, code=typed)
    answer = see_other("kiosk.rest")
    _keep(answer, enrolled.secret)
    return answer


def this_kiosk() -> Kiosk | None:
    """The kiosk that this device is, as long as nobody took it out of use."""
    secret = request.cookies.get(_cookie_name(), "")
    return kiosk_of_device(session(), secret) if secret else None


def _keep(answer: Response, secret: str) -> None:
    """No script reads it, no other site's link sends it."""
    is_https = bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(
        _cookie_name(), secret, max_age=KEPT_FOR_SECONDS, secure=is_https, httponly=True, samesite="Strict"
    )


def _cookie_name() -> str:
    return "__Host-kiosk" if current_app.config["SESSION_COOKIE_SECURE"] else "kiosk"
