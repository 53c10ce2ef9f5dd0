"""What a street's office says of itself, and its privacy notice."""

import hashlib
import re
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.divisions.events import OfficeChanged, PrivacyNoticePublished
from diancai.platform.divisions.models import CodeFormat, PrivacyNotice, StreetOffice

LEAST_WORKING_DAYS = 3
LEAST_RETENTION_DAYS = 30
PHONE = re.compile(r"[0-9０-９+()（）\- ]{3,40}(转[0-9]{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSettings:
    """All of a street's settings as the page sends them."""

    office_name: str
    help_phone: str
    supervision_phone: str
    address: str
    office_hours: str
    contact_name: str
    publicity_working_days: int
    retention_days: int
    fund_floor_fen: int
    code_format: CodeFormat


def change_office(
    session: Session, office: StreetOffice, settings: OfficeSettings, *, by: Actor, at: datetime
) -> StreetOffice:
    """Store all settings; the log keeps each value before and after.

    Raises InvalidInput office.required, office.phone, office.working_days (limit), office.retention (limit),
    office.fund_floor; Conflict office.unchanged.
    """
    _check(settings)
    changes = {}
    for item in fields(settings):
        before, after = getattr(office, item.name), getattr(settings, item.name)
        if before != after:
            changes[item.name] = [str(before), str(after)]
            setattr(office, item.name, after)
    if not changes:
        raise Conflict("office.unchanged")
    session.flush()
    record(session, OfficeChanged(office.street_id, changes), by=by, at=at)
    return office


def _check(settings: OfficeSettings) -> None:
    for name in ("office_name", "help_phone", "supervision_phone", "address", "office_hours", "contact_name"):
        if not getattr(settings, name).strip():
            raise InvalidInput("office.required", field=name)
    for name in ("help_phone", "supervision_phone"):
        if not PHONE.fullmatch(getattr(settings, name).strip()):
            raise InvalidInput("office.phone", field=name)
    if settings.publicity_working_days < LEAST_WORKING_DAYS:
        raise InvalidInput("office.working_days", field="publicity_working_days", limit=LEAST_WORKING_DAYS)
    if settings.retention_days < LEAST_RETENTION_DAYS:
        raise InvalidInput("office.retention", field="retention_days", limit=LEAST_RETENTION_DAYS)
    if settings.fund_floor_fen < 0:
        raise InvalidInput("office.fund_floor", field="fund_floor_fen")


def publish_privacy_notice(session: Session, street_id: int, text: str, *, by: Actor, at: datetime) -> PrivacyNotice:
    """A new version, in force at once; older ones stay readable.

    Raises InvalidInput privacy.empty, Conflict privacy.unchanged.
    """
    plain = text.replace("\r\n", "\n").strip()
    if not plain:
        raise InvalidInput("privacy.empty", field="text")
    newest = select(PrivacyNotice).where(PrivacyNotice.street_id == street_id).order_by(PrivacyNotice.version.desc())
    last = session.scalar(newest.limit(1))
    if last is not None and last.text == plain:
        raise Conflict("privacy.unchanged", field="text")
    version = 1 + (
        session.scalar(select(func.max(PrivacyNotice.version)).where(PrivacyNotice.street_id == street_id)) or 0
    )
    notice = PrivacyNotice(street_id=street_id, version=version, text=plain, in_force_from=at)
    session.add(notice)
    session.flush()
    digest = hashlib.sha256(plain.encode()).hexdigest()
    record(session, PrivacyNoticePublished(street_id, version, digest), by=by, at=at)
    return notice
