"""The secret of a terminal is renewed at the first contact of a day; a lost answer locks no device out."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.keys import Keys
from diancai.platform.polling.kiosk_models import Kiosk, KioskRenewal
from diancai.platform.polling.kiosk_queries import kiosk_of_device
from diancai.platform.polling.operations.device_secrets import Met, meet_device
from diancai.platform.polling.operations.kiosks import enrol_device, renew_code, revoke_kiosk
from tests.factories import AT
from tests.platform.polling.test_kiosks import Place, a_code, change, enrol
from tests.sites import Clock, Site, an_app

EVENING = AT + timedelta(hours=13)
"""23:00 of the day on which the device was enrolled."""
MIDNIGHT = AT + timedelta(hours=14)
NEXT_DAY = MIDNIGHT + timedelta(days=1)


class Device:
    """A terminal that was enrolled on the first day."""

    def __init__(self, session: Session) -> None:
        self.session, self.place = session, Place(session)
        self.kiosk, code = self.place.add()
        self.first = enrol_device(session, code, at=AT).secret

    def meets(self, secret: str, at: datetime = MIDNIGHT) -> Met:
        met = meet_device(self.session, secret, at=at)
        assert met is not None
        assert met.kiosk is self.kiosk
        return met

    def renewed(self, secret: str, at: datetime = MIDNIGHT) -> str:
        given = self.meets(secret, at).next_secret
        assert given is not None
        return given


@pytest.fixture
def device(session: Session) -> Device:
    return Device(session)


def test_a_secret_lasts_until_midnight_in_china(device: Device) -> None:
    assert device.meets(device.first, EVENING).next_secret is None
    assert device.renewed(device.first, MIDNIGHT) != device.first


def test_a_day_has_one_secret(device: Device) -> None:
    second = device.renewed(device.first)
    assert device.meets(second, MIDNIGHT + timedelta(hours=1)).next_secret is None
    assert device.meets(second, NEXT_DAY - timedelta(seconds=1)).next_secret is None
    third = device.renewed(second, NEXT_DAY)
    assert len({device.first, second, third}) == 3
    assert device.meets(third, NEXT_DAY).next_secret is None


def test_a_lost_answer_locks_nobody_out(device: Device, session: Session) -> None:
    """Whichever of several answers arrives, it holds the same secret; even after days the old one still opens."""
    lost = device.renewed(device.first)
    assert device.renewed(device.first) == lost
    assert device.renewed(device.first, NEXT_DAY + timedelta(days=3)) == lost
    device.meets(lost, NEXT_DAY + timedelta(days=3))
    assert meet_device(session, device.first, at=NEXT_DAY + timedelta(days=3)) is None


def test_an_old_secret_is_worth_nothing_once_the_new_one_was_shown(device: Device, session: Session) -> None:
    second = device.renewed(device.first)
    device.meets(second)
    assert meet_device(session, device.first, at=MIDNIGHT) is None
    assert kiosk_of_device(session, device.first) is None
    assert kiosk_of_device(session, second) is device.kiosk


@pytest.mark.parametrize("is_shown", [True, False])
@pytest.mark.parametrize("act", [revoke_kiosk, renew_code])
def test_whoever_takes_a_device_out_of_use_ends_both_secrets(
    device: Device, session: Session, act: object, is_shown: bool
) -> None:
    second = device.renewed(device.first)
    if is_shown:
        device.meets(second)
    assert callable(act)
    act(session, device.place.round_, device.kiosk, by=device.place.officer, at=MIDNIGHT)
    assert meet_device(session, device.first, at=MIDNIGHT) is None
    assert meet_device(session, second, at=MIDNIGHT) is None


def test_a_device_that_gets_a_new_code_begins_anew(device: Device, session: Session) -> None:
    device.renewed(device.first)
    code = renew_code(session, device.place.round_, device.kiosk, by=device.place.officer, at=NEXT_DAY)
    fresh = enrol_device(session, code, at=NEXT_DAY).secret
    assert device.meets(fresh, NEXT_DAY).next_secret is None


def test_it_stands_once_in_the_log_and_the_secret_nowhere(device: Device, session: Session) -> None:
    second = device.renewed(device.first)
    device.renewed(device.first)
    device.meets(second)
    renewals = select(AuditEntry).where(AuditEntry.event == "KioskSecretRenewed")
    assert len(session.scalars(renewals).all()) == 1
    facts = " ".join(session.scalars(select(AuditEntry.facts)))
    row = session.get_one(KioskRenewal, device.kiosk.id)
    assert second not in f"{facts} {device.kiosk.secret_key!r} {row.next_secret_key!r} {row.nonce!r}"


def test_the_database_knows_no_half_a_renewal(device: Device, session: Session) -> None:
    device.renewed(device.first)
    session.get_one(KioskRenewal, device.kiosk.id).nonce = None
    with pytest.raises(IntegrityError, match="next"):
        session.flush()


# the device


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys, clock: Clock) -> Iterator[Site]:
    with an_app(database_url, engine, keys, clock) as running:
        yield running


def secret_of(browser: FlaskClient) -> str:
    kept = browser.get_cookie("kiosk")
    assert kept is not None
    return kept.value


@pytest.mark.parametrize("address", ["/kiosk", "/kiosk/block"])
def test_the_answer_of_a_first_contact_brings_the_secret_of_the_day(site: Site, clock: Clock, address: str) -> None:
    browser, copy = site.app.test_client(), site.app.test_client()
    enrol(browser, a_code(site))
    copy.set_cookie("kiosk", first := secret_of(browser))
    clock.at = MIDNIGHT
    browser.get(address)
    assert secret_of(browser) != first
    assert "data-resting" in copy.get("/kiosk").text  # until the new one was shown
    copy.set_cookie("kiosk", first)
    assert "data-resting" in browser.get("/kiosk").text
    assert "这台设备还不是公用终端" in copy.get("/kiosk").text
    kept = browser.get_cookie("kiosk")
    assert kept is not None
    assert (kept.http_only, kept.same_site) == (True, "Strict")


def test_a_revoked_device_gets_no_new_secret(site: Site, clock: Clock) -> None:
    browser = site.app.test_client()
    enrol(browser, a_code(site))
    first = secret_of(browser)
    clock.at = MIDNIGHT
    change(site, "revoke")
    assert "这台设备还不是公用终端" in browser.get("/kiosk").text
    assert secret_of(browser) == first
    with site.transaction() as session:
        assert session.scalars(select(Kiosk)).one().secret_key is None
