"""Every endpoint, for every role and for nobody, in every state of the thing: the answer is what the table says.

A role that the table does not name at all is asked in a few states only; a role that it names, in all of them.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from diancai.platform.core.actor import Role
from diancai.platform.core.permissions import PERMISSIONS
from diancai.platform.web.forms import Form
from tests.platform.web.conftest import SampleSite
from tests.platform.web.contents import content_hash
from tests.sample_addresses import NO_PLACE, NOWHERE, Address, Place, addresses, path_of, rules_of

NOBODY_AND_ROLES = (None, *Role)
FEW_STATES = ("", "voting", "approved", "pending")
PUBLISHED = ("published", "final")
RESULTS = (
    "results.show",
    "results.show_version",
    "results.export_bundle",
    "results.export_pabulib",
    "results.export_xlsx",
)
SHOWN_TO_WHOEVER_REHEARSES = ("board.look_up", "board.trackers", "publishing.picture")
HAS_PUBLIC_BALLOTS = "final"
"""The only round of the sample with a hundred ballots."""
SENDS_ELSEWHERE = ("publishing.set_display",)
STEPS_OF_SIGNING_IN = ("accounts.second_factor", "accounts.enrolment", "accounts.new_password")
NOT_THERE = {("results.count_desk", "void"), ("results.what_if_desk", "void")}
"""A round that was made void before it was counted has no count and nothing to compare, whoever asks."""
OF_NO_STREET = {"admin.retry_job"}
"""A job belongs to the installation; the administrators of all streets look after it."""


def answer_to_get(address: Address, role: Role | None) -> int:
    """What the table of permissions, and what is public when, make of a GET."""
    if address.action == "anyone":
        return _public_answer(address, role)
    refused = refusal(address, role)
    if refused is not None:
        return 303 if role is None else refused
    return 404 if (address.endpoint, address.place.state) in NOT_THERE else 200


def refusal(address: Address, role: Role | None) -> int | None:
    """The status with which the office's own people, and nobody, are refused; None for who may."""
    if address.action == "anyone" or (address.action == "signed_in" and role):
        return None
    if role is None or role not in PERMISSIONS[address.action].roles:
        return 403
    states = PERMISSIONS[address.action].states
    return 409 if states and address.place.state not in states else None


def _public_answer(address: Address, role: Role | None) -> int:
    if address.endpoint == "voting.unknown":
        return 422
    if address.endpoint in SENDS_ELSEWHERE + STEPS_OF_SIGNING_IN or (address.endpoint == "accounts.sign_in" and role):
        return 303
    if address.endpoint == "publishing.picture" and role:
        return 200
    if address.place.name == "rehearsal":
        return 200 if address.endpoint in SHOWN_TO_WHOEVER_REHEARSES else 404
    if address.endpoint == "results.what_if":
        return 200 if address.place.name == HAS_PUBLIC_BALLOTS else 404
    if address.endpoint in RESULTS:
        return 200 if address.place.state in PUBLISHED else 404
    return 404 if address.place.state == "draft" else 200


def is_worth_asking(address: Address, role: Role | None) -> bool:
    if address.action == "anyone":
        return role in (None, Role.OFFICER)
    row = PERMISSIONS.get(address.action)
    return row is None or role in row.roles or address.place.state in FEW_STATES


def post(sample: SampleSite, role: Role | None, path: str, fields: dict[str, str] | None = None) -> TestResponse:
    return sample.browser(role).post(path, data={"csrf_token": sample.token(role)} | (fields or {}))


def test_every_page_answers_each_role_in_each_state_as_the_table_says(sample: SampleSite) -> None:
    wrong = []
    for address in sample.addresses("GET"):
        for role in NOBODY_AND_ROLES:
            if is_worth_asking(address, role):
                answer = sample.browser(role).get(address.path)
                if answer.status_code != answer_to_get(address, role):
                    wrong.append(f"{address} as {role}: {answer.status_code}, not {answer_to_get(address, role)}")
    assert wrong == []


def test_a_passer_by_is_sent_to_the_sign_in_and_back(sample: SampleSite) -> None:
    answer = sample.browser(None).get("/staff/rounds?words=a")
    assert (answer.status_code, answer.location) == (303, "/staff/sign-in?next=/staff/rounds?words%3Da")


def test_what_a_role_or_a_state_forbids_changes_nothing(sample: SampleSite) -> None:
    """SQLite counts what other connections have stored, so that each endpoint is watched by itself."""
    wrong, before = [], content_hash(sample.site.engine)
    watching = sqlite3.connect(str(sample.site.engine.url.database))
    for address in sample.addresses("POST"):
        (stored,) = watching.execute("PRAGMA data_version").fetchone()
        for role in NOBODY_AND_ROLES:
            wanted = refusal(address, role)
            if wanted is None or not is_worth_asking(address, role):
                continue
            answer = post(sample, role, address.path)
            if answer.status_code != wanted:
                wrong.append(f"{address} as {role}: {answer.status_code}, not {wanted}")
        if watching.execute("PRAGMA data_version").fetchone() != (stored,):
            wrong.append(f"{address} stored something")
    watching.close()
    assert wrong == []
    assert content_hash(sample.site.engine) == before


def test_passers_by_who_send_an_empty_form_change_nothing(sample: SampleSite) -> None:
    before, statuses = content_hash(sample.site.engine), {}
    for address in sample.addresses("POST"):
        if address.action == "anyone":
            statuses[str(address)] = post(sample, None, address.path).status_code
    assert {name: status for name, status in statuses.items() if status not in (200, 303, 404, 409, 422)} == {}
    assert content_hash(sample.site.engine) == before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_in_another_street_does_not_exist(sample: SampleSite, method: str) -> None:
    """The very page that a number gets which nothing has. Passers-by are sent to the sign-in for both alike."""
    wrong, before = [], content_hash(sample.site.engine)
    for address in _elsewhere(sample, method):
        for role in _who_could(address):
            theirs, none = (
                _ask(sample, method, address, role, path) for path in (address.path, _nowhere(sample, address))
            )
            wanted = 404 if role or address.action == "anyone" else (303 if method == "GET" else 403)
            if (theirs.status_code, none.status_code) != (wanted, wanted) or _plain(theirs) != _plain(none):
                wrong.append(f"{method} {address} as {role}: {theirs.status_code} and {none.status_code}")
    assert wrong == []
    assert content_hash(sample.site.engine) == before


MOST_ROLES = 3


def _elsewhere(sample: SampleSite, method: str) -> Iterator[Address]:
    """What street B keeps to itself: all things of its office, and its drafts on public pages."""
    for address in sample.addresses(method, street=1):
        is_kept = address.action != "anyone" or address.place.state == "draft"
        is_asked = address.place.state in (*FEW_STATES, "draft", "final") and address.place is not NO_PLACE
        if is_kept and is_asked and address.endpoint not in OF_NO_STREET:
            yield address


def _who_could(address: Address) -> list[Role | None]:
    """Those of street A who could do it at home, and nobody."""
    if address.action == "anyone":
        return [None, Role.OFFICER, Role.ADMINISTRATOR]
    return [None, *sorted(PERMISSIONS[address.action].roles)[:MOST_ROLES]]


def _ask(sample: SampleSite, method: str, address: Address, role: Role | None, path: str) -> TestResponse:
    return sample.browser(role).get(path) if method == "GET" else post(sample, role, path)


def _nowhere(sample: SampleSite, address: Address) -> str:
    """The same address with numbers that nothing has; the format of a paper names no thing."""
    app = sample.site.app
    rule = next(app.url_map.iter_rules(address.endpoint))
    values = {name: NOWHERE if isinstance(value, int) else "0" * 12 for name, value in address.place.values.items()}
    kept = {name: value for name, value in address.place.values.items() if name == "paper_format"}
    return path_of(app, rule, values | kept)


def _plain(answer: TestResponse) -> str:
    """The page without what is new on each: token, nonce, reference; and without its own address."""
    text = answer.get_data(as_text=True).replace(answer.request.path, "")
    text = re.sub(r'(nonce|value|content)="[^"]*"', "", text)
    text = re.sub(r'next=[^"<\s]*', "", text)
    return re.sub(r"(<span class=\"code\">)[0-9a-f]{8}", r"\1", text)


SAME_NUMBERS_EVERYWHERE = {
    "item_number",
    "version",
    "community_id",
    "scrutineer_id",
    "kind_code",
    "archive_version",
    "paper_format",
}
"""The first item is number 1 in every round, as is a first record file; a community and a person belong to the street, a kind and a format to the product."""


def test_a_thing_of_another_round_is_not_found_under_ones_own(sample: SampleSite) -> None:
    mine = {place.name: place for place in sample.places[0]}
    theirs = {place.name: place for place in sample.places[1]}
    wrong = []
    for method in ("GET", "POST"):
        for rule in rules_of(sample.site.app, method):
            for name in rule.arguments - {"round_id", "notice_id", "person_id"} - SAME_NUMBERS_EVERYWHERE:
                for place in mine.values():
                    other = theirs.get(place.name)
                    if (
                        len(rule.arguments) < 2
                        or not other
                        or not rule.arguments <= place.values.keys() & other.values.keys()
                    ):
                        continue
                    path = path_of(sample.site.app, rule, place.values | {name: other.values[name]})
                    address = Address(rule.endpoint, "", Place(place.name, place.state, {}), path)
                    answer = _ask(sample, method, address, Role.ADMINISTRATOR, path)
                    if answer.status_code != 404:
                        wrong.append(f"{method} {address} {name}: {answer.status_code}")
    assert wrong == []


def field_names() -> set[str]:
    """Every name that a form of the platform knows."""
    kinds, names = list(Form.__subclasses__()), {"choices", "numbers", "content_sha256", "minute_number", "signature"}
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        names |= {name for name in vars(kind) if not name.startswith("_")}
    return names - {"csrf_token", "Meta"}


NONSENSE = ("", "-1", "9" * 30, "１８", "data:image/png;base64,１８", "\x00", "'\"><b>&#", "2026-02-30", "on")


@pytest.fixture
def rewind(sample: SampleSite) -> Iterator[Callable[[], None]]:
    """Puts the sample back as it was, and everybody's browser too."""
    copy, live = sqlite3.connect(":memory:"), sqlite3.connect(str(sample.site.engine.url.database))
    live.backup(copy)
    cookies = {role: sample.browser(role).get_cookie("session") for role in Role}

    def put_back() -> None:
        copy.backup(live)
        for role, cookie in cookies.items():
            assert cookie is not None
            sample.browser(role).set_cookie("session", cookie.value)

    yield put_back
    put_back()
    live.close()
    copy.close()


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_a_form_is_refused_or_taken_but_never_a_fault(
    sample: SampleSite, rewind: Callable[[], None], nonsense: str
) -> None:
    """With `testing` on, an exception that nothing answers would end this test."""
    fields = dict.fromkeys(field_names(), nonsense)
    for address in _one_a_state(sample):
        role = next(role for role in Role if refusal(address, role) is None)
        answer = post(sample, role, address.path, fields)
        assert answer.status_code < 500, (address, nonsense)
        rewind()


def _one_a_state(sample: SampleSite) -> Iterator[Address]:
    """Forms that somebody in office may send: the first and the last place that fits."""
    by_endpoint: dict[str, list[Address]] = {}
    for address in sample.addresses("POST"):
        if address.action != "anyone" and any(refusal(address, role) is None for role in Role):
            by_endpoint.setdefault(address.endpoint, []).append(address)
    for fitting in by_endpoint.values():
        yield from fitting[:: max(len(fitting) - 1, 1)]


def test_an_endpoint_without_a_sample_is_named(sample: SampleSite) -> None:
    bare = [Place(place.name, place.state, _without(place, "station_id")) for place in sample.places[0]]
    with pytest.raises(AssertionError, match=r"\w+\.\w+ .*asks for .*station_id.*Add what it needs"):
        addresses(sample.site.app, "GET", bare)


def _without(place: Place, name: str) -> dict[str, object]:
    return {key: value for key, value in place.values.items() if key != name}


def test_a_browser_of_each_role_is_signed_in(sample: SampleSite) -> None:
    def status(client: FlaskClient) -> int:
        return client.get("/staff/").status_code

    assert {status(sample.browser(role)) for role in Role} == {200}
