import json
from pathlib import Path

import pytest
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from diancai import verify
from diancai.budget import Binding, Completion, Method, Utility
from diancai.errors import Conflict, InvalidInput, LimitReached, NotFound, WrongState
from diancai.platform.polling.models import RegisterEntry, SealedBallot
from diancai.platform.results.models import MarginKind, Result
from diancai.platform.results.operations import count_round, recount_round
from diancai.platform.results.queries import outcomes_of, results_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import Publication, RoundState
from diancai.voting import BallotType
from tests.platform.results.stage import CLOSED_AT, Stage, a_stage, count, draw

BALLOTS = ["1,2"] * 5 + ["2,3"] * 4 + ["4"] * 2 + ["1,5"]


def verified(result: Result, tmp_path: Path) -> int:
    """The exit code of the outsiders' verifier on the stored bundle."""
    path = tmp_path / "bundle.json"
    path.write_bytes(result.bundle.encode())
    return verify.main([str(path), "--expect", result.bundle_sha256])


def test_a_count_keeps_every_item_with_reason_and_margin(session: Session) -> None:
    stage = a_stage(session, BALLOTS, fund_fen=30_000_000)
    result = count(session, stage)
    assert stage.round_.state is RoundState.COUNTED
    assert (result.version, result.ballot_count, result.spent_fen, result.left_fen) == (1, 12, 30_000_000, 0)
    outcomes = {outcome.number: outcome for outcome in outcomes_of(session, stage.round_, result)}
    assert [number for number, outcome in outcomes.items() if outcome.is_selected] == ["2", "1", "3"]
    assert outcomes["2"].reason_code == "won.by_votes"
    assert outcomes["4"].reason_facts["short_fen"] == 10_000_000
    assert outcomes["6"].reason_code == "lost.no_support"
    assert all(outcome.margin_kind is not MarginKind.UNCOUNTED for outcome in outcomes.values())


@pytest.mark.parametrize("expects", [BALLOTS, BALLOTS * 20, []])
@pytest.mark.parametrize("publication", list(Publication))
def test_the_bundle_passes_the_outsiders_verifier(
    session: Session, tmp_path: Path, expects: list[str], publication: Publication
) -> None:
    stage = a_stage(session, expects, publication=publication)
    result = count(session, stage)
    assert verified(result, tmp_path) == 0
    bundle = json.loads(result.bundle)
    assert (bundle["ballots"] is not None) == (publication is Publication.BALLOTS and len(expects) >= 100)


@pytest.mark.parametrize(
    "columns",
    [
        {"method": Method.GREEDY_NO_SKIP},
        {"method": Method.TOP_K, "seat_count": 2, "binding": Binding.NONE, "fund_fen": 5_000_000},
        {"method": Method.GREEDY, "ballot_type": BallotType.RANKING},
        {"method": Method.GREEDY, "ballot_type": BallotType.KNAPSACK},
        {
            "method": Method.EQUAL_SHARES,
            "utility": Utility.COST,
            "completion": Completion.GREEDY,
            "publication": Publication.BALLOTS,
        },
    ],
)
def test_every_rule_counts_as_the_verifier_does(session: Session, tmp_path: Path, columns: dict[str, object]) -> None:
    stage = a_stage(session, BALLOTS * 10, costs={"1": 7_500_000, "4": 12_345_678}, **columns)
    assert verified(count(session, stage), tmp_path) == 0


def test_a_round_is_counted_once(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    count(session, stage)
    with pytest.raises(WrongState, match=r"results\.not_countable_now"):
        count_round(session, stage.round_, by=stage.officer, at=CLOSED_AT)
    assert len(results_of(session, stage.round_)) == 1


def test_of_two_counts_at_once_one_is_refused(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    draw(session, stage)
    session.execute(text("UPDATE round SET state = 'counted'"))
    with pytest.raises(Conflict, match=r"state\.changed_meanwhile"):
        count_round(session, stage.round_, by=stage.officer, at=CLOSED_AT)
    assert results_of(session, stage.round_) == []


def test_nothing_is_counted_without_a_draw(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    with pytest.raises(NotFound, match=r"results\.no_draw"):
        count_round(session, stage.round_, by=stage.officer, at=CLOSED_AT)


def test_nothing_is_counted_under_the_embargo(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    stage.round_.state = RoundState.COLLECTING
    with pytest.raises(WrongState):
        count_round(session, stage.round_, by=stage.officer, at=CLOSED_AT)


@pytest.mark.parametrize("tampering", ["drop", "add", "exchange"])
def test_a_box_that_differs_from_the_minute_is_refused(session: Session, tampering: str) -> None:
    stage = a_stage(session, BALLOTS)
    draw(session, stage)
    first = session.query(SealedBallot).filter_by(choices="4").first()
    assert first is not None
    key = first.tracker_key
    if tampering != "add":
        session.execute(delete(SealedBallot).where(SealedBallot.tracker_key == key))
    if tampering != "drop":
        new_key = key if tampering == "exchange" else b"\0" * 16
        session.add(SealedBallot(round_id=stage.round_.id, tracker_key=new_key, choices="5"))
    session.expire_all()
    with pytest.raises(Conflict, match=r"results\.box_differs"):
        count_round(session, stage.round_, by=stage.officer, at=CLOSED_AT)
    assert stage.round_.state is RoundState.CLOSED


def test_too_few_ballots_are_not_allocated(session: Session) -> None:
    stage = a_stage(session, BALLOTS, min_ballots=13)
    draw(session, stage)
    with pytest.raises(LimitReached, match=r"results\.too_few_ballots"):
        count_round(session, stage.round_, by=stage.officer, at=CLOSED_AT)
    assert stage.round_.state is RoundState.CLOSED


def test_turnout_counts_over_the_register(session: Session) -> None:
    stage = a_stage(session, BALLOTS, min_turnout_percent=100)
    assert count(session, stage).version == 1


def test_a_recount_needs_a_reason(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    count(session, stage)
    stage.round_.state = RoundState.PUBLISHED
    with pytest.raises(InvalidInput, match=r"results\.recount_reason_missing"):
        recount_round(session, stage.round_, reason=" ", by=stage.officer, at=CLOSED_AT)


def test_only_what_was_counted_is_counted_anew(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    draw(session, stage)
    with pytest.raises(WrongState, match=r"results\.not_countable_now"):
        recount_round(session, stage.round_, reason="重新计票", by=stage.officer, at=CLOSED_AT)


def test_a_rule_book_of_another_hash_is_refused(session: Session) -> None:
    stage: Stage = a_stage(session, BALLOTS)
    draw(session, stage)
    drop = "DROP TRIGGER rule_book_no_update" + ("" if session.get_bind().dialect.name == "sqlite" else " ON rule_book")
    session.execute(text(drop))
    session.execute(text("UPDATE rule_book SET text = replace(text, '30000000', '90000000')"))
    session.expire_all()
    with pytest.raises(Conflict, match=r"results\.rule_book_differs"):
        count_round(session, stage.round_, by=stage.officer, at=CLOSED_AT)


def test_nothing_but_the_round_is_read(session: Session) -> None:
    """The count asks neither register nor desk: after the purge a recount gives the same."""
    stage = a_stage(session, BALLOTS)
    session.execute(delete(RegisterEntry))
    assert count(session, stage).ballot_count == 12
    assert session.query(Round).count() == 1
