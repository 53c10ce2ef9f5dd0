"""The device's side of a public terminal: its enrolment with a one-time code, and the screen at which it rests."""

from functools import partial
from pathlib import Path

from flask import Blueprint, after_this_request, current_app, request, url_for
from flask import session as cookie
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

import diancai
from diancai.errors import DomainError, NotFound
from diancai.platform.core.db import begin_write
from diancai.platform.core.permissions import anyone
from diancai.platform.polling import frame_reader
from diancai.platform.polling.booth_pages import booth_page
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.kiosk_queries import kiosk_of_device
from diancai.platform.polling.models import Station
from diancai.platform.polling.offline_queries import block_of, is_in_booth
from diancai.platform.polling.operations import blocks, device_secrets, kiosks, shipping
from diancai.platform.polling.voting_pages import resting_page
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from diancai.platform.web.access import allow, request_time, session
from diancai.platform.web.locale import forget_display_choices
from diancai.platform.web.pages import again, page, see_other

bp = Blueprint("kiosk", __name__)

WORKER = Path(diancai.__file__).parent / "static" / "js" / "booth-worker.js"
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
    if is_in_booth(session(), kiosk):
        return booth_page(session().get_one(Round, kiosk.round_id), kiosk, station.name)
    return resting_page(session().get_one(Round, kiosk.round_id), kiosk.name, station.name)


@bp.post("/kiosk/enrol")
@allow(anyone)
def enrol() -> object:
    typed = request.form.get("code", "")[:60]
    try:
        enrolled = kiosks.enrol_device(session(), typed, at=request_time())
    except DomainError as refusal:
        return again(ENROL_PAGE, refusal, code=typed)
    return _keep(see_other("kiosk.rest"), enrolled.secret)


@bp.get("/kiosk/worker.js")
@allow(anyone)
def worker() -> Response:
    """The service worker that shows the terminal's page without a network; it must come from below its scope."""
    answer = Response(WORKER.read_bytes(), mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = url_for("kiosk.rest")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/kiosk/block")
@allow(anyone)
def meet() -> dict[str, object]:
    """What a terminal that votes by itself asks whenever it has a network: whether it goes on, and how far its office is."""
    kiosk = this_kiosk()
    block = block_of(session(), kiosk) if kiosk else None
    if kiosk is None or block is None or block.excluded_at is not None:
        return {"state": "stopped"}
    round_ = session().get_one(Round, kiosk.round_id)
    is_over = round_.state not in (RoundState.ANNOUNCED, RoundState.VOTING, RoundState.SUSPENDED)
    return {
        "kiosk": kiosk.id,
        "state": "ended" if block.ended_at else "active",
        "is_ending": block.ending_at is not None or is_over,
        "is_handed": block.handed_at is not None,
        "last_number": block.last_number,
        "closes_at": round_.closes_at.isoformat(),
        "csrf_token": generate_csrf(),
    }


@bp.post("/kiosk/block")
@allow(anyone)
def hand_block() -> dict[str, object]:
    kiosk = _terminal()
    block = blocks.hand_block(session(), kiosk, _bytes_of("device_key"), at=request_time())
    return {
        "kiosk": kiosk.id,
        "round_id": block.round_id,
        "salt": block.salt.hex(),
        "iterations": block.iterations,
        "digests": [digest.hex() for digest in block.digests],
        "public_key": block.public_key.hex(),
        "text_length": block.text_length,
        "opens_at": block.opens_at.isoformat(),
        "closes_at": block.closes_at.isoformat(),
        "next_number": block.last_number + 1,
    }


@bp.post("/kiosk/block/kept")
@allow(anyone)
def confirm_block() -> dict[str, object]:
    blocks.confirm_block(session(), _terminal(), _bytes_of("device_key"), at=request_time())
    return {"state": "active"}


@bp.post("/kiosk/batches")
@allow(anyone)
def receive_batch() -> dict[str, object]:
    body = request.form.get("body", "")
    number = shipping.receive_batch(session(), _terminal(), body, _bytes_of("signature"), at=request_time())
    return {"last_number": number}


@bp.post("/kiosk/frame")
@allow(anyone, writes=False)
def read_frame() -> dict[str, str]:
    """What stands in a frame of the terminal's camera; only for devices that are enrolled, for it costs a picture each time."""
    _terminal()
    text = frame_reader.text_in(request.get_data(cache=False))
    return {"text": text} if text else {}


def _terminal() -> Kiosk:
    kiosk = this_kiosk()
    if kiosk is None:
        raise NotFound("kiosk.not_enrolled")
    return kiosk


def _bytes_of(name: str) -> bytes:
    try:
        return bytes.fromhex(request.form.get(name, "")[:200])
    except ValueError:
        return b""


def this_kiosk() -> Kiosk | None:
    """The kiosk that this device is, as long as nobody took it out of use.

    A secret of yesterday is renewed where the device only asks: what it sends may be refused, and a refusal undoes everything.
    """
    secret = request.cookies.get(_cookie_name(), "")
    kiosk = kiosk_of_device(session(), secret) if secret else None
    if kiosk and request.method == "GET" and device_secrets.is_renewal_due(session(), kiosk, at=request_time()):
        return _met(secret)
    return kiosk


def _met(secret: str) -> Kiosk | None:
    """In a transaction of its own: the device may not be told of a secret that is not stored."""
    session().rollback()
    begin_write(session())
    met = device_secrets.meet_device(session(), secret, at=request_time())
    session().commit()
    if met is None:
        return None
    if met.next_secret:
        after_this_request(partial(_keep, secret=met.next_secret))
    return met.kiosk


def _keep(answer: Response, secret: str) -> Response:
    """No script reads it, no other site's link sends it."""
    is_https = bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(
        _cookie_name(), secret, max_age=KEPT_FOR_SECONDS, secure=is_https, httponly=True, samesite="Strict"
    )
    return answer


def _cookie_name() -> str:
    return "__Host-kiosk" if current_app.config["SESSION_COOKIE_SECURE"] else "kiosk"
