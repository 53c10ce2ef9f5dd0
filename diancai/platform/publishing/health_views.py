"""For machines: is the process up, is the database ready, and a few figures that tell nothing about a voter."""

import hmac
import ipaddress

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from diancai.errors import NotFound
from diancai.platform.core.migrate import is_current
from diancai.platform.core.permissions import anyone
from diancai.platform.publishing.metrics import metrics_text
from diancai.platform.settings import Settings
from diancai.platform.web.access import allow, request_time, session

bp = Blueprint("health", __name__)
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@bp.get("/healthz")
@allow(anyone)
def up() -> Response:
    """The process answers; nothing else is asked."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@allow(anyone)
def ready() -> Response:
    """The database answers and stands at the newest migration."""
    try:
        is_ready = is_current(session().connection())
    except SQLAlchemyError:
        session().rollback()
        is_ready = False
    return Response("ok\n" if is_ready else "not ready\n", status=200 if is_ready else 503, mimetype="text/plain")


@bp.get("/metrics")
@allow(anyone)
def metrics() -> Response:
    """For loopback, or whoever holds the token; for others there is no such page."""
    if not (_holds_token() or _is_on_this_machine()):
        raise NotFound("page.not_found")
    return Response(metrics_text(session(), at=request_time()), content_type=CONTENT_TYPE_LATEST)


def _holds_token() -> bool:
    settings: Settings = current_app.extensions["diancai.settings"]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not settings.metrics_token or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(token.encode(), settings.metrics_token.encode())


def _is_on_this_machine() -> bool:
    """A request that a proxy passed on comes from loopback too: its headers give it away."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
