"""Reads of the kiosks."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.core.keys import Keys, keys_of
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.models import Station
from diancai.platform.rounds.models import Round


def kiosks_of(session: Session, round_: Round) -> list[Kiosk]:
    wanted = select(Kiosk).join(Station, Station.id == Kiosk.station_id).where(Kiosk.round_id == round_.id)
    return list(session.scalars(wanted.order_by(Station.id, Kiosk.id)))


def kiosk_of_device(session: Session, secret: str) -> Kiosk | None:
    """The kiosk whose secret a device holds; None once it was rotated or revoked."""
    return session.scalar(select(Kiosk).where(Kiosk.secret_key == secret_key(keys_of(session), secret)))


def secret_key(keys: Keys, secret: str) -> bytes:
    return keys.hmac("kiosk-secret", secret)
