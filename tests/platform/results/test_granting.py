"""The approval came with another amount: the same ballots, the same draw, another fund (vote.md 4)."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from diancai import verify
from diancai.budget import Completion, Method, Utility
from diancai.errors import LimitReached, NotAllowed, WrongState
from diancai.platform.core.actor import Actor, Grant, Role
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import run_due_jobs
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import approve_fund
from diancai.platform.funds.queries import balance_of, draws_on
from diancai.platform.results import operations
from diancai.platform.results.jobs import finish_when_over
from diancai.platform.results.models import Result
from diancai.platform.results.operations.granting import request_grant
from diancai.platform.results.queries import (
    changes_between,
    latest_result,
    outcomes_of,
    published_results,
    results_of,
)
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations import make_rounds_effective
from diancai.platform.rounds.queries import addenda_of, pending_sign_off, rule_book_row
from diancai.platform.rounds.states import Publication, RoundState
from diancai.voting import BallotType
from tests.platform.results.stage import CLOSED_AT, Stage, a_stage, certify, count, draw, publish
from tests.threads import behind_a_lock

BALLOTS = ["1,2"] * 5 + ["2,3"] * 4 + ["4"] * 2 + ["1,5"]
ANNOUNCED, LESS, MORE = 30_000_000, 20_000_000, 40_000_000
REASON = "批准金额由 300,000.00 元改为 200,000.00 元"


def a_provisional_stage(session: Session, texts: list[str] = BALLOTS, **columns: object) -> Stage:
    return a_stage(session, texts, is_approved=False, **columns)


def fund_of(session: Session, stage: Stage) -> Fund:
    return session.get_one(Fund, stage.round_.fund_id)


def approve(session: Session, stage: Stage, amount_fen: int | None = None) -> None:
    approve_fund(
        session,
        fund_of(session, stage),
        reference="区人大〔2026〕9号",
        approved_on=CLOSED_AT.date(),
        amount_fen=amount_fen,
        below_floor_reason="区人大核减",
        by=stage.leader,
        at=CLOSED_AT,
    )


def grant(session: Session, stage: Stage, granted_fen: int = LESS) -> None:
    """One asks, another confirms."""
    request = request_grant(session, stage.round_, granted_fen, reason=REASON, by=stage.officer, at=CLOSED_AT)
    confirm_request(session, request, by=stage.leader, at=CLOSED_AT)


def winners(session: Session, stage: Stage, result: Result) -> list[str]:
    return [outcome.number for outcome in outcomes_of(session, stage.round_, result) if outcome.is_selected]


def bring_to(session: Session, stage: Stage, state: RoundState) -> None:
    """From CLOSED, as the office does it."""
    if state is RoundState.CLOSED:
        return
    result = count(session, stage)
    if state is RoundState.CERTIFIED:
        certify(session, stage, result)
        operations.submit_result(session, stage.round_, result, by=stage.officer, at=CLOSED_AT)
    if state is RoundState.PUBLISHED:
        publish(session, stage, result)


def test_a_provisional_result_is_published_and_marked_so(session: Session) -> None:
    stage = a_provisional_stage(session)
    notice = publish(session, stage, count(session, stage))
    assert (stage.round_.state, stage.round_.is_provisional) == (RoundState.PUBLISHED, True)
    assert "拟安排，以区人大批准为准" in json.loads(notice.facts)["paragraphs"][0]


def test_a_provisional_result_is_not_final_before_the_approval_and_then_at_once(session: Session) -> None:
    stage = a_provisional_stage(session)
    notice = publish(session, stage, count(session, stage))
    with pytest.raises(WrongState, match=r"result\.fund_not_approved"):
        operations.finish_round(session, stage.round_, by=stage.officer, at=notice.ends_at)
    finish_when_over(session, stage.round_.id, at=notice.ends_at)
    assert stage.round_.state is RoundState.PUBLISHED
    later = notice.ends_at + timedelta(hours=1)
    approve(session, stage)
    make_rounds_effective(session, fund_of(session, stage).id, by=stage.leader, at=later)
    session.commit()
    run_due_jobs(session.get_bind(), at=later, keys=session.info["keys"])  # type: ignore[arg-type]
    session.refresh(stage.round_)
    assert stage.round_.state is RoundState.FINAL
    assert balance_of(session, fund_of(session, stage)) == fund_of(session, stage).amount_fen - ANNOUNCED


@pytest.mark.parametrize("state", [RoundState.COUNTED, RoundState.CERTIFIED, RoundState.PUBLISHED])
@pytest.mark.parametrize(("granted_fen", "wins"), [(LESS, ["2", "1"]), (MORE, ["2", "1", "3", "4"])])
def test_what_was_counted_is_counted_anew(
    session: Session, state: RoundState, granted_fen: int, wins: list[str]
) -> None:
    stage = a_provisional_stage(session)
    bring_to(session, stage, state)
    (first,) = results_of(session, stage.round_)
    approve(session, stage, MORE)
    grant(session, stage, granted_fen)
    assert stage.round_.state is RoundState.COUNTED
    first, second = results_of(session, stage.round_)
    assert (second.version, second.reason, second.fund_fen) == (2, REASON, granted_fen)
    assert (first.fund_fen, winners(session, stage, first)) == (ANNOUNCED, ["2", "1", "3"])
    assert winners(session, stage, second) == wins
    old, new = json.loads(first.bundle), json.loads(second.bundle)
    for part in ("rule_book", "closing", "draw", "ballots", "trackers", "totals"):
        assert old[part] == new[part]
    assert pending_sign_off(session, stage.round_, "result:1") is None
    fund = fund_of(session, stage)
    assert [line.bound_fen for line in draws_on(session, fund.id)] == [granted_fen]
    assert balance_of(session, fund) == MORE - granted_fen


def test_both_versions_stay_readable_and_say_what_changed(session: Session) -> None:
    stage = a_provisional_stage(session)
    publish(session, stage, count(session, stage))
    approve(session, stage, LESS)
    grant(session, stage)
    second = latest_result(session, stage.round_)
    assert second is not None
    notice = publish(session, stage, second)
    first, second = published_results(session, stage.round_)
    changes = changes_between(*(outcomes_of(session, stage.round_, result) for result in (first, second)))
    assert [(change.number, change.is_selected_now) for change in changes] == [("3", False)]
    said = "".join(json.loads(notice.facts)["paragraphs"])
    assert REASON in said
    assert "以前公布的各版仍可查阅" in said
    assert "拟安排" not in json.loads(notice.facts)["paragraphs"][0]
    operations.finish_round(session, stage.round_, by=stage.leader, at=notice.ends_at)
    assert balance_of(session, fund_of(session, stage)) == 0


def test_a_version_that_was_never_published_is_named_so_in_the_notice(session: Session) -> None:
    stage = a_provisional_stage(session)
    bring_to(session, stage, RoundState.CERTIFIED)
    approve(session, stage, LESS)
    grant(session, stage)
    second = latest_result(session, stage.round_)
    assert second is not None
    said = "".join(json.loads(publish(session, stage, second).facts)["paragraphs"])
    assert [result.version for result in published_results(session, stage.round_)] == [2]
    assert "以前各版没有公布" in said


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"ballot_type": BallotType.KNAPSACK, "max_marks": 6},
        {
            "method": Method.EQUAL_SHARES,
            "utility": Utility.COST,
            "completion": Completion.GREEDY,
            "publication": Publication.BALLOTS,
        },
    ],
)
@pytest.mark.parametrize("granted_fen", [LESS, MORE])
def test_strangers_verify_the_recount_and_are_told_of_the_fund(
    session: Session,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    columns: dict[str, object],
    granted_fen: int,
) -> None:
    """A knapsack ballot was checked against the announced fund: three items of 10万 fit 30万 and stay valid."""
    ballots = [*BALLOTS * 10, *(["1,2,6"] * 3)]
    stage = a_provisional_stage(session, ballots, costs={"1": 7_500_000, "4": 12_345_678}, **columns)
    count(session, stage)
    approve(session, stage, MORE)
    grant(session, stage, granted_fen)
    second = latest_result(session, stage.round_)
    assert second is not None
    assert second.ballot_count == len(ballots)
    path = tmp_path / "bundle.json"
    path.write_bytes(second.bundle.encode())
    assert verify.main([str(path), "--expect", second.bundle_sha256]) == 0
    assert "the fund differs from the rule book" in capsys.readouterr().out
    assert json.loads(second.bundle)["rule_book"]["fund_fen"] == ANNOUNCED


def test_an_amount_known_before_the_count_is_counted_and_said(session: Session, tmp_path: Path) -> None:
    stage = a_provisional_stage(session)
    book = rule_book_row(session, stage.round_)
    assert book is not None
    before = book.sha256
    approve(session, stage, LESS)
    grant(session, stage)
    assert stage.round_.state is RoundState.CLOSED
    result = count(session, stage)
    assert (result.version, result.reason, result.fund_fen) == (1, "", LESS)
    said = "".join(json.loads(publish(session, stage, result).facts)["paragraphs"])
    assert "公告时资金为 300,000.00 元，区人大批准后核定为 200,000.00 元" in said
    session.refresh(book)
    assert (book.sha256, [row.reason for row in addenda_of(session, stage.round_)]) == (before, [REASON])


def test_the_amount_as_announced_needs_no_recount(session: Session) -> None:
    """Less was approved for the fund, and the round gets all that it was announced with."""
    stage = a_provisional_stage(session)
    publish(session, stage, count(session, stage))
    approve(session, stage, MORE)
    grant(session, stage, ANNOUNCED)
    assert (stage.round_.state, stage.round_.is_provisional) == (RoundState.PUBLISHED, False)
    assert len(results_of(session, stage.round_)) == 1
    assert addenda_of(session, stage.round_) == []


def test_the_one_who_asks_does_not_confirm_nor_does_another_officer(session: Session) -> None:
    stage = a_provisional_stage(session)
    approve(session, stage, LESS)
    request = request_grant(session, stage.round_, LESS, reason=REASON, by=stage.officer, at=CLOSED_AT)
    both = Actor(stage.officer.staff_id, "王敏", frozenset({Grant(Role.LEADER, stage.street.id)}))
    with pytest.raises(NotAllowed, match=r"confirmation\.same_person"):
        confirm_request(session, request, by=both, at=CLOSED_AT)
    with pytest.raises(NotAllowed, match=r"confirmation\.role_does_not_fit"):
        confirm_request(session, request, by=stage.reviewer, at=CLOSED_AT)


def test_two_requests_grant_once(session: Session) -> None:
    stage = a_provisional_stage(session)
    count(session, stage)
    approve(session, stage, MORE)
    requests = [
        request_grant(session, stage.round_, amount, reason=REASON, by=stage.officer, at=CLOSED_AT)
        for amount in (LESS, MORE)
    ]
    confirm_request(session, requests[0], by=stage.leader, at=CLOSED_AT)
    with pytest.raises(WrongState, match=r"round\.not_provisional"):
        confirm_request(session, requests[1], by=stage.leader, at=CLOSED_AT)
    assert [result.fund_fen for result in results_of(session, stage.round_)] == [ANNOUNCED, LESS]


def test_no_more_is_asked_for_than_the_fund_has(session: Session) -> None:
    stage = a_provisional_stage(session)
    with pytest.raises(WrongState, match=r"fund\.not_approved"):
        request_grant(session, stage.round_, LESS, reason=REASON, by=stage.officer, at=CLOSED_AT)
    approve(session, stage, LESS)
    with pytest.raises(LimitReached, match=r"round\.grant_over_fund"):
        request_grant(session, stage.round_, LESS + 1, reason=REASON, by=stage.officer, at=CLOSED_AT)


def test_a_void_round_gets_nothing(session: Session) -> None:
    stage = a_provisional_stage(session)
    approve(session, stage, LESS)
    request = request_grant(session, stage.round_, LESS, reason=REASON, by=stage.officer, at=CLOSED_AT)
    stage.round_.void_reason, stage.round_.is_provisional, stage.round_.state = "撤回", False, RoundState.VOID
    session.flush()
    with pytest.raises(WrongState, match=r"round\.not_provisional"):
        confirm_request(session, request, by=stage.leader, at=CLOSED_AT)
    assert balance_of(session, fund_of(session, stage)) == LESS


def test_the_database_takes_no_result_of_another_fund(session: Session) -> None:
    stage = a_provisional_stage(session)
    count(session, stage)
    columns = "round_id, reason, ballot_count, spent_fen, bundle, bundle_sha256, counted_at"
    copy = (
        f"INSERT INTO result (version, fund_fen, left_fen, {columns}) SELECT 2, fund_fen + 1, left_fen + 1, {columns}"
    )
    with pytest.raises(DBAPIError, match="result_of_allotted_fund"):
        session.execute(text(f"{copy} FROM result"))


@pytest.fixture
def waiting(session: Session) -> Stage:
    """Ready for the count, its fund approved with less."""
    stage = a_provisional_stage(session)
    draw(session, stage)
    approve(session, stage, LESS)
    return stage


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_count_beside_the_grant_counts_what_was_granted(engine: Engine, session: Session, waiting: Stage) -> None:
    round_id, officer, keys = waiting.round_.id, waiting.officer, session.info["keys"]
    request = request_grant(session, waiting.round_, LESS, reason=REASON, by=officer, at=CLOSED_AT)
    session.commit()
    confirm_request(session, request, by=waiting.leader, at=CLOSED_AT)

    def count_it() -> int:
        with transaction(engine, keys=keys) as other:
            return operations.count_round(other, other.get_one(Round, round_id), by=officer, at=CLOSED_AT).fund_fen

    assert behind_a_lock(engine, session.commit, count_it) == LESS
