"""Reads of the kiosks."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from diancai.platform.accounts.models import Staff
from diancai.platform.accounts.queries import holders_of
from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys, keys_of
from diancai.platform.polling.kiosk_models import Kiosk, KioskRenewal
from diancai.platform.polling.models import Station
from diancai.platform.rounds.models import Round


def kiosks_of(session: Session, round_: Round) -> list[Kiosk]:
    wanted = select(Kiosk).join(Station, Station.id == Kiosk.station_id).where(Kiosk.round_id == round_.id)
    return list(session.scalars(wanted.order_by(Station.id, Kiosk.id)))


def possible_keepers(session: Session, round_: Round) -> list[Staff]:
    """Who may keep a share of the commission key: anybody who holds an office in the street but its administrators."""
    roles = (Role.SCRUTINEER, Role.LEADER, Role.REVIEWER, Role.OFFICER, Role.CLERK)
    found = {one.id: one for role in roles for one in holders_of(session, role, [round_.street_id])}
    return list(found.values())


def kiosk_of_device(session: Session, secret: str) -> Kiosk | None:
    """The kiosk whose secret, or next secret, a device holds; None once it was renewed or revoked."""
    key = secret_key(keys_of(session), secret)
    wanted = select(Kiosk).outerjoin(KioskRenewal, KioskRenewal.kiosk_id == Kiosk.id)
    return session.scalar(wanted.where(or_(Kiosk.secret_key == key, KioskRenewal.next_secret_key == key)))


def secret_key(keys: Keys, secret: str) -> bytes:
    return keys.hmac("kiosk-secret", secret)
