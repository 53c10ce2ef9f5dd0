import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from diancai.budget import Binding, Method
from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.core.actor import ANYONE
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import Job
from diancai.platform.funds.models import Fund
from diancai.platform.funds.queries import balance_of
from diancai.platform.notices.models import Channel, Notice, NoticeKind, Objection, Outcome
from diancai.platform.notices.operations import object_to_notice
from diancai.platform.results import operations
from diancai.platform.results.jobs import finish_when_over
from diancai.platform.results.operations.objections import answer_in_void_round, keep_result, propose_outcome
from diancai.platform.results.queries import (
    changes_between,
    current_result,
    latest_result,
    notice_of_result,
    outcomes_of,
    published_results,
)
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.platform.results.stage import CLOSED_AT, Stage, a_stage, certify, count, publish
from tests.threads import behind_a_lock

BALLOTS = ["1,2"] * 5 + ["2,3"] * 4 + ["4"] * 2 + ["1,5"]
MINUTES = "党工委会议纪要〔2026〕12号"


def a_published_stage(session: Session, **columns: object) -> tuple[Stage, Notice]:
    stage = a_stage(session, BALLOTS, **columns)
    return stage, publish(session, stage, count(session, stage))


def an_objection(session: Session, notice: Notice) -> Objection:
    return object_to_notice(
        session, notice, text="2号项目资料有误", contact="", channel=Channel.ONLINE, by=ANYONE, at=CLOSED_AT
    )


def uphold(
    session: Session, stage: Stage, objection: Objection, outcome: Outcome, numbers: tuple[str, ...] = ()
) -> None:
    request = propose_outcome(
        session,
        stage.round_,
        objection,
        outcome=outcome,
        answer="经核查属实。",
        numbers=numbers,
        by=stage.officer,
        at=CLOSED_AT,
    )
    confirm_request(session, request, by=stage.leader, at=CLOSED_AT)


def test_a_published_result_has_its_full_notice(session: Session) -> None:
    stage, notice = a_published_stage(session)
    result = current_result(session, stage.round_)
    assert result is not None
    facts = json.loads(notice.facts)
    text = json.dumps(facts, ensure_ascii=False)
    for part in (MINUTES, result.bundle_sha256, "王敏", "010-60000000", "示范路1号", "010-60000001", "300,000.00"):
        assert part in text
    assert stage.round_.state is RoundState.PUBLISHED
    assert (notice.kind, notice.working_days) == (NoticeKind.RESULT, 5)
    assert [item["outcome"] for item in facts["items"]] == ["入选"] * 3 + ["未入选"] * 3


def test_three_persons_sign_a_result(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    certify(session, stage, result)
    operations.submit_result(session, stage.round_, result, by=stage.officer, at=CLOSED_AT)
    sha256 = result.bundle_sha256
    with pytest.raises(NotAllowed, match=r"sign_off\.same_person"):
        operations.review_result(session, stage.round_, result, content_sha256=sha256, by=stage.officer, at=CLOSED_AT)


def test_what_was_read_must_be_what_is_signed(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    certify(session, stage, result)
    operations.submit_result(session, stage.round_, result, by=stage.officer, at=CLOSED_AT)
    with pytest.raises(Conflict, match=r"sign_off\.changed"):
        operations.review_result(
            session, stage.round_, result, content_sha256="0" * 64, by=stage.reviewer, at=CLOSED_AT
        )


def test_nothing_uncertified_is_handed_on(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    with pytest.raises(WrongState, match=r"result\.not_certified"):
        operations.submit_result(session, stage.round_, result, by=stage.officer, at=CLOSED_AT)
    assert published_results(session, stage.round_) == []


def test_an_objection_that_changes_nothing_is_answered_by_one(session: Session) -> None:
    stage, notice = a_published_stage(session)
    objection = an_objection(session, notice)
    keep_result(session, stage.round_, objection, answer="经核查，结果无误。", by=stage.officer, at=CLOSED_AT)
    assert (objection.outcome, stage.round_.state) == (Outcome.UPHELD_AS_IS, RoundState.PUBLISHED)


def test_a_withdrawn_winner_is_replaced_in_a_new_version(session: Session) -> None:
    stage, notice = a_published_stage(session)
    first = current_result(session, stage.round_)
    assert first is not None
    uphold(session, stage, an_objection(session, notice), Outcome.WITHDRAW_AND_REPLACE, ("2",))
    second = latest_result(session, stage.round_)
    assert second is not None
    assert (second.version, stage.round_.state) == (2, RoundState.COUNTED)
    before, after = (outcomes_of(session, stage.round_, result) for result in (first, second))
    changes = {change.number: change.is_selected_now for change in changes_between(before, after)}
    assert changes == {"2": False, "4": True}
    assert [result.version for result in published_results(session, stage.round_)] == [1]
    assert json.loads(second.bundle)["draw"] == json.loads(first.bundle)["draw"]


def test_the_new_version_is_published_beside_the_old(session: Session) -> None:
    stage, notice = a_published_stage(session)
    uphold(session, stage, an_objection(session, notice), Outcome.RECOUNT)
    second = latest_result(session, stage.round_)
    assert second is not None
    again = publish(session, stage, second)
    assert [result.version for result in published_results(session, stage.round_)] == [1, 2]
    assert notice_of_result(session, stage.round_) is again


def test_a_new_vote_makes_the_round_void(session: Session) -> None:
    stage, notice = a_published_stage(session)
    uphold(session, stage, an_objection(session, notice), Outcome.NEW_VOTE)
    assert stage.round_.state is RoundState.VOID
    assert [result.version for result in published_results(session, stage.round_)] == [1]


def test_whoever_objected_to_a_round_that_became_void_still_gets_an_answer(session: Session) -> None:
    stage, notice = a_published_stage(session)
    first, other = an_objection(session, notice), an_objection(session, notice)
    uphold(session, stage, first, Outcome.NEW_VOTE)
    facts = {"answer": "本次投票已作废，将重新组织。", "by": stage.officer, "at": CLOSED_AT}
    with pytest.raises(InvalidInput, match=r"objection\.not_in_void"):
        answer_in_void_round(session, stage.round_, other, outcome=Outcome.RECOUNT, **facts)
    answer_in_void_round(session, stage.round_, other, outcome=Outcome.NEW_VOTE, **facts)
    assert (other.outcome, other.answer) == (Outcome.NEW_VOTE, facts["answer"])
    with pytest.raises(Conflict, match=r"objection\.answered_already"):
        answer_in_void_round(session, stage.round_, other, outcome=Outcome.NEW_VOTE, **facts)


def test_only_winners_are_withdrawn_for_an_objection(session: Session) -> None:
    stage, notice = a_published_stage(session)
    objection = an_objection(session, notice)
    with pytest.raises(InvalidInput, match=r"objection\.not_a_winner"):
        uphold(session, stage, objection, Outcome.WITHDRAW_AND_REPLACE, ("6",))
    with pytest.raises(InvalidInput, match=r"objection\.numbers_missing"):
        uphold(session, stage, objection, Outcome.WITHDRAW_AND_REPLACE)


def test_a_result_is_final_after_its_window_and_gives_the_rest_back(session: Session) -> None:
    stage, notice = a_published_stage(session, fund_fen=35_000_000)
    fund = session.get_one(Fund, stage.round_.fund_id)
    with pytest.raises(WrongState, match=r"result\.window_open"):
        operations.finish_round(session, stage.round_, by=stage.officer, at=notice.ends_at - timedelta(seconds=1))
    finish_when_over(session, stage.round_.id, at=notice.ends_at)
    assert stage.round_.state is RoundState.FINAL
    assert balance_of(session, fund) == fund.amount_fen - 30_000_000
    purge = session.scalar(select(Job).where(Job.name == "polling.purge_register"))
    assert purge is not None
    assert purge.due_at == notice.ends_at + timedelta(days=90)


def test_an_open_objection_keeps_a_result_from_being_final(session: Session) -> None:
    stage, notice = a_published_stage(session)
    an_objection(session, notice)
    with pytest.raises(Conflict, match=r"result\.objections_open"):
        operations.finish_round(session, stage.round_, by=stage.officer, at=notice.ends_at)
    finish_when_over(session, stage.round_.id, at=notice.ends_at)
    assert stage.round_.state is RoundState.PUBLISHED
    waiting = session.scalar(select(Job).where(Job.name == "results.finish_round"))
    assert waiting is not None
    assert waiting.due_at > notice.ends_at


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_an_objection_of_the_last_second_keeps_a_result_from_being_final(engine: Engine, session: Session) -> None:
    stage, notice = a_published_stage(session)
    round_id, ends_at, officer = stage.round_.id, notice.ends_at, stage.officer
    session.commit()
    an_objection(session, notice)

    def finish() -> None:
        with transaction(engine) as other:
            operations.finish_round(other, other.get_one(Round, round_id), by=officer, at=ends_at)

    answer = behind_a_lock(engine, session.commit, finish)
    assert repr(answer) == repr(Conflict("result.objections_open", count=1))


def test_seats_dearer_than_the_share_bind_more_of_the_fund(session: Session) -> None:
    stage, notice = a_published_stage(
        session, method=Method.TOP_K, seat_count=3, binding=Binding.NONE, fund_fen=20_000_000
    )
    operations.finish_round(session, stage.round_, by=stage.officer, at=notice.ends_at)
    fund = session.get_one(Fund, stage.round_.fund_id)
    assert balance_of(session, fund) == fund.amount_fen - 30_000_000


def test_other_objections_are_answered_while_a_recount_is_on_its_way(session: Session) -> None:
    stage, notice = a_published_stage(session)
    first, other = an_objection(session, notice), an_objection(session, notice)
    uphold(session, stage, first, Outcome.RECOUNT)
    with pytest.raises(WrongState, match=r"result\.not_published"):
        uphold(session, stage, other, Outcome.RECOUNT)
    keep_result(session, stage.round_, other, answer="经核查，结果无误。", by=stage.officer, at=CLOSED_AT)
    assert other.outcome is Outcome.UPHELD_AS_IS
