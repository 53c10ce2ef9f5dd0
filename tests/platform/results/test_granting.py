"""The approval came with another amount: the same ballots, the same draw, another fund (vote.md 4)."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from diancai import verify
from diancai.budget import Completion, Method, Utility
from diancai.errors import WrongState
from diancai.platform.core.jobs import run_due_jobs
from diancai.platform.funds.queries import balance_of, draws_on
from diancai.platform.results import operations
from diancai.platform.results.jobs import finish_when_over
from diancai.platform.results.queries import (
    changes_between,
    latest_result,
    outcomes_of,
    published_results,
    results_of,
)
from diancai.platform.rounds.operations import make_rounds_effective
from diancai.platform.rounds.queries import addenda_of, pending_sign_off, rule_book_row
from diancai.platform.rounds.states import Publication, RoundState
from diancai.voting import BallotType
from tests.platform.results.grants import (
    ANNOUNCED,
    BALLOTS,
    LESS,
    MORE,
    REASON,
    a_provisional_stage,
    approve,
    bring_to,
    fund_of,
    grant,
    winners,
)
from tests.platform.results.stage import count, publish


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
