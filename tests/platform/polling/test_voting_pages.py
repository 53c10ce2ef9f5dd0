"""The way to the vote over HTTP, as a browser without scripts walks it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, update
from werkzeug.test import TestResponse

from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from diancai.platform.divisions.models import Division
from diancai.platform.polling.models import BallotCode, CodeState, InboxBallot, Station
from diancai.platform.polling.operations.kiosks import KioskFacts, add_kiosk
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from diancai.voting import BallotType
from tests.factories import AT, a_round, a_staff, a_station, a_street, some_codes
from tests.sites import Clock, Site, an_app

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    with an_app(database_url, engine, keys, Clock(AT + timedelta(hours=1))) as running:
        yield running


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.app.test_client()


def codes_of_a_round(site: Site, count: int = 1, **columns: object) -> list[str]:
    with site.transaction() as session:
        return some_codes(session, a_station(session, a_round(session, a_street(session), **columns)), count)


def enrol_terminal(site: Site, client: FlaskClient) -> None:
    """The round's one station gets a public terminal, and the client is the device."""
    with site.transaction() as session:
        round_, station = session.scalars(select(Round)).one(), session.scalars(select(Station)).one()
        officer = a_staff(session, session.get_one(Division, round_.street_id), Role.OFFICER)
        _, code = add_kiosk(session, round_, KioskFacts(station.id, "一号机"), by=officer, at=site.clock())
    fields = hidden_fields(client.get("/kiosk")) | {"code": code}
    assert client.post("/kiosk/enrol", data=fields, follow_redirects=True).status_code == 200


def hidden_fields(answer: TestResponse, form: str = "") -> dict[str, str]:
    text = answer.get_data(as_text=True)
    return {name: unescape(value) for name, value in HIDDEN.findall(text[text.find(form) :] if form else text)}


def token(client: FlaskClient) -> str:
    return hidden_fields(client.get("/vote"))["csrf_token"]


def prove(client: FlaskClient, code: str) -> TestResponse:
    return client.post("/vote", data={"code": code, "csrf_token": token(client)})


def review(client: FlaskClient, code: str, **fields: object) -> TestResponse:
    return client.post("/vote/review", data={**hidden_fields(prove(client, code)), **fields})


def cast(client: FlaskClient, reviewed: TestResponse, **fields: object) -> TestResponse:
    return client.post("/vote/cast", data={**hidden_fields(reviewed, 'id="cast"'), **fields})


def box(site: Site) -> list[str]:
    with site.transaction() as session:
        return list(session.scalars(select(InboxBallot.choices)))


def test_a_ballot_goes_from_the_code_to_the_receipt_without_scripts(site: Site, client: FlaskClient) -> None:
    code = codes_of_a_round(site)[0]
    reviewed = review(client, code, choice=["4", "2"])
    assert "您还没有提交" in reviewed.text
    receipt = cast(client, reviewed)
    assert receipt.status_code == 200
    assert "您的票已经投进票箱" in receipt.text
    tracker = re.search(r'<strong class="tracker">([^<]+)', reviewed.text)
    assert tracker
    assert tracker[1] in receipt.text
    assert len(box(site)) == 1


def test_several_ticks_and_typed_numbers_count_together(site: Site, client: FlaskClient) -> None:
    code = codes_of_a_round(site)[0]
    proven = hidden_fields(prove(client, code))
    fields = [*proven.items(), ("choice", "4"), ("choice", "2"), ("numbers", "１、4")]
    from werkzeug.datastructures import MultiDict

    reviewed = client.post("/vote/review", data=MultiDict(fields))
    text = reviewed.get_data(as_text=True)
    kept = re.findall(
        r'name="choice" value="(\d+)"', text[text.find('id="cast"') : text.find("</form>", text.find('id="cast"'))]
    )
    assert kept == ["4", "2", "1"]


def test_too_many_items_are_refused_with_the_reason_and_the_choices_kept(site: Site, client: FlaskClient) -> None:
    refused = review(client, codes_of_a_round(site)[0], numbers="1 2 3 4")
    assert refused.status_code == 422
    assert "您选了 4 项，最多 3 项" in refused.text
    assert 'value="1 2 3 4"' in refused.text


def test_a_double_click_gets_the_same_receipt(site: Site, client: FlaskClient) -> None:
    reviewed = review(client, codes_of_a_round(site)[0], choice="1")
    first, second = cast(client, reviewed), cast(client, reviewed)
    assert (first.status_code, second.status_code) == (200, 200)
    assert len(box(site)) == 1


def test_going_back_and_choosing_otherwise_changes_nothing_after_the_cast(site: Site, client: FlaskClient) -> None:
    reviewed = review(client, codes_of_a_round(site)[0], choice="1")
    cast(client, reviewed)
    again = cast(client, reviewed, choice="2")
    assert "已按您第一次提交的内容计入" in again.text
    assert box(site) == ["1"]


def test_a_second_review_page_with_a_used_code_is_told_so(site: Site, client: FlaskClient) -> None:
    code = codes_of_a_round(site)[0]
    one, two = review(client, code, choice="1"), review(client, code, choice="2")
    cast(client, one)
    refused = cast(client, two)
    assert refused.status_code == 409
    assert "这个投票码已经用过了" in refused.text
    assert box(site) == ["1"]


@pytest.mark.parametrize("page", ["/vote/review", "/vote/ballot"])
def test_a_page_before_the_cast_never_says_not_yet_submitted_after_it(
    site: Site, client: FlaskClient, page: str
) -> None:
    reviewed = review(client, codes_of_a_round(site)[0], choice="1")
    cast(client, reviewed)
    again = client.post(page, data=hidden_fields(reviewed, 'id="cast"'))
    assert again.status_code == 409
    assert "这个投票码已经用过了" in again.text
    assert "您还没有提交" not in again.text


@pytest.mark.parametrize("change", [{"proof": "x"}, {"proof": ""}, {"r": ""}, {"r": "00"}])
def test_a_tampered_form_casts_nothing(site: Site, client: FlaskClient, change: dict[str, str]) -> None:
    refused = cast(client, review(client, codes_of_a_round(site)[0], choice="1"), **change)
    assert refused.status_code == 422
    assert box(site) == []


def test_a_proof_ends_after_an_hour(site: Site, client: FlaskClient) -> None:
    reviewed = review(client, codes_of_a_round(site)[0], choice="1")
    site.clock.forward(minutes=61)
    refused = cast(client, reviewed)
    assert "页面放得太久了" in refused.text
    assert box(site) == []


def test_a_form_without_its_token_is_refused(site: Site, client: FlaskClient) -> None:
    reviewed = review(client, codes_of_a_round(site)[0], choice="1")
    assert cast(client, reviewed, csrf_token="").status_code == 400
    assert box(site) == []


@pytest.mark.parametrize(
    ("state", "words"), [(CodeState.USED, "这个投票码已经用过了"), (CodeState.VOID, "这个投票码已经作废")]
)
def test_a_proved_code_is_told_its_state(site: Site, client: FlaskClient, state: CodeState, words: str) -> None:
    code = codes_of_a_round(site)[0]
    with site.transaction() as session:
        session.execute(update(BallotCode).values(state=state))
    assert words in prove(client, code).text


def test_a_typing_error_is_not_counted_and_keeps_what_was_typed(site: Site, client: FlaskClient) -> None:
    codes_of_a_round(site)
    for _ in range(12):
        answer = prove(client, "ABCD-EFGH-JKM2")
    assert answer.status_code == 422
    assert "投票码输得不对" in answer.text
    assert "ABCD-EFGH-JKM2" in answer.text


def test_ten_unknown_codes_slow_unknown_answers_and_never_a_right_code(site: Site, client: FlaskClient) -> None:
    from diancai.voting import new_code

    code = codes_of_a_round(site)[0]
    answers = [prove(client, new_code()) for _ in range(12)]
    assert "没有这个投票码" in answers[9].text
    assert 'http-equiv="refresh" content="2;' in answers[11].text
    assert 'id="ballot"' in prove(client, code).text


@pytest.mark.parametrize(
    ("state", "words"),
    [(RoundState.SUSPENDED, "活动暂时中止"), (RoundState.COLLECTING, "已经截止"), (RoundState.VOID, "原因：重新组织")],
)
def test_a_round_that_is_not_open_says_why(site: Site, client: FlaskClient, state: RoundState, words: str) -> None:
    code = codes_of_a_round(site)[0]
    with site.transaction() as session:
        session.execute(update(Round).values(state=state, void_reason="重新组织"))
    assert words in prove(client, code).text


def test_a_ranking_is_cast_in_order_of_rank(site: Site, client: FlaskClient) -> None:
    code = codes_of_a_round(site, ballot_type=BallotType.RANKING)[0]
    cast(client, review(client, code, **{"rank-5": "1", "rank-2": "2", "rank-1": ""}))
    assert box(site) == ["5,2"]


def test_two_items_on_one_rank_are_refused(site: Site, client: FlaskClient) -> None:
    code = codes_of_a_round(site, ballot_type=BallotType.RANKING)[0]
    assert "第 1 位排了两个项目" in review(client, code, **{"rank-5": "1", "rank-2": "1"}).text


def test_a_knapsack_over_the_fund_says_by_how_much(site: Site, client: FlaskClient) -> None:
    code = codes_of_a_round(site, ballot_type=BallotType.KNAPSACK, max_marks=5)[0]
    refused = review(client, code, numbers="1 2 3 4")
    assert "超出 100,000.00 元" in refused.text


def test_the_board_finds_a_tracker_only_after_a_seal(site: Site, client: FlaskClient) -> None:
    code = codes_of_a_round(site)[0]
    reviewed = review(client, code, choice="1")
    cast(client, reviewed)
    tracker = re.search(r'<strong class="tracker">([^<]+)', reviewed.text)
    assert tracker
    with site.transaction() as session:
        round_id = session.scalar(select(func.max(Round.id)))
    assert "还没有找到" in client.get(f"/rounds/{round_id}/board?tracker={tracker[1]}").text


def test_the_vote_leaves_no_choice_in_the_cookie_and_is_not_cached(site: Site, client: FlaskClient) -> None:
    reviewed = review(client, codes_of_a_round(site)[0], choice="1")
    assert reviewed.headers["Cache-Control"] == "no-store"
    assert not reviewed.headers.getlist("Set-Cookie")


def test_a_terminal_at_rest_leads_to_the_code_and_greets_the_next_person_in_chinese(
    site: Site, client: FlaskClient
) -> None:
    codes_of_a_round(site)
    enrol_terminal(site, client)
    assert '<html lang="en"' in client.get("/display?language=en&back=/vote", follow_redirects=True).text
    resting = client.get("/kiosk").text
    assert 'href="/vote" data-kiosk-begin>按这里开始' in resting
    assert '<html lang="zh-CN"' in resting


def test_no_link_of_a_terminal_leads_off_the_way(site: Site, client: FlaskClient) -> None:
    codes = codes_of_a_round(site)
    enrol_terminal(site, client)
    pages = [client.get("/kiosk").text, client.get("/vote").text, review(client, codes[0], choice="1").text]
    links = {link for text in pages for link in re.findall(r'<a [^>]*href="([^"]+)"', text)}
    assert {link.partition("?")[0] for link in links} == {"#main", "/kiosk", "/vote", "/display"}
