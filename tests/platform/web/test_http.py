"""What holds for every answer of the application, whatever it is about (vote.md 6, reference/security.md D)."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import pytest
import structlog
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from diancai.platform.web.local_address import local_address
from tests.factories import AT, a_street
from tests.platform.web.conftest import SampleSite
from tests.platform.web.contents import content_hash
from tests.sample_addresses import FILES
from tests.sites import Clock, Site, an_app

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
POLICY = (
    "default-src 'none'; script-src 'nonce-{}'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
KEPT_BY_BROWSERS = {"publishing.picture"}
"""Pictures are found by their hash: what an address shows never changes."""


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    with an_app(database_url, engine, keys, Clock(AT)) as running:
        with running.transaction() as session:
            a_street(session)
        yield running


@contextmanager
def broken(site: Site) -> Iterator[FlaskClient]:
    """An application with a bug on one of its pages, as it runs in production."""
    site.app.testing = False
    view = site.app.view_functions["publishing.about"]

    def bug() -> str:
        raise ZeroDivisionError("choice 3,5,7 of ABCD-EFGH-JKLM")

    site.app.view_functions["publishing.about"] = bug
    try:
        yield site.app.test_client()
    finally:
        site.app.view_functions["publishing.about"] = view
        site.app.testing = True


def nonce_of(answer: TestResponse) -> str:
    found = re.search(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


def test_every_answer_carries_the_security_headers(sample: SampleSite) -> None:
    """Pages, downloads, redirects to the sign-in, files, what is not there."""
    nonces = []
    for address in one_an_endpoint(sample):
        answer = sample.browser(None).get(address)
        nonces.append(nonce_of(answer))
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, address
        assert answer.headers["Content-Security-Policy"] == POLICY.format(nonces[-1]), address
        assert "Strict-Transport-Security" not in answer.headers
        scripts = re.findall(b"<script[^>]*>", answer.data)
        assert all(f'nonce="{nonces[-1]}"'.encode() in tag for tag in scripts), address
    assert len(set(nonces)) == len(nonces)


def one_an_endpoint(sample: SampleSite) -> list[str]:
    found = {address.endpoint: address.path for address in sample.addresses("GET")}
    return [*found.values(), "/static/css/site.css", "/nowhere", "/vote/cast"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/vote/cast", 405), ("POST", "/vote", 400), ("GET", "/about", 500)],
)
def test_refusals_and_faults_carry_the_headers_and_a_reference_number(
    site: Site, method: str, path: str, status: int
) -> None:
    with broken(site) as client:
        answer = client.open(path, method=method)
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert nonce_of(answer) != nonce_of(client.open(path, method=method))
        assert answer.headers["Cache-Control"] == "no-store"
        assert re.search(r'编号 <span class="code">[0-9a-f]{8}</span>', answer.text)


def test_a_fault_is_told_in_the_readers_language_and_not_in_the_programs(site: Site) -> None:
    with broken(site) as client:
        chinese = client.get("/about").text
        client.get("/display?language=en&back=/")
        english = client.get("/about").text
    for text in (chinese, english):
        assert not re.search("Traceback|ZeroDivisionError|ABCD-EFGH|3,5,7|diancai/|File ", text)
    assert "这不是您的错" in chinese or "出了差错" in chinese
    assert not re.search("[\u4e00-\u9fff]{4}", re.sub(r"<a [^>]*lang=.*?</a>", "", english.partition("<main")[2]))


def test_the_reference_number_of_a_fault_stands_in_the_log(site: Site) -> None:
    with structlog.testing.capture_logs() as lines, broken(site) as client:
        text = client.get("/about").text
    found = re.search(r'<span class="code">([0-9a-f]{8})</span>', text)
    assert found
    assert found[1] in {line.get("reference") for line in lines}
    assert "3,5,7" not in str(lines)


def test_pages_of_the_vote_and_of_the_office_are_not_stored(sample: SampleSite) -> None:
    kept = []
    for address in sample.addresses("GET"):
        answer = sample.browser(None if address.action == "anyone" else Role.OFFICER).get(address.path)
        if answer.headers["Cache-Control"] != "no-store" and address.endpoint not in KEPT_BY_BROWSERS:
            kept.append(str(address))
    assert kept == []


def test_a_picture_of_a_draft_is_kept_by_no_browser(sample: SampleSite) -> None:
    draft = next(place for place in sample.places[0] if place.state == "draft" and "sha256" in place.values)
    answer = sample.browser(Role.OFFICER).get(f"/pictures/{draft.values['sha256']}")
    assert answer.status_code == 200
    assert "public" not in answer.headers["Cache-Control"]


def test_nothing_is_sent_without_its_form_token(sample: SampleSite) -> None:
    before, answers = content_hash(sample.site.engine), {}
    for address in sample.addresses("POST"):
        for role in (None, Role.OFFICER):
            answers[f"{address} as {role}"] = sample.browser(role).post(address.path, data={"text": "x"}).status_code
    assert {name: status for name, status in answers.items() if status != 400} == {}
    assert content_hash(sample.site.engine) == before


def test_no_other_method_changes_anything(sample: SampleSite) -> None:
    rules = [rule for rule in sample.site.app.url_map.iter_rules() if rule.endpoint not in FILES]
    assert {method for rule in rules for method in rule.methods or ()} == {"GET", "HEAD", "OPTIONS", "POST"}


def test_reading_changes_nothing(sample: SampleSite) -> None:
    """Each page as the officer, the administrator and nobody; a minute has not passed since each was last seen."""
    before = content_hash(sample.site.engine)
    for address in sample.addresses("GET"):
        for role in (None, Role.OFFICER, Role.ADMINISTRATOR):
            sample.browser(role).get(address.path)
    assert content_hash(sample.site.engine) == before


LIMIT = 100_000
FORM_LIMIT = 2 * 1024 * 1024
MULTIPART = "multipart/form-data"


@pytest.mark.parametrize("path", ["/vote", "/staff/sign-in", "/objections"])
def test_too_much_is_refused_before_it_is_read(database_url: str, engine: Engine, keys: Keys, path: str) -> None:
    with an_app(database_url, engine, keys, Clock(AT), upload_limit=LIMIT) as running:
        client = running.app.test_client()
        answers = [
            client.post(path, data={"file": (io.BytesIO(b"0" * LIMIT), "a.xlsx")}),
            client.post(path, data=dict.fromkeys(map(str, range(2001)), ""), content_type=MULTIPART),
        ]
    assert [answer.status_code for answer in answers] == [413, 413]
    assert all("编号" in answer.text for answer in answers)


FIELD = b"x" * (FORM_LIMIT + 1)
FORMS = {
    "application/x-www-form-urlencoded": b"text=" + FIELD,
    f"{MULTIPART}; boundary=b": b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
    + FIELD
    + b"\r\n--b--\r\n",
}


@pytest.mark.parametrize("kind", FORMS)
def test_form_fields_have_a_limit_below_that_of_files(site: Site, kind: str) -> None:
    answer = site.app.test_client().post("/vote", data=FORMS[kind], content_type=kind)
    assert answer.status_code == 413


@pytest.mark.parametrize("host", ["evil.example", "diancai.example.evil.example", "localhost", "127.0.0.1"])
def test_another_host_name_is_refused(database_url: str, engine: Engine, keys: Keys, host: str) -> None:
    with an_app(database_url, engine, keys, Clock(AT), origin="https://diancai.example") as running:
        client = running.app.test_client()
        refused = client.get("/vote", base_url=f"https://{host}/")
        assert refused.status_code == 400
        assert host not in refused.text
        assert client.get("/vote", base_url="https://diancai.example/").status_code == 200


def test_hosts_of_the_setting_are_answered_beside_the_origins(database_url: str, engine: Engine, keys: Keys) -> None:
    options = {"origin": "https://diancai.example", "trusted_hosts": ("diancai.example", "inside.example")}
    with an_app(database_url, engine, keys, Clock(AT), **options) as running:
        statuses = [
            running.app.test_client().get("/healthz", base_url=f"https://{host}/").status_code
            for host in ("diancai.example", "inside.example", "evil.example")
        ]
    assert statuses == [200, 200, 400]


@pytest.mark.parametrize(
    ("origin", "name", "attributes"),
    [
        ("", "session", {"HttpOnly", "SameSite=Lax", "Path=/"}),
        ("https://localhost", "__Host-session", {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"}),
    ],
)
def test_cookies_are_strict_and_secure_exactly_over_https(
    database_url: str, engine: Engine, keys: Keys, origin: str, name: str, attributes: set[str]
) -> None:
    with an_app(database_url, engine, keys, Clock(AT), origin=origin) as running:
        answer = running.app.test_client().get("/vote", base_url=origin or "http://localhost")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    first, *others = cookie.split("; ")
    assert first.partition("=")[0] == name
    assert set(others) == attributes
    assert ("Strict-Transport-Security" in answer.headers) is bool(origin)


ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/%0d%0aLocation: x\r\n",
    "evil.example",
    "@evil.example",
    "/ok\\..\\evil",
    "",
)


@pytest.mark.parametrize("typed", ELSEWHERE)
def test_a_way_back_to_elsewhere_is_not_taken(typed: str) -> None:
    assert local_address(typed, "/staff/") == "/staff/"


@given(st.one_of(st.text(), st.from_regex(r"[/\\:.\t@a-z]{1,12}", fullmatch=True), st.sampled_from(ELSEWHERE)))
def test_a_way_back_stays_on_the_site_that_asked(typed: str) -> None:
    """As a browser reads it: tabs and newlines dropped, backslashes taken for slashes."""
    taken = local_address(typed, "/staff/")
    read = re.sub(r"[\t\r\n]", "", taken).strip().replace("\\", "/")
    parts = urlsplit(urljoin("https://diancai.example/staff/sign-in", read))
    assert (parts.scheme, parts.netloc) == ("https", "diancai.example")


@pytest.mark.parametrize("typed", ["//evil.example", "/\\evil.example", "https://evil.example/"])
def test_no_redirect_of_a_page_leaves_the_site(sample: SampleSite, typed: str) -> None:
    """Every page that sends on, asked with every name that a way back might have."""
    names = ("next", "back", "url", "return", "redirect", "to")
    query = dict.fromkeys(names, typed)
    for address in sample.addresses("GET"):
        answer = sample.browser(None).get(address.path, query_string=query, headers={"Referer": typed})
        location = urlsplit(urljoin("http://localhost/", answer.headers.get("Location", "/")))
        assert location.netloc in ("", "localhost"), address


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_answer_without_a_cookie_or_a_page(site: Site, path: str) -> None:
    answer = site.app.test_client().get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "<html" not in answer.text
