"""The result on the hall's screen: at the chair's command only, every item in order with its reason, a few at a time."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from diancai.platform.polling.hall_models import STEPS, Sitting, SittingRound, SittingStep, StepDone
from diancai.platform.polling.hall_queries import day_of
from diancai.platform.publishing.hall_slides import SECONDS_A_SLIDE, Slide, slide_of
from tests.platform.results.stage import CLOSED_AT, Stage, a_stage, certify, count, publish

BALLOTS = ["1,2"] * 5 + ["2,3"] * 4 + ["4"] * 2 + ["1,5"]


def a_sitting_until(session: Session, stage: Stage, last: SittingStep) -> Sitting:
    """The record of a sitting for this round, up to and with a step."""
    facts = {"street_id": stage.street.id, "title": "千人大会", "place": "礼堂", "expected_count": 320}
    people = {"chair_id": stage.officer.staff_id, "chief_id": stage.chief.staff_id}
    sitting = Sitting(starts_at=CLOSED_AT, **facts, **people)
    session.add(sitting)
    session.flush()
    session.add(SittingRound(sitting_id=sitting.id, round_id=stage.round_.id))
    session.flush()
    for step in STEPS[: STEPS.index(last) + 1]:
        row = StepDone(sitting_id=sitting.id, step=step, done_at=CLOSED_AT, done_by=stage.officer.staff_id)
        row.present_count = 300 if step is SittingStep.ATTENDANCE else None
        row.confirmed_by = stage.chief.staff_id if step is SittingStep.CLOSED else None
        session.add(row)
    session.flush()
    return sitting


def shown(session: Session, sitting: Sitting, at: datetime = CLOSED_AT) -> Slide | None:
    return slide_of(session, day_of(session, sitting), "zh", at=at)


def test_nothing_is_shown_before_the_chair_says_so(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    publish(session, stage, count(session, stage))
    assert shown(session, a_sitting_until(session, stage, SittingStep.REPORTED)) is None


def test_a_count_that_nobody_has_signed_is_never_shown(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    sitting = a_sitting_until(session, stage, SittingStep.ANNOUNCED)
    assert shown(session, sitting) is None
    certify(session, stage, result)
    slide = shown(session, sitting)
    assert slide is not None
    assert not slide.is_published


def test_all_items_pass_in_order_each_with_its_reason_and_then_begin_again(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    publish(session, stage, count(session, stage))
    sitting = a_sitting_until(session, stage, SittingStep.ANNOUNCED)
    slides = [
        shown(session, sitting, CLOSED_AT + timedelta(seconds=SECONDS_A_SLIDE * number + 5)) for number in range(3)
    ]
    first, second, again = slides
    assert first is not None
    assert second is not None
    assert first.is_published
    assert (first.number, first.count, second.first) == (1, 2, 4)
    rows = [*first.outcomes, *second.outcomes]
    assert [row.number for row in rows] == ["2", "1", "3", "4", "5", "6"]
    assert [row.is_selected for row in rows] == [True, True, True, False, False, False]
    assert all(first.words.reason(row) for row in rows)
    assert again == first
