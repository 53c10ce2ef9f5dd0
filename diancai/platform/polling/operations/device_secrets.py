"""The secret of a public terminal is another one every day, and the device need not hear of it at the first try."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.audit import record
from diancai.platform.core.clock import local_day
from diancai.platform.core.keys import Keys, keys_of
from diancai.platform.core.moves import hold
from diancai.platform.polling.kiosk_events import KioskSecretRenewed
from diancai.platform.polling.kiosk_models import Kiosk, KioskRenewal
from diancai.platform.polling.kiosk_queries import kiosk_of_device, secret_key
from diancai.platform.rounds.models import Round


@dataclass(frozen=True, slots=True, repr=False)
class Met:
    """`next_secret` is for the device's cookie; None: it keeps the one that it has."""

    kiosk: Kiosk
    next_secret: str | None


def is_renewal_due(session: Session, kiosk: Kiosk, *, at: datetime) -> bool:
    """Whether `meet_device` would give the device a secret, or is still to see the one that was given."""
    renewal = session.get(KioskRenewal, kiosk.id)
    return (renewal is not None and renewal.nonce is not None) or _is_of_another_day(kiosk, renewal, at)


def meet_device(session: Session, secret: str, *, at: datetime) -> Met | None:
    """A device shows its secret. At the first contact of a day it gets the next one, and again until it shows that one;
    from then on the old one is worth nothing. None for a secret that is nobody's (any more).
    """
    kiosk = kiosk_of_device(session, secret)
    if kiosk is None:
        return None
    hold(session, kiosk)
    renewal = session.get(KioskRenewal, kiosk.id, populate_existing=True)
    shown = secret_key(keys_of(session), secret)
    if renewal is not None and shown == renewal.next_secret_key:
        kiosk.secret_key, renewal.next_secret_key, renewal.nonce = shown, None, None
        session.flush()
        return Met(kiosk, None)
    if shown != kiosk.secret_key:
        return None  # another contact has shown the next one meanwhile
    if renewal is None or renewal.nonce is None:
        if not _is_of_another_day(kiosk, renewal, at):
            return Met(kiosk, None)
        renewal = _begin_renewal(session, kiosk, renewal, secret, at=at)
    assert renewal.nonce is not None
    return Met(kiosk, _next_secret(keys_of(session), secret, renewal.nonce))


def forget_renewal(session: Session, kiosk: Kiosk) -> None:
    """No secret of this kiosk is worth anything: neither the one in use nor the next."""
    session.execute(delete(KioskRenewal).where(KioskRenewal.kiosk_id == kiosk.id))


def _begin_renewal(
    session: Session, kiosk: Kiosk, renewal: KioskRenewal | None, secret: str, *, at: datetime
) -> KioskRenewal:
    if renewal is None:
        renewal = KioskRenewal(kiosk_id=kiosk.id)
        session.add(renewal)
    keys, nonce = keys_of(session), secrets.token_bytes(16)
    renewal.renewed_on, renewal.nonce = local_day(at), nonce
    renewal.next_secret_key = secret_key(keys, _next_secret(keys, secret, nonce))
    session.flush()
    round_ = session.get_one(Round, kiosk.round_id)
    record(session, KioskSecretRenewed(round_.street_id, round_.id, kiosk.id, kiosk.name), by=SYSTEM, at=at)
    return renewal


def _is_of_another_day(kiosk: Kiosk, renewal: KioskRenewal | None, at: datetime) -> bool:
    assert kiosk.enrolled_at is not None
    made_on = renewal.renewed_on if renewal else local_day(kiosk.enrolled_at)
    return made_on != local_day(at)


def _next_secret(keys: Keys, secret: str, nonce: bytes) -> str:
    """Two requests on their way at once are given the same, whichever answer comes last."""
    made = keys.hmac("kiosk-next-secret", f"{nonce.hex()}|{secret}")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
