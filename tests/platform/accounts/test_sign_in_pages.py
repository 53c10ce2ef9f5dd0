"""Signing in over HTTP: the steps, the cookie, the ways back, and what a wrong password shows."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from diancai.platform.accounts.models import SignInSession, Staff
from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from tests.factories import AT, a_street
from tests.offices import PASSWORD, a_browser, an_account, form_token
from tests.sites import Clock, Site, an_app

HIDDEN = re.compile(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"')


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    with an_app(database_url, engine, keys, Clock(AT)) as running:
        yield running


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.app.test_client()


def a_person(site: Site, *roles: Role, must_change: bool = False) -> int:
    with site.transaction() as session:
        person = an_account(session, a_street(session).id, *roles or (Role.OFFICER,))
        person.must_change_password = must_change
        return person.id


def send(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    hidden = dict(HIDDEN.findall(client.get(address).get_data(as_text=True)))
    known = {name: unescape(value) for name, value in hidden.items() if name in ("csrf_token", "next", "sealed_secret")}
    return client.post(address.partition("?")[0], data=known | fields)


def sign_in(client: FlaskClient, password: str = PASSWORD, *, address: str = "/staff/sign-in") -> TestResponse:
    return send(client, address, sign_in_name="li.ming", password=password)


def test_an_officer_signs_in_with_name_and_password(site: Site, client: FlaskClient) -> None:
    a_person(site)
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/staff/")
    assert "李明" in client.get("/staff/account").get_data(as_text=True)


def test_a_page_of_the_office_sends_to_sign_in_and_back(site: Site, client: FlaskClient) -> None:
    a_person(site)
    asked = client.get("/staff/account?x=1")
    assert asked.status_code == 303
    assert sign_in(client, address=asked.location).location == "/staff/account?x=1"


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", ""]
)
def test_no_other_site_is_a_way_back(site: Site, client: FlaskClient, target: str) -> None:
    a_person(site)
    assert sign_in(client, address=f"/staff/sign-in?next={target}").location == "/staff/"


def test_a_wrong_password_says_nothing_about_the_account(site: Site, client: FlaskClient) -> None:
    a_person(site)
    wrong = sign_in(client, "tiger lantern soup 8")
    unknown = send(client, "/staff/sign-in", sign_in_name="nobody", password=PASSWORD)
    for answer in (wrong, unknown):
        assert answer.status_code == 422
        assert "用户名或密码不对" in answer.get_data(as_text=True)
        assert PASSWORD not in answer.get_data(as_text=True)


def test_failures_are_counted_and_make_wait_also_with_the_right_password(site: Site, client: FlaskClient) -> None:
    a_person(site)
    for _ in range(5):
        sign_in(client, "tiger lantern soup 8")
    assert "请过 2 分钟再试" in sign_in(client).get_data(as_text=True)
    site.clock.forward(minutes=2)
    assert sign_in(client).status_code == 303


def test_a_new_token_at_sign_in_and_the_old_cookie_is_worth_nothing(site: Site, client: FlaskClient) -> None:
    person_id = a_person(site)
    with client.session_transaction() as cookie:
        cookie["sign_in"] = "planted"
        cookie["large_type"] = True
        cookie["something"] = "else"
    sign_in(client)
    with client.session_transaction() as cookie:
        assert cookie["sign_in"] != "planted"
        assert cookie["large_type"]
        assert "something" not in cookie
        token = cookie["sign_in"]
    with site.transaction() as session:
        (row,) = session.scalars(select(SignInSession).where(SignInSession.staff_id == person_id))
        assert token.encode() not in row.token_hash


def test_signing_out_ends_the_session_on_the_server_too(site: Site, client: FlaskClient) -> None:
    a_person(site)
    sign_in(client)
    with client.session_transaction() as cookie:
        token = cookie["sign_in"]
    client.post("/staff/sign-out", data={"csrf_token": form_token(client, "/staff/account")})
    with client.session_transaction() as cookie:
        cookie["sign_in"] = token
    assert client.get("/staff/account").status_code == 303


def test_a_session_ends_when_idle_and_lives_while_used(site: Site, client: FlaskClient) -> None:
    a_person(site)
    sign_in(client)
    for _ in range(3):
        site.clock.forward(minutes=20)
        assert client.get("/staff/account").status_code == 200
    site.clock.forward(minutes=31)
    assert client.get("/staff/account").status_code == 303


def test_being_seen_is_stored_once_a_minute(site: Site) -> None:
    person_id = a_person(site)
    client = a_browser(site, person_id)

    def seen() -> object:
        with site.transaction() as session:
            return session.scalar(select(SignInSession.seen_at).where(SignInSession.staff_id == person_id))

    site.clock.forward(seconds=59)
    client.get("/staff/account")
    assert seen() == AT
    site.clock.forward(seconds=1)
    client.get("/staff/account")
    assert seen() == AT + timedelta(minutes=1)


def test_an_administrator_enrols_a_phone_at_the_first_sign_in_and_shows_it_ever_after(
    site: Site, client: FlaskClient
) -> None:
    a_person(site, Role.ADMINISTRATOR)
    assert sign_in(client).location.startswith("/staff/sign-in/enrol")
    assert client.get("/staff/account").status_code == 303
    shown = client.get("/staff/sign-in/enrol").get_data(as_text=True)
    fields = {name: unescape(value) for name, value in HIDDEN.findall(shown)}
    secret = re.search(r"密钥：([A-Z2-7]+)", shown)
    assert secret is not None
    assert "<svg" in shown
    fields["code"] = pyotp.TOTP(secret[1]).at(int(AT.timestamp()))
    assert client.post("/staff/sign-in/enrol", data=fields).location == "/staff/"
    assert client.get("/staff/account").status_code == 200

    other = site.app.test_client()
    assert sign_in(other).location.startswith("/staff/sign-in/code")
    assert send(other, "/staff/sign-in/code", code="000000").status_code == 422
    site.clock.forward(seconds=60)
    code = pyotp.TOTP(secret[1]).at(int(site.clock().timestamp()))
    assert send(other, "/staff/sign-in/code", code=code).location == "/staff/"
    assert other.get("/staff/account").status_code == 200


def test_a_secret_shown_to_another_person_enrols_nothing(site: Site, client: FlaskClient) -> None:
    a_person(site, Role.ADMINISTRATOR)
    sign_in(client)
    answer = send(client, "/staff/sign-in/enrol", sealed_secret="bm90IHNlYWxlZA==", code="123456")
    assert answer.status_code == 200
    with site.transaction() as session:
        assert session.scalar(select(Staff.totp_secret)) is None


def test_a_first_password_is_changed_before_anything_else(site: Site, client: FlaskClient) -> None:
    a_person(site, must_change=True)
    assert sign_in(client).location.startswith("/staff/sign-in/password")
    assert client.get("/staff/account").status_code == 303
    fields = {"old_password": PASSWORD, "password": "a completely new 7", "again": "a completely new 7"}
    different = send(client, "/staff/sign-in/password", **(fields | {"again": "something else 88"}))
    assert "两次输入的新密码不一样" in different.get_data(as_text=True)
    assert send(client, "/staff/sign-in/password", **fields).location == "/staff/"
    assert client.get("/staff/account").status_code == 200


def test_signing_out_everywhere_ends_other_browsers(site: Site) -> None:
    person_id = a_person(site)
    here, there = a_browser(site, person_id), a_browser(site, person_id)
    token = form_token(here, "/staff/account")
    here.post("/staff/account/sign-out-everywhere", data={"csrf_token": token})
    assert there.get("/staff/account").status_code == 303


def test_a_form_without_its_token_is_refused(site: Site, client: FlaskClient) -> None:
    a_person(site)
    assert client.post("/staff/sign-in", data={"sign_in_name": "li.ming", "password": PASSWORD}).status_code == 400
