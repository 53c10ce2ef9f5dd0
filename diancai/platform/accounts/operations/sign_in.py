"""Signing in and out. Slow hashing happens without a write lock; what is stored afterwards takes two short statements.

Delays: an address has five wrong passwords for an account, then waits 1, 2, 4 … 15 minutes; across accounts it has
twenty. When an account is tried from everywhere, each address has only one. Nobody is ever locked out: the waiting is
for an address, and a new address always has a try.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, LimitReached
from diancai.platform.accounts import queries, second_factor
from diancai.platform.accounts.events import PasswordChanged, SecondFactorEnrolled, SignedIn, SignedOutEverywhere
from diancai.platform.accounts.models import SignInSession, Staff
from diancai.platform.accounts.passwords import NOBODY, hash_password, is_right, require_strong
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.db import rows_changed
from diancai.platform.core.keys import keys_of
from diancai.platform.core.limits import FailureCount, add_failure, failures, forget_failures

WINDOW = timedelta(hours=1)
FREE_TRIES = 5
FREE_TRIES_OF_AN_ADDRESS = 20
TRIES_THAT_ALARM = 50
MOST_MINUTES = 15
LONGEST_SESSION = timedelta(hours=12)
PAIR, ADDRESS, ACCOUNT, CODE = "sign-in", "sign-in-address", "sign-in-account", "second-factor"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A name and password as typed, and where they came from."""

    sign_in_name: str
    password: str
    address: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just begun: the token goes into the cookie and is kept nowhere else."""

    staff: Staff
    token: str


def check_password(session: Session, attempt: Attempt, *, at: datetime) -> Staff | None:
    """The person, or None for whatever is wrong. Reads only; takes as long for an unknown name as for a known one.

    Raises LimitReached sign_in.wait (minutes) before any hashing.
    """
    _require_patience(session, attempt, at=at)
    staff = queries.staff_by_sign_in_name(session, attempt.sign_in_name)
    is_known = staff is not None and staff.is_active
    right = is_right(staff.password_hash if staff is not None and is_known else NOBODY, attempt.password)
    return staff if right and is_known else None


def note_failure(session: Session, attempt: Attempt, *, at: datetime) -> None:
    """Count one wrong password against the address, the account and the two together."""
    for purpose, key in _keys(session, attempt).items():
        add_failure(session, purpose, key, at=at)


def open_session(session: Session, staff: Staff, attempt: Attempt, *, at: datetime) -> Opened:
    """Begin a session after the right password. It opens no door before second factor and new password are done."""
    forget_failures(session, PAIR, _keys(session, attempt)[PAIR])
    _drop_dead_sessions(session, staff.id, at=at)
    token = _new_session(session, staff.id, at=at)
    _record_if_complete(session, staff, token, at=at)
    return Opened(staff, token)


def pass_second_factor(session: Session, staff: Staff, token: str, code: str, *, at: datetime) -> str:
    """Check the six digits of an enrolled phone; the session goes on under a new token, which is handed back.

    Raises LimitReached sign_in.wait, InvalidInput sign_in.code_wrong; the caller then counts it by `note_code_failure`.
    """
    _require_patience_with_codes(session, staff, at=at)
    assert staff.totp_secret is not None
    secret = keys_of(session).open_text(staff.totp_secret)
    step = second_factor.matching_step(secret, code, at=at, after_step=staff.totp_last_step)
    if step is None:
        raise InvalidInput("sign_in.code_wrong", field="code")
    _use_step(session, staff, step)
    return _go_on(session, staff, token, at=at)


def note_code_failure(session: Session, staff: Staff, *, at: datetime) -> None:
    add_failure(session, CODE, keys_of(session).hmac(CODE, str(staff.id)), at=at)


def enrol_second_factor(session: Session, staff: Staff, token: str, secret: str, code: str, *, at: datetime) -> str:
    """Keep the secret once a code proves that the phone has it; the session goes on under a new token.

    Raises InvalidInput sign_in.code_wrong, Conflict sign_in.already_enrolled.
    """
    if staff.totp_secret is not None:
        raise Conflict("sign_in.already_enrolled")
    step = second_factor.matching_step(secret, code, at=at)
    if step is None:
        raise InvalidInput("sign_in.code_wrong", field="code")
    staff.totp_secret, staff.totp_last_step = keys_of(session).seal_text(secret), step
    by = Actor(staff_id=staff.id, name=staff.name)
    record(session, SecondFactorEnrolled(_division_of(session, staff), staff.id), by=by, at=at)
    return _go_on(session, staff, token, at=at)


def change_password(session: Session, staff: Staff, token: str, old: str, new: str, *, at: datetime) -> str:
    """The person's own change: every other session ends, this one goes on under a new token.

    Raises InvalidInput password.wrong, password.same, password.*.
    """
    if not is_right(staff.password_hash, old):
        raise InvalidInput("password.wrong", field="old_password")
    if old == new:
        raise InvalidInput("password.same", field="password")
    require_strong(new, staff.sign_in_name)
    staff.password_hash, staff.must_change_password = hash_password(new), False
    has_second_factor = _row(session, token).has_second_factor
    revoke_sessions(session, staff.id, at=at)
    by = Actor(staff_id=staff.id, name=staff.name)
    record(session, PasswordChanged(_division_of(session, staff), staff.id), by=by, at=at)
    fresh = _new_session(session, staff.id, at=at, has_second_factor=has_second_factor)
    _record_if_complete(session, staff, fresh, at=at)
    return fresh


def sign_out(session: Session, token: str, *, at: datetime) -> None:
    _row(session, token).revoked_at = at


def sign_out_everywhere(session: Session, staff: Staff, *, by: Actor, at: datetime) -> None:
    """End every session of the person, the one at hand too."""
    revoke_sessions(session, staff.id, at=at)
    record(session, SignedOutEverywhere(_division_of(session, staff), staff.id), by=by, at=at)


def revoke_sessions(session: Session, staff_id: int, *, at: datetime) -> None:
    open_ones = update(SignInSession).where(SignInSession.staff_id == staff_id, SignInSession.revoked_at.is_(None))
    session.execute(open_ones.values(revoked_at=at))


def _drop_dead_sessions(session: Session, staff_id: int, *, at: datetime) -> None:
    """Past their longest life nothing asks for them; who signed in when stands in the log."""
    dead = delete(SignInSession).where(SignInSession.staff_id == staff_id)
    session.execute(dead.where(SignInSession.created_at < at - LONGEST_SESSION))


def session_of(session: Session, token: str, *, idle: timedelta, at: datetime) -> SignInSession | None:
    """The living session of a token: not revoked, not idle, not older than a working day."""
    found = session.get(SignInSession, token_hash(token))
    if found is None or found.revoked_at is not None:
        return None
    is_alive = at - found.seen_at < idle and at - found.created_at < LONGEST_SESSION
    return found if is_alive else None


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _new_session(session: Session, staff_id: int, *, at: datetime, has_second_factor: bool = False) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            token_hash=token_hash(token),
            staff_id=staff_id,
            created_at=at,
            seen_at=at,
            has_second_factor=has_second_factor,
        )
    )
    session.flush()
    return token


def _go_on(session: Session, staff: Staff, token: str, *, at: datetime) -> str:
    """The second factor is shown: the old token dies, a new one goes on."""
    sign_out(session, token, at=at)
    fresh = _new_session(session, staff.id, at=at, has_second_factor=True)
    _record_if_complete(session, staff, fresh, at=at)
    return fresh


def _record_if_complete(session: Session, staff: Staff, token: str, *, at: datetime) -> None:
    """The log tells of a sign-in once, when it opens the doors."""
    has_all = _row(session, token).has_second_factor or not queries.needs_second_factor(session, staff)
    if has_all and not staff.must_change_password:
        by = Actor(staff_id=staff.id, name=staff.name)
        record(session, SignedIn(_division_of(session, staff), staff.id), by=by, at=at)


def _row(session: Session, token: str) -> SignInSession:
    return session.get_one(SignInSession, token_hash(token))


def _division_of(session: Session, staff: Staff) -> int | None:
    """Where the person serves, if that is one place: the log of that street shows it."""
    divisions = {held.division_id for held in queries.roles_of(session, staff.id)}
    return divisions.pop() if len(divisions) == 1 else None


def _use_step(session: Session, staff: Staff, step: int) -> None:
    """Compare-and-set: of two browsers with the same code only one gets in."""
    session.flush()
    unused = (Staff.totp_last_step.is_(None)) | (Staff.totp_last_step < step)
    if not rows_changed(session, update(Staff).where(Staff.id == staff.id, unused).values(totp_last_step=step)):
        raise InvalidInput("sign_in.code_wrong", field="code")


def _keys(session: Session, attempt: Attempt) -> dict[str, bytes]:
    name, keys = queries.plain_sign_in_name(attempt.sign_in_name), keys_of(session)
    return {
        PAIR: keys.hmac(PAIR, f"{name}\0{attempt.address}"),
        ADDRESS: keys.hmac(ADDRESS, attempt.address),
        ACCOUNT: keys.hmac(ACCOUNT, name),
    }


def _require_patience(session: Session, attempt: Attempt, *, at: datetime) -> None:
    keys = _keys(session, attempt)
    is_under_attack = failures(session, ACCOUNT, keys[ACCOUNT], since=at - WINDOW) > TRIES_THAT_ALARM
    _wait(session, PAIR, keys[PAIR], 1 if is_under_attack else FREE_TRIES, at=at)
    _wait(session, ADDRESS, keys[ADDRESS], FREE_TRIES_OF_AN_ADDRESS, at=at)


def _require_patience_with_codes(session: Session, staff: Staff, *, at: datetime) -> None:
    _wait(session, CODE, keys_of(session).hmac(CODE, str(staff.id)), FREE_TRIES, at=at)


def _wait(session: Session, purpose: str, key: bytes, free_tries: int, *, at: datetime) -> None:
    """Raises LimitReached sign_in.wait while the waiting after the last failure lasts."""
    over = failures(session, purpose, key, since=at - WINDOW) - free_tries
    if over < 0:
        return
    last = session.scalar(
        select(func.max(FailureCount.minute)).where(FailureCount.purpose == purpose, FailureCount.key == key)
    )
    waiting = timedelta(minutes=1 + min(2**over, MOST_MINUTES))  # failures are kept by the minute: its rest counts too
    if last is not None and (left := last + waiting - at) > timedelta(0):
        raise LimitReached("sign_in.wait", minutes=-(-left // timedelta(minutes=1)))
