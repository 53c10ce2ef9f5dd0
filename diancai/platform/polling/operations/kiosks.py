"""投票机: an officer adds one and gives out a one-time code; whoever types it into the device enrols it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.core.actor import SYSTEM, Actor
from diancai.platform.core.audit import record
from diancai.platform.core.keys import Keys, keys_of
from diancai.platform.core.moves import hold, move
from diancai.platform.polling.kiosk_events import KioskAdded, KioskCodeIssued, KioskEdited, KioskEnrolled, KioskRevoked
from diancai.platform.polling.kiosk_models import GRACE_SECONDS, IDLE_SECONDS, KIOSK_MOVES, Kiosk, KioskState
from diancai.platform.polling.kiosk_queries import secret_key
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations.device_secrets import forget_renewal
from diancai.platform.polling.policy import require_state
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import VotingChannel
from diancai.voting import has_valid_check, new_code, normalise_code

CODE_IS_GOOD_FOR = timedelta(hours=24)
IDLE_LIMITS, GRACE_LIMITS = (30, 1800), (10, 300)


@dataclass(frozen=True, slots=True)
class KioskFacts:
    """Where a kiosk stands, how it is called there, and after how many seconds it asks and then wipes itself."""

    station_id: int
    name: str
    idle_seconds: int = IDLE_SECONDS
    grace_seconds: int = GRACE_SECONDS


@dataclass(frozen=True, slots=True, repr=False)
class Enrolled:
    """`secret` is for the device's cookie and stands nowhere else."""

    kiosk: Kiosk
    secret: str


def add_kiosk(session: Session, round_: Round, facts: KioskFacts, *, by: Actor, at: datetime) -> tuple[Kiosk, str]:
    """A kiosk that waits for its device, and the one-time code to be typed there, shown this once.

    Raises WrongState: `require_state`, kiosk.no_channel; NotFound for a station of another round; Conflict
    kiosk.same_name; InvalidInput kiosk.idle, kiosk.grace (least, most; seconds).
    """
    require_state("manage_kiosks", round_)
    if VotingChannel.TERMINAL not in round_.channel_names:
        raise WrongState("kiosk.no_channel")
    _check(session, round_, facts)
    code = new_code()
    kiosk = Kiosk(round_id=round_.id, **_columns(facts), **_waiting(keys_of(session), code, at))
    session.add(kiosk)
    session.flush()
    record(session, KioskAdded(round_.street_id, round_.id, facts.station_id, kiosk.id, kiosk.name), by=by, at=at)
    return kiosk, code


def edit_kiosk(session: Session, round_: Round, kiosk: Kiosk, facts: KioskFacts, *, by: Actor, at: datetime) -> None:
    """Takes effect when the device shows its resting screen again. Raises as `add_kiosk`."""
    require_state("manage_kiosks", round_)
    _check(session, round_, facts, but=kiosk.id)
    for name, value in _columns(facts).items():
        setattr(kiosk, name, value)
    session.flush()
    record(session, KioskEdited(round_.street_id, round_.id, kiosk.id, kiosk.name), by=by, at=at)


def renew_code(session: Session, round_: Round, kiosk: Kiosk, *, by: Actor, at: datetime) -> str:
    """A new one-time code, shown this once. The secret of the device that was enrolled before ends at once.
    After the vote too: a device that has lost its secret may still hold ballots.

    Raises WrongState: `require_state`.
    """
    require_state("renew_kiosk_code", round_)
    hold(session, kiosk)
    code = new_code()
    move(
        session,
        kiosk,
        KioskState.WAITING,
        table=KIOSK_MOVES,
        secret_key=None,
        revoked_at=None,
        **_waiting(keys_of(session), code, at),
    )
    forget_renewal(session, kiosk)
    record(session, KioskCodeIssued(round_.street_id, round_.id, kiosk.id, kiosk.name), by=by, at=at)
    return code


def revoke_kiosk(session: Session, round_: Round, kiosk: Kiosk, *, by: Actor, at: datetime) -> None:
    """Out of use: neither its secret nor a code that still waits is good any more.

    Raises WrongState: `require_state`, state.not_from_here.
    """
    require_state("revoke_kiosk", round_)
    hold(session, kiosk)
    nothing = {"secret_key": None, "enrolment_key": None, "enrolment_until": None}
    move(session, kiosk, KioskState.REVOKED, table=KIOSK_MOVES, revoked_at=at, **nothing)
    forget_renewal(session, kiosk)
    record(session, KioskRevoked(round_.street_id, round_.id, kiosk.id, kiosk.name), by=by, at=at)


def enrol_device(session: Session, text: str, *, at: datetime) -> Enrolled:
    """The device at which a one-time code is typed becomes the kiosk; the code is then used up.

    Raises InvalidInput kiosk.mistyped_code, or kiosk.unknown_code for one that is wrong, used, or older than a day.
    """
    if not has_valid_check(text):
        raise InvalidInput("kiosk.mistyped_code", field="code")
    key = enrolment_key(keys_of(session), text)
    kiosk = session.scalar(select(Kiosk).where(Kiosk.enrolment_key == key).with_for_update())
    if kiosk is None or kiosk.enrolment_until is None or kiosk.enrolment_until <= at:
        raise InvalidInput("kiosk.unknown_code", field="code")
    secret = secrets.token_urlsafe(32)
    move(
        session,
        kiosk,
        KioskState.ENROLLED,
        table=KIOSK_MOVES,
        secret_key=secret_key(keys_of(session), secret),
        enrolled_at=at,
        enrolment_key=None,
        enrolment_until=None,
    )
    round_ = session.get_one(Round, kiosk.round_id)
    record(session, KioskEnrolled(round_.street_id, round_.id, kiosk.id, kiosk.name), by=SYSTEM, at=at)
    return Enrolled(kiosk, secret)


def enrolment_key(keys: Keys, code: str) -> bytes:
    return keys.hmac("kiosk-enrolment", normalise_code(code))


def _waiting(keys: Keys, code: str, at: datetime) -> dict[str, object]:
    return {"enrolment_key": enrolment_key(keys, code), "enrolment_until": at + CODE_IS_GOOD_FOR}


def _columns(facts: KioskFacts) -> dict[str, object]:
    return {
        "station_id": facts.station_id,
        "name": facts.name.strip(),
        "idle_seconds": facts.idle_seconds,
        "grace_seconds": facts.grace_seconds,
    }


def _check(session: Session, round_: Round, facts: KioskFacts, but: int = 0) -> None:
    station = session.get(Station, facts.station_id)
    if station is None or station.round_id != round_.id:
        raise NotFound("page.not_found")
    for code, field, value, (least, most) in (
        ("kiosk.idle", "idle_seconds", facts.idle_seconds, IDLE_LIMITS),
        ("kiosk.grace", "grace_seconds", facts.grace_seconds, GRACE_LIMITS),
    ):
        if not least <= value <= most:
            raise InvalidInput(code, field=field, least=least, most=most)
    twin = select(Kiosk.id).where(Kiosk.round_id == round_.id, Kiosk.name == facts.name.strip(), Kiosk.id != but)
    if session.scalar(twin) is not None:
        raise Conflict("kiosk.same_name", field="name")
