"""A browser's session as a person in office: the token is in the signed cookie, everything else in the table."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from flask import current_app, g
from flask import session as cookie
from sqlalchemy import update
from sqlalchemy.orm import Session

from diancai.platform.accounts import queries
from diancai.platform.accounts.models import SignInSession, Staff
from diancai.platform.accounts.operations import sign_in as operations
from diancai.platform.core.db import begin_write, rows_changed, transaction
from diancai.platform.web.access import request_time
from diancai.platform.web.database import db, session

TOKEN = "sign_in"
KEPT = ("locale", "large_type", "kiosk")
"""What a browser may keep over signing in and out; the rest is wiped, so that nothing set before is trusted after."""
SEEN_EVERY = timedelta(minutes=1)


class Step(StrEnum):
    """What stands between the right password and the office."""

    SECOND_FACTOR = "second_factor"
    ENROLMENT = "enrolment"
    NEW_PASSWORD = "new_password"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`step` is None once every door is open."""

    staff: Staff
    token: str
    step: Step | None


def signed_in(current: Session) -> SignedIn | None:
    """Who this browser is signed in as, also half-way; looked up once a request."""
    if "signed_in" not in g:
        g.signed_in = _look_up(current)
    found: SignedIn | None = g.signed_in
    return found


def _look_up(current: Session) -> SignedIn | None:
    token = cookie.get(TOKEN)
    if not isinstance(token, str):
        return None
    idle = timedelta(minutes=current_app.extensions["diancai.settings"].sign_in_idle_minutes)
    row = operations.session_of(current, token, idle=idle, at=request_time())
    staff = current.get(Staff, row.staff_id) if row else None
    if row is None or staff is None or not staff.is_active:
        return None
    _mark_seen(current, row)
    return SignedIn(staff, token, _step(current, staff, row))


def _step(current: Session, staff: Staff, row: SignInSession) -> Step | None:
    if queries.needs_second_factor(current, staff) and not row.has_second_factor:
        return Step.SECOND_FACTOR if staff.totp_secret else Step.ENROLMENT
    return Step.NEW_PASSWORD if staff.must_change_password else None


def _mark_seen(current: Session, row: SignInSession) -> None:
    """At most once a minute, in a small transaction of its own where the request is only reading."""
    if request_time() - row.seen_at < SEEN_EVERY:
        return
    seen = update(SignInSession).where(SignInSession.token_hash == row.token_hash).values(seen_at=request_time())
    if _is_writing(current):
        rows_changed(current, seen)
        return
    with transaction(db.engine) as own:
        rows_changed(own, seen)


def _is_writing(current: Session) -> bool:
    return current.connection().get_execution_options().get("sqlite_begin") == "IMMEDIATE"


def keep_token(token: str) -> None:
    """Into a cookie wiped of everything else, its form token too: rotated at each step of signing in."""
    kept = {name: cookie[name] for name in KEPT if name in cookie}
    cookie.clear()
    cookie.update(kept)
    cookie[TOKEN] = token
    g.pop("signed_in", None)


def forget_token() -> None:
    kept = {name: cookie[name] for name in KEPT if name in cookie}
    cookie.clear()
    cookie.update(kept)


@contextmanager
def writing() -> Iterator[None]:
    """A short transaction after slow work that held no lock: for views guarded with `writes=False`."""
    session().rollback()
    begin_write(session())
    yield
    session().commit()
