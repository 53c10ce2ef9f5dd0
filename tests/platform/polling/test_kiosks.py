"""公用终端: added by an officer, enrolled by whoever types the one-time code, rotated and revoked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.keys import Keys
from diancai.platform.polling.kiosk_models import Kiosk, KioskState
from diancai.platform.polling.kiosk_queries import kiosk_of_device
from diancai.platform.polling.operations.kiosks import (
    CODE_IS_GOOD_FOR,
    KioskFacts,
    add_kiosk,
    edit_kiosk,
    enrol_device,
    renew_code,
    revoke_kiosk,
)
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from diancai.voting import new_code
from tests.factories import AT, a_round, a_staff, a_station, a_street
from tests.offices import form_token
from tests.sites import Clock, Site, an_app


class Place:
    """A round with one station and the officer who sets up its terminals."""

    def __init__(self, session: Session, **columns: object) -> None:
        street = a_street(session)
        self.session = session
        self.round_: Round = a_round(session, street, **columns)
        self.facts = KioskFacts(a_station(session, self.round_).id, "一号机")
        self.officer: Actor = a_staff(session, street, Role.OFFICER)
        self.office = {"by": self.officer, "at": AT}

    def add(self, name: str = "一号机") -> tuple[Kiosk, str]:
        return add_kiosk(self.session, self.round_, replace(self.facts, name=name), **self.office)


@pytest.fixture
def place(session: Session) -> Place:
    return Place(session)


def test_a_code_enrols_one_device_once(place: Place, session: Session) -> None:
    kiosk, code = place.add()
    assert (kiosk.state, kiosk.idle_seconds, kiosk.grace_seconds) == (KioskState.WAITING, 180, 60)
    enrolled = enrol_device(session, code.lower().replace("-", " "), at=AT)
    assert kiosk_of_device(session, enrolled.secret) is kiosk
    assert (kiosk.state, kiosk.enrolled_at) == (KioskState.ENROLLED, AT)
    with pytest.raises(InvalidInput, match="kiosk.unknown_code"):
        enrol_device(session, code, at=AT)


def test_neither_code_nor_secret_stands_in_the_database_or_the_log(place: Place, session: Session) -> None:
    kiosk, code = place.add()
    secret = enrol_device(session, code, at=AT).secret
    facts = " ".join(session.scalars(select(AuditEntry.facts)))
    stored = f"{kiosk.secret_key!r} {kiosk.enrolment_key!r} {facts}"
    assert secret not in stored
    assert code not in stored


def test_a_code_is_good_for_a_day(place: Place, session: Session) -> None:
    _, code = place.add()
    with pytest.raises(InvalidInput, match="kiosk.unknown_code"):
        enrol_device(session, code, at=AT + CODE_IS_GOOD_FOR)
    enrol_device(session, code, at=AT + CODE_IS_GOOD_FOR - timedelta(seconds=1))


def test_a_wrong_code_is_told_from_a_mistyped_one(place: Place, session: Session) -> None:
    place.add()
    with pytest.raises(InvalidInput, match="kiosk.unknown_code"):
        enrol_device(session, new_code(), at=AT)
    with pytest.raises(InvalidInput, match="kiosk.mistyped_code"):
        enrol_device(session, "ABCD", at=AT)


def test_a_new_code_locks_the_old_device_out_at_once(place: Place, session: Session) -> None:
    kiosk, code = place.add()
    old = enrol_device(session, code, at=AT)
    renewed = renew_code(session, place.round_, kiosk, **place.office)
    assert kiosk_of_device(session, old.secret) is None
    new = enrol_device(session, renewed, at=AT)
    assert new.secret != old.secret
    assert kiosk_of_device(session, new.secret) is kiosk


@pytest.mark.parametrize("is_enrolled", [True, False])
def test_a_revoked_kiosk_is_none_until_it_gets_a_new_code(place: Place, session: Session, is_enrolled: bool) -> None:
    kiosk, code = place.add()
    secret = enrol_device(session, code, at=AT).secret if is_enrolled else ""
    revoke_kiosk(session, place.round_, kiosk, **place.office)
    assert kiosk_of_device(session, secret) is None
    with pytest.raises(InvalidInput, match="kiosk.unknown_code"):
        enrol_device(session, code, at=AT)
    with pytest.raises(WrongState, match="state.not_from_here"):
        revoke_kiosk(session, place.round_, kiosk, **place.office)
    enrol_device(session, renew_code(session, place.round_, kiosk, **place.office), at=AT)
    assert kiosk.revoked_at is None


def test_two_kiosks_of_a_round_have_names_of_their_own(place: Place, session: Session) -> None:
    kiosk, _ = place.add()
    other, _ = place.add("二号机")
    with pytest.raises(Conflict, match="kiosk.same_name"):
        place.add()
    with pytest.raises(Conflict, match="kiosk.same_name"):
        edit_kiosk(session, place.round_, other, replace(place.facts, name=" 一号机 "), **place.office)
    edit_kiosk(session, place.round_, kiosk, replace(place.facts, idle_seconds=600), **place.office)
    assert kiosk.idle_seconds == 600


def test_a_kiosk_stands_at_a_station_of_its_round(place: Place, session: Session) -> None:
    elsewhere = a_station(session, a_round(session, a_street(session, code="310104007000", name="另一街道")))
    with pytest.raises(NotFound):
        add_kiosk(session, place.round_, KioskFacts(elsewhere.id, "一号机"), **place.office)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("idle_seconds", 29, "idle"), ("idle_seconds", 1801, "idle"), ("grace_seconds", 9, "grace")],
)
def test_nobody_waits_too_short_or_too_long(place: Place, session: Session, field: str, value: int, code: str) -> None:
    with pytest.raises(InvalidInput, match=f"kiosk.{code}"):
        add_kiosk(session, place.round_, replace(place.facts, **{field: value}), **place.office)
    place.add()
    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE kiosk SET {field} = {value}"))


def test_a_round_without_terminals_has_none(session: Session) -> None:
    place = Place(session, channels="phone,paper")
    with pytest.raises(WrongState, match="kiosk.no_channel"):
        place.add()


def test_a_closed_round_gets_no_more_kiosks(session: Session) -> None:
    place = Place(session, state=RoundState.CLOSED)
    with pytest.raises(WrongState, match="state.not_now"):
        place.add()


def test_the_database_knows_no_enrolled_kiosk_without_a_secret(place: Place, session: Session) -> None:
    place.add()
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE kiosk SET state = 'enrolled', enrolment_key = NULL, enrolment_until = NULL"))


# the device


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    with an_app(database_url, engine, keys, Clock(AT + timedelta(hours=1))) as running:
        yield running


@pytest.fixture
def device(site: Site) -> FlaskClient:
    return site.app.test_client()


def a_code(site: Site) -> str:
    with site.transaction() as session:
        return Place(session).add()[1]


def enrol(device: FlaskClient, code: str, status: int = 303) -> str:
    answer = device.post("/kiosk/enrol", data={"csrf_token": form_token(device, "/kiosk"), "code": code})
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def change(site: Site, act: str) -> None:
    with site.transaction() as session:
        kiosk = session.scalars(select(Kiosk)).one()
        round_ = session.get_one(Round, kiosk.round_id)
        officer = Actor(name="王敏")
        {"revoke": revoke_kiosk, "renew": renew_code}[act](session, round_, kiosk, by=officer, at=site.clock())


def test_a_device_asks_for_its_code_and_then_rests_at_its_station(site: Site, device: FlaskClient) -> None:
    assert "这台设备还不是公用终端" in device.get("/kiosk").text
    assert 'data-start-url="/vote"' in device.get("/vote").text
    enrol(device, a_code(site))
    resting = device.get("/kiosk").text
    assert "data-resting" in resting
    assert "第一投票点 · 一号机" in resting
    assert 'data-idle-seconds="180"' in resting
    way = device.get("/vote").text
    assert 'data-start-url="/kiosk"' in way
    assert "data-keypad" in way


def test_the_cookie_of_a_device_is_for_the_server_alone(site: Site, device: FlaskClient) -> None:
    enrol(device, a_code(site))
    cookie = device.get_cookie("kiosk")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Strict"


def test_a_wrong_code_says_what_to_do(site: Site, device: FlaskClient) -> None:
    assert "请经办人换发一个新的" in enrol(device, new_code(), 422)
    assert "请对照再输一次" in enrol(device, "ABCD", 422)


@pytest.mark.parametrize("act", ["revoke", "renew"])
def test_after_the_next_person_a_device_that_was_locked_out_is_no_terminal(
    site: Site, device: FlaskClient, act: str
) -> None:
    enrol(device, a_code(site))
    device.get("/kiosk")
    change(site, act)
    assert 'data-start-url="/kiosk"' in device.get("/vote").text  # whoever stands there ends in peace
    assert "这台设备还不是公用终端" in device.get("/kiosk").text
    assert 'data-start-url="/vote"' in device.get("/vote").text


def test_a_scanner_may_type_the_whole_address_of_a_slip(site: Site, device: FlaskClient) -> None:
    code = new_code()
    fields = {"csrf_token": form_token(device, "/vote"), "code": f"https://diancai.example.gov.cn/vote#{code}"}
    assert "没有这个投票码" in device.post("/vote", data=fields).text
