"""Sittings of a sample street: one that is planned, one whose closing waits, one that is over."""

from datetime import datetime, timedelta

from sqlalchemy import select

from diancai.platform.core.confirmations import confirm_request
from diancai.platform.polling.hall_models import STEPS, Sitting, SittingRound, SittingStep
from diancai.platform.polling.hall_queries import day_of
from diancai.platform.polling.operations import hall
from tests.sample_preparing import Office

PARTS = ("officer", "chief", "second_officer", "second")
BEFORE_THE_COUNT = SittingStep.DECLARED


def some_sittings(office: Office, rounds: dict[str, int], now: datetime) -> dict[str, int]:
    """Numbers by how far they are. The one that is over was held during the life of its round."""
    found = {}
    if number := rounds.get("announced"):
        found["planned"] = a_sitting(office, number, now).id
    if number := rounds.get("voting"):
        sitting = a_sitting(office, number, now)
        go_on(office, sitting, until=SittingStep.VOTED, at=now - timedelta(hours=1))
        hall.propose_closing(office.session, sitting, by=office.officer, at=now)
        found["closing"] = sitting.id
    if number := rounds.get("published"):
        held = select(SittingRound.sitting_id).filter_by(round_id=number)
        found["over"] = office.session.scalars(held).one()
    return found


def a_sitting(office: Office, round_id: int, at: datetime) -> Sitting:
    title, place = office.words("2026年千人大会")[:80], office.words("街道礼堂")[:120]
    people = [office.actors[part].staff_id or 0 for part in PARTS]
    plan = hall.SittingPlan(title, place, at, 320, (round_id,), *people)
    return hall.plan_sitting(office.session, office.street_id, plan, by=office.officer, at=at)


def go_on(office: Office, sitting: Sitting, *, until: SittingStep, at: datetime) -> None:
    """Steps up to and with `until`, three minutes each."""
    for step in STEPS[: STEPS.index(until) + 1]:
        day = day_of(office.session, sitting)
        then = at + timedelta(minutes=3 * STEPS.index(step))
        if step in day.done:
            continue
        if step is SittingStep.CLOSED:
            asked = hall.propose_closing(office.session, sitting, by=office.officer, at=then)
            confirm_request(office.session, asked, by=office.chief, at=then)
            continue
        figures = hall.Figures(303, {round_.id: 303 for round_ in day.rounds})
        note = office.words("全体通过") if step is SittingStep.RULES else ""
        hall.do_step(office.session, sitting, step, figures, note, by=office.officer, at=then)
