"""Refusals and faults as pages in the reader's language, each with a reference number; a bug never shows its text."""

import secrets

import structlog
from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from diancai.errors import Conflict, DomainError, InvalidInput, LimitReached, NotAllowed, NotFound, WrongState
from diancai.platform.core import texts
from diancai.platform.core.words import WORDS
from diancai.platform.web.database import db
from diancai.platform.web.locale import current_locale

log = structlog.get_logger()
STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    InvalidInput: 422,
    WrongState: 409,
    Conflict: 409,
    LimitReached: 409,
}
BY_HTTP = {
    400: "page.bad_request",
    403: "page.forbidden",
    404: "page.not_found",
    405: "page.method",
    413: "page.too_large",
}


def status_of(error: DomainError) -> int:
    return STATUS[type(error)]


def error_page(reason: str, status: int, hint: str = "") -> tuple[str, int]:
    reference = secrets.token_hex(4)
    if status >= 500:
        log.error("page_failed", reference=reference, endpoint=request.endpoint, status=status)
    return render_template("error.html", reason=reason, hint=hint, reference=reference, status=status), status


def _words(code: str) -> tuple[str, str]:
    hint = f"{code}.hint"
    return texts.say(code, current_locale()), texts.say(hint, current_locale()) if hint in WORDS else ""


def init_error_pages(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> tuple[str, int]:
        db.session.rollback()
        hint = f"{error.code}.hint"
        words = texts.say(hint, current_locale()) if hint in WORDS else ""
        return error_page(texts.say_error(error, current_locale()), status_of(error), words)

    @app.errorhandler(CSRFError)
    def stale(_error: CSRFError) -> tuple[str, int]:
        return error_page(*_stale())

    @app.errorhandler(SecurityError)
    def stranger(_error: SecurityError) -> Response:
        """Asked under a host name that is not ours: in words only, for a page would need addresses of ours."""
        reason, _ = _words("page.bad_request")
        return Response(f"{reason}\n", status=400, mimetype="text/plain")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> tuple[str, int]:
        status = error.code or 500
        reason, hint = _words(BY_HTTP.get(status, "page.bad_request" if status < 500 else "page.broken"))
        return error_page(reason, status, hint)

    @app.errorhandler(IntegrityError)
    def clash(_error: IntegrityError) -> tuple[str, int]:
        db.session.rollback()
        return error_page(texts.say("state.changed_meanwhile", current_locale()), 409)

    @app.errorhandler(OperationalError)
    def busy(error: OperationalError) -> tuple[str, int]:
        db.session.rollback()
        log.error("database_busy", error=type(error.orig).__name__)
        return error_page(texts.say("page.busy", current_locale()), 503)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> tuple[str, int]:
        db.session.rollback()
        if app.testing and not isinstance(error, SystemExit):
            raise error
        log.error("unhandled", error=type(error).__name__, where=_where(error))
        reason, hint = _words("page.broken")
        return error_page(reason, 500, hint)


def _stale() -> tuple[str, int]:
    return texts.say("page.stale_form", current_locale()), 400


def _where(error: BaseException) -> list[str]:
    """File, line and function of each frame: no local values, which might be a choice."""
    frames, trace = [], error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/diancai/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-8:]
