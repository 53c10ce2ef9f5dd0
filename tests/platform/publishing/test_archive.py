"""Past results and open data: only what was published, with paging and search."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from diancai.platform.core.actor import Role
from diancai.platform.divisions.models import Division
from diancai.platform.results.models import MarginKind, Result, ResultItem
from diancai.platform.rounds.models import Round, SignOff
from diancai.platform.rounds.states import RoundState, SignOffState
from tests.factories import AT, a_round, a_staff, a_street
from tests.sites import Site


def a_published_round(session: Session, street: Division, *, title: str, days_ago: int = 1, year: int = 2026) -> Round:
    """With one version of a result in which three of six won, signed off by three people."""
    at = AT - timedelta(days=days_ago)
    round_ = a_round(session, street, state=RoundState.FINAL, title=title, year=year, published_at=at, final_at=at)
    add_result(session, street, round_, version=1, is_signed=True)
    return round_


def add_result(session: Session, street: Division, round_: Round, *, version: int, is_signed: bool) -> None:
    result = Result(
        round_id=round_.id,
        version=version,
        ballot_count=120 + version,
        fund_fen=30_000_000,
        spent_fen=30_000_000,
        left_fen=0,
        bundle="{}",
        bundle_sha256=f"{round_.id:032x}{version:032x}",
        counted_at=AT,
    )
    session.add(result)
    session.flush()
    for number in range(1, 7):
        session.add(
            ResultItem(
                result_id=result.id,
                number=str(number),
                place=number,
                score=100 - number,
                cost_fen=10_000_000,
                is_selected=number <= 3,
                reason_code="won.by_votes",
                reason_facts="{}",
                margin_kind=MarginKind.NONE,
            )
        )
    first, second, third = (
        a_staff(session, street, role).staff_id for role in (Role.OFFICER, Role.REVIEWER, Role.LEADER)
    )
    signed = {"signed_by": third, "signed_at": AT, "minute_number": "2026-5"} if is_signed else {}
    session.add(
        SignOff(
            round_id=round_.id,
            subject=f"result:{version}",
            content_sha256="0" * 64,
            state=SignOffState.SIGNED if is_signed else SignOffState.REVIEWED,
            drafted_by=first,
            drafted_at=AT,
            reviewed_by=second,
            reviewed_at=AT,
            **signed,
        )
    )


@pytest.mark.parametrize("path", ["/results", "/open-data"])
def test_before_the_first_result_the_list_says_so(client: FlaskClient, path: str) -> None:
    assert "还没有" in client.get(path).text


def test_a_result_tells_its_answer_in_one_line(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        street = a_street(session)
        a_published_round(session, street, title="去年的点菜")
        a_round(session, street, title="正在投的")
    page = client.get("/results").text
    assert "3项入选（共6项），用款30万元，收到选票121张" in page
    assert "正在投的" not in page


def test_a_version_that_is_not_signed_off_stays_unseen(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        street = a_street(session)
        round_ = a_published_round(session, street, title="有异议的")
        add_result(session, street, round_, version=2, is_signed=False)
    for path in ("/", "/results"):
        page = client.get(path).text
        assert "选票121张" in page
        assert "选票122张" not in page


def test_results_are_found_by_title_street_and_year_and_come_in_pages(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        street = a_street(session)
        for n in range(1, 23):
            a_published_round(session, street, title=f"第{n:02}期", days_ago=n, year=2025 if n > 20 else 2026)
    first = client.get("/results").text
    assert "第01期" in first
    assert "第21期" not in first
    assert "第1–20条，共22条" in first
    second = client.get("/results?page=2").text
    assert "第22期" in second
    assert "第01期" not in second
    assert "第22期" in client.get("/results?page=999").text
    only = client.get("/results?words=第07&year=2026").text
    assert "第07期" in only
    assert "共1条" in only
    assert "共2条" in client.get("/results?year=2025").text
    assert "共22条" in client.get("/results?words=示范").text
    assert "没有符合的结果" in client.get("/results?words=槐树").text


def test_open_data_gives_files_and_the_hash_to_check_them_by(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        round_ = a_published_round(session, a_street(session), title="去年的点菜")
        sha256 = f"{round_.id:032x}{1:032x}"
    page = client.get("/open-data").text
    assert sha256 in page
    assert "diancai verify" in page
    for kind in ("核对包（JSON）", "选举数据（.pb）", "结果表格（xlsx）"):
        assert kind in page
