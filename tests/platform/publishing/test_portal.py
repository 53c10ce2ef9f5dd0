"""The way in: the street's front page, its privacy notice, type size and language."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from diancai.platform.divisions.models import PrivacyNotice
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_street
from tests.sites import Site


def test_an_installation_without_a_street_says_so(client: FlaskClient) -> None:
    assert "还没有街道开通" in client.get("/").text


def test_a_street_without_rounds_says_what_will_be_here(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        a_street(session)
    page = client.get("/").text
    assert "还没有投票活动" in page
    assert "010-60000000" in page


def test_the_only_street_is_the_front_page_and_its_open_round_has_the_one_primary_button(
    site: Site, client: FlaskClient
) -> None:
    with site.transaction() as session:
        street = a_street(session)
        a_round(session, street, title="冬季点菜")
        a_round(session, street, title="另一场", closes_at=AT + timedelta(days=9))
    page = client.get("/").text
    assert "冬季点菜" in page
    assert "9月8日周二 10:00" in page
    assert "还有6天" in page
    assert page.count("btn-primary") == 1


def test_of_several_streets_the_resident_chooses_one(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        a_street(session)
        other = a_street(session, code="110108001000", name="槐树街道")
        a_round(session, other, title="槐树街的菜单")
    assert "您住在哪个街道" in client.get("/").text
    assert "槐树街的菜单" in client.get("/streets/110108001000").text
    assert "槐树街的菜单" not in client.get("/streets/110102001000").text
    assert client.get("/streets/999999999999").status_code == 404


def test_drafts_and_discarded_drafts_are_nowhere(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        street = a_street(session)
        draft = a_round(session, street, state=RoundState.DRAFT, title="没公开的草稿")
        discarded = a_round(session, street, state=RoundState.DRAFT, title="放弃的草稿")
        discarded.state, discarded.void_reason = RoundState.VOID, "不办了"
        ids = (draft.id, discarded.id)
    page = client.get("/").text
    assert "草稿" not in page
    for round_id in ids:
        for path in ("", "/menu", "/items/1", "/how-to-vote", "/booklet", "/poster", "/rule-book.json"):
            assert client.get(f"/rounds/{round_id}{path}").status_code == 404


def test_a_round_past_its_end_takes_no_votes_even_before_the_worker_ran(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        a_round(session, a_street(session))
    site.clock.forward(days=7)
    page = client.get("/").text
    assert "投票已截止" in page
    assert "去投票" not in page


def test_type_size_and_language_stay_with_the_reader(client: FlaskClient) -> None:
    answer = client.get("/display?large=1&back=/about?x=1")
    assert (answer.status_code, answer.location) == (303, "/about?x=1")
    assert "large-type" in client.get("/about").text
    client.get("/display?language=en&large=0&back=/")
    page = client.get("/about").text
    assert 'lang="en"' in page
    assert "large-type" not in page.split("</head>")[0]


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "", "\t//evil.example"])
def test_the_way_back_never_leaves_the_site(client: FlaskClient, back: str) -> None:
    assert client.get("/display", query_string={"back": back}).location == "/"


def test_the_privacy_notice_in_force_is_shown_before_the_older_ones(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        street = a_street(session)
        for version, text in ((1, "旧的说法"), (2, "新的说法")):
            since = AT - timedelta(days=10 - version)
            session.add(PrivacyNotice(street_id=street.id, version=version, text=text, in_force_from=since))
        later = AT + timedelta(days=9)
        session.add(PrivacyNotice(street_id=street.id, version=3, text="还没施行", in_force_from=later))
    page = client.get("/streets/110102001000/privacy").text
    assert page.index("新的说法") < page.index("旧的说法")
    assert "还没施行" not in page


def test_about_and_accessibility_are_there(client: FlaskClient) -> None:
    assert "街道列菜单，群众来点菜" in client.get("/about").text
    assert "WCAG 2.2" in client.get("/accessibility").text
