"""Whatever people type is text: stored through the operations in every field, it comes out as text on every page.

The sample streets are made once more, with each payload in every field that people in office or residents type.
"""

import io
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from diancai.platform.core.actor import Role
from diancai.platform.core.confirmations import ConfirmationRequest, RequestState, confirm_request
from diancai.platform.core.keys import Keys
from diancai.platform.divisions.queries import actor_of
from diancai.platform.notices.models import Objection
from diancai.voting import parse_pabulib
from tests.databases import Databases
from tests.offices import form_token
from tests.platform.polling.test_voting_pages import hidden_fields
from tests.platform.web.conftest import SampleSite, a_sample
from tests.platform.web.test_access import field_names
from tests.sample import NOW
from tests.sample_preparing import Words

MARKUP = (
    "<b id=x9>",
    '"><i id=x9>',
    "'><u id=x9>",
    "<script>x9()</script>",
    "<img src=x9 onerror=x9()>",
    '" onfocus="x9()" x9="',
    "' onclick='x9()' x9='",
    "</textarea><b id=x9>",
    "</title><b id=x9>",
    "<!-- x9 -->",
    "&lt;b id=x9&gt;&#x3c;b id=x9>",
    "javascript:x9()",
    "<svg/onload=x9()>",
)
FORMATS = (
    "{{ 'x9' * 2 }}",
    "{% print('x9' * 2) %}",
    "%(x9)s %s %d %",
    "{x9} {0} {",
    "$x9 ${x9}",
    "\\u003cb id=x9\\u003e",
    "x9\u202egnp.\u2028",
)
FORMULAS = ("=1+191", "+191", "-191", "@SUM(191)", '=HYPERLINK("http://x9")', "＝1+191", "|x9;x9,x9")
CORPUS = MARKUP + FORMATS + FORMULAS
WHO = (None, Role.OFFICER, Role.ADMINISTRATOR)


def hostile_words() -> Words:
    """A payload for each field in turn, so that every field meets many; the number keeps names apart."""
    number = count()

    def words(_plain: str) -> str:
        place = next(number)
        return f"{CORPUS[place % len(CORPUS)]}{place}"

    return words


@pytest.fixture(scope="module")
def hostile(databases: Databases, keys: Keys) -> Iterator[SampleSite]:
    with a_sample(databases, keys, words=hostile_words()) as made:
        yield made


class Page(HTMLParser):
    """What a browser would make of a page: elements and attributes that no template of ours writes."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        is_ours = tag != "script" or "nonce" in facts
        wrong = [name for name in facts if name.startswith("on") or "x9" in name or name == "style"]
        wrong += [name for name in ("href", "src", "action") if (facts.get(name) or "").startswith("javascript:")]
        if not is_ours or wrong or facts.get("id") == "x9" or facts.get("src") == "x9":
            self.strange.append(self.get_starttag_text() or tag)

    def handle_comment(self, data: str) -> None:
        if "x9" in data:
            self.strange.append(f"<!--{data}-->")


CALCULATED = "x9x9"


def problems_of(text: str) -> list[str]:
    """Elements or attributes that came from a payload, and payloads that were worked out."""
    page = Page()
    page.feed(text)
    return page.strange + ([CALCULATED] if CALCULATED in text else [])


def pages_of(sample: SampleSite, **query: str) -> Iterator[tuple[str, str]]:
    """Every page that one of these may see, once for each different answer."""
    seen = set()
    for address in sample.addresses("GET"):
        for role in WHO:
            answer = sample.browser(role).get(address.path, query_string=query)
            if answer.mimetype == "text/html" and answer.status_code != 303 and answer.text not in seen:
                seen.add(answer.text)
                yield f"{address} as {role}", answer.text


@pytest.mark.parametrize("payload", [payload for payload in MARKUP if not payload.startswith("&lt;")])
def test_the_detector_finds_what_is_not_escaped(payload: str) -> None:
    page = f"<p title=\"{payload}\"><a href='{payload}'>{payload}</a></p>"
    assert problems_of(page)
    assert problems_of(f'<p title="{escaped(payload)}">{escaped(payload)}</p>') == []


def test_no_stored_text_becomes_an_element_or_is_worked_out_on_any_page(hostile: SampleSite) -> None:
    wrong, shown = [], set()
    for name, text in pages_of(hostile):
        wrong += [f"{name}: {problem}" for problem in problems_of(text)]
        shown |= {place for place, payload in enumerate(CORPUS) if escaped(payload) in text}
    assert sorted(wrong)[:10] == []
    assert [payload for place, payload in enumerate(CORPUS) if place not in shown] == []


def escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;").replace("'", "&#39;")
    )


def test_what_is_asked_for_comes_back_as_text(hostile: SampleSite) -> None:
    payload = """"><i id=x9>' onclick='x9()' x9='{{ 'x9' * 2 }}%(x9)s%"""
    names = (
        "words",
        "text",
        "tracker",
        "role",
        "level",
        "category",
        "community",
        "page",
        "next",
        "back",
        "event",
        "day",
        "year",
    )
    wrong = [f"{name}: {problem}" for name, text in pages_of(hostile, **dict.fromkeys(names, payload))
             for problem in problems_of(text)]  # fmt: skip
    assert sorted(wrong)[:10] == []


@pytest.mark.parametrize("payload", ['"><i id=x9>', "</textarea><b id=x9>", "' onclick='x9()' x9='"])
def test_what_was_typed_comes_back_as_text(hostile: SampleSite, payload: str) -> None:
    """The forms of passers-by and of signing in, refused with what was typed in them."""
    wrong = []
    for address in hostile.addresses("POST"):
        if address.action == "anyone" and address.endpoint != "accounts.sign_out":
            fields = dict.fromkeys(field_names(), payload) | {"csrf_token": hostile.token(None)}
            answer = hostile.browser(None).post(address.path, data=fields)
            wrong += [f"{address}: {problem}" for problem in problems_of(answer.text)]
    assert wrong == []


def test_the_way_to_the_vote_shows_text_only(hostile: SampleSite) -> None:
    code, client = hostile.streets[0].codes["voting"][0], hostile.site.app.test_client()
    ballot = client.post("/vote", data={"code": code, "csrf_token": form_token(client, "/vote")})
    review = client.post("/vote/review", data=hidden_fields(ballot) | {"choice": ["1", "2"]})
    receipt = client.post("/vote/cast", data=hidden_fields(review, 'id="cast"'))
    assert [answer.status_code for answer in (ballot, review, receipt)] == [200, 200, 200]
    assert [problems_of(answer.text) for answer in (ballot, review, receipt)] == [[], [], []]
    assert escaped("<script>x9()</script>") in ballot.text


def test_slips_to_print_show_text_only(hostile: SampleSite) -> None:
    """A second person approves the order that waits; then it is printed."""
    place = next(place for place in hostile.places[0] if place.name == "announced")
    with hostile.site.transaction() as session:
        waiting = select(ConfirmationRequest).filter_by(action="codes.print_run", state=RequestState.PENDING)
        request = session.scalars(waiting.filter_by(street_id=hostile.streets[0].id)).one()
        scrutineer = actor_of(session, hostile.streets[0].people[Role.SCRUTINEER], NOW)
        confirm_request(session, request, by=scrutineer, at=NOW)
    path = f"/staff/rounds/{place.values['round_id']}/codes/{place.values['batch_id']}/print"
    answer = hostile.browser(Role.OFFICER).post(path, data={"csrf_token": hostile.token(Role.OFFICER)})
    assert answer.status_code == 200
    assert problems_of(answer.text) == []
    assert "x9" in answer.text


def test_an_objection_is_looked_up_as_text(hostile: SampleSite) -> None:
    with hostile.site.transaction() as session:
        codes = list(session.scalars(select(Objection.look_up_code)))
    for code in codes:
        fields = {"csrf_token": hostile.token(None), "code": code}
        answer = hostile.browser(None).post("/objections", data=fields)
        assert answer.status_code == 200
        assert problems_of(answer.text) == []
        assert "x9" in answer.text or "191" in answer.text


def sheets_of(sample: SampleSite) -> Iterator[tuple[str, bytes]]:
    for address in sample.addresses("GET"):
        for role in WHO:
            if address.path.endswith(".xlsx") and (answer := sample.browser(role).get(address.path)).status_code == 200:
                yield str(address), answer.data
                break


def test_no_spreadsheet_holds_a_formula_or_a_link(hostile: SampleSite) -> None:
    names, texts = set(), []
    for name, content in sheets_of(hostile):
        names.add(name.partition(" ")[0])
        for sheet in load_workbook(io.BytesIO(content)):
            cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
            assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == [], name
            texts += [str(cell.value) for cell in cells if cell.data_type == "s"]
        parts = zipfile.ZipFile(io.BytesIO(content))
        assert not any(b"<f>" in parts.read(part) or b"<f " in parts.read(part) for part in parts.namelist()), name
    assert {"admin.log_export", "results.export_xlsx", "rounds.menu_template", "register.template"} <= names
    assert any("HYPERLINK" in text for text in texts)


def test_an_exported_election_can_be_read_again(hostile: SampleSite) -> None:
    read = 0
    for address in hostile.addresses("GET"):
        if address.endpoint == "results.export_pabulib" and address.place.state in ("published", "final"):
            answer = hostile.browser(None).get(address.path)
            projects = parse_pabulib(answer.data).projects
            assert len(projects) == 6
            read += any("x9" in " ".join(project) for project in projects)
    assert read == 2
