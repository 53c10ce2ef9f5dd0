"""会场: the steps of a hall's day, in order, with their figures and the second person."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.accounts.models import StaffRole
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.confirmations import confirm_request, decline_request, requests_for
from diancai.platform.divisions.models import Division
from diancai.platform.features import load_jobs
from diancai.platform.polling.hall_models import STEPS, Sitting, SittingBallots, SittingStep, StepDone
from diancai.platform.polling.hall_queries import day_of, pending_closing
from diancai.platform.polling.models import GivenKind, Station
from diancai.platform.polling.operations import hall, sittings
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry

load_jobs()


@dataclass
class Assembly:
    """A hall with two rounds, its chair, its chief scrutineer and a deputy for each."""

    session: Session
    street: Division
    rounds: list[Round]
    chair: Actor
    deputy_chair: Actor
    chief: Actor
    deputy_chief: Actor
    other: Actor
    sitting: Sitting

    @property
    def plan(self) -> sittings.SittingPlan:
        return a_plan(self.rounds, self.chair, self.deputy_chair, self.chief, self.deputy_chief)

    def do(self, step: SittingStep, *, by: Actor | None = None, **figures: Any) -> StepDone:
        found = hall.Figures(**figures)
        return hall.do_step(self.session, self.sitting, step, found, by=by or self.chair, at=AT + timedelta(minutes=5))

    def do_until(self, last: SittingStep) -> None:
        """Everything up to and with `last`; 300 ballots of each round are issued and 298 come back."""
        for step in STEPS[: STEPS.index(last) + 1]:
            if step in day_of(self.session, self.sitting).done:
                continue
            if step is SittingStep.CLOSED:
                asked = hall.propose_closing(self.session, self.sitting, by=self.chair, at=AT)
                confirm_request(self.session, asked, by=self.chief, at=AT)
            else:
                self.do(step, **self.figures(step))

    def figures(self, step: SittingStep, issued: int = 300, returned: int = 298) -> dict[str, Any]:
        if step is SittingStep.ATTENDANCE:
            return {"present_count": 300}
        count = {SittingStep.ISSUED: issued, SittingStep.RETURNED: returned}.get(step)
        return {} if count is None else {"ballots": {round_.id: count for round_ in self.rounds}}

    @property
    def next(self) -> SittingStep | None:
        return day_of(self.session, self.sitting).next

    def rounds_become(self, state: RoundState) -> None:
        for round_ in self.rounds:
            round_.state = state
        self.session.flush()


def a_plan(
    rounds: list[Round], chair: Actor, deputy_chair: Actor, chief: Actor, deputy_chief: Actor
) -> sittings.SittingPlan:
    people = [one.staff_id or 0 for one in (chair, chief, deputy_chair, deputy_chief)]
    numbers = tuple(round_.id for round_ in rounds)
    return sittings.SittingPlan("2026年千人大会", "街道礼堂", AT + timedelta(hours=1), 320, numbers, *people)


def a_holder(session: Session, street: Division, role: Role, name: str) -> Actor:
    person = a_staff(session, street, role, name=name)
    assert person.staff_id is not None
    session.add(StaffRole(staff_id=person.staff_id, role=role, division_id=street.id))
    session.flush()
    return person


@pytest.fixture
def assembly(session: Session) -> Assembly:
    street = a_street(session)
    rounds = [a_round(session, street), a_round(session, street, title="小菜单")]
    roles = {"王主持": Role.OFFICER, "李副": Role.LEADER, "陈监": Role.SCRUTINEER, "周监": Role.SCRUTINEER}
    chair, deputy, chief, deputy_chief = (a_holder(session, street, role, name) for name, role in roles.items())
    other = a_holder(session, street, Role.SCRUTINEER, "吴监")
    plan = a_plan(rounds, chair, deputy, chief, deputy_chief)
    sitting = sittings.plan_sitting(session, street.id, plan, by=chair, at=AT)
    return Assembly(session, street, rounds, chair, deputy, chief, deputy_chief, other, sitting)


def test_the_whole_day_is_done_in_order_and_stands_in_the_record(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.DECLARED)
    assembly.rounds_become(RoundState.CERTIFIED)
    assembly.do_until(SittingStep.ANNOUNCED)
    day = day_of(assembly.session, assembly.sitting)
    assert (day.next, day.present_count, set(day.done)) == (None, 300, set(STEPS))
    assert set(day.ballots[SittingStep.RETURNED].values()) == {298}
    assert day.done[SittingStep.CLOSED].confirmed_by == assembly.chief.staff_id
    with pytest.raises(Conflict, match=r"hall\.over"):
        assembly.do(SittingStep.ANNOUNCED)
    events = assembly.session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)).all()
    assert events.count("SittingStepDone") == len(STEPS)
    assert events[0] == "SittingPlanned"


@pytest.mark.parametrize("done", range(len(STEPS) - 1))
def test_only_the_next_step_can_be_done(assembly: Assembly, done: int) -> None:
    if done > STEPS.index(SittingStep.DECLARED):
        assembly.do_until(SittingStep.DECLARED)
        assembly.rounds_become(RoundState.CERTIFIED)
    if done:
        assembly.do_until(STEPS[done - 1])
    for step in STEPS:
        if step is not STEPS[done]:
            with pytest.raises(Conflict, match=r"hall\.not_next"):
                assembly.do(step, **assembly.figures(step))
    assert assembly.next is STEPS[done]


def test_a_step_done_twice_from_two_tablets_is_done_once(assembly: Assembly) -> None:
    assembly.do(SittingStep.ATTENDANCE, present_count=300)
    with pytest.raises(Conflict, match=r"hall\.not_next") as refusal:
        assembly.do(SittingStep.ATTENDANCE, present_count=299, by=assembly.deputy_chair)
    assert refusal.value.facts["next"] is SittingStep.RULES


def test_more_returned_than_issued_is_invalid_for_each_round(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.CLOSED)
    first, second = (round_.id for round_ in assembly.rounds)
    with pytest.raises(Conflict, match=r"hall\.more_returned") as refusal:
        assembly.do(SittingStep.RETURNED, ballots={first: 200, second: 301})
    assert refusal.value.facts == {"title": "小菜单", "returned": 301, "issued": 300}
    assert assembly.next is SittingStep.RETURNED
    assembly.do(SittingStep.RETURNED, ballots={first: 300, second: 0})


def test_the_database_refuses_more_returned_than_issued_too(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.CLOSED)
    facts = {"sitting_id": assembly.sitting.id, "round_id": assembly.rounds[0].id, "ballot_count": 301}
    assembly.session.add(SittingBallots(step=SittingStep.RETURNED, **facts))
    with pytest.raises(IntegrityError):
        assembly.session.flush()


@pytest.fixture
def desk(assembly: Assembly) -> Station:
    """A desk of the first round stands in the hall and has handed out two slips."""
    session, (first, _) = assembly.session, assembly.rounds
    station = a_station(session, first)
    for name in ("李明", "王芳"):
        an_entry(session, first, name=name, given=GivenKind.SLIP, given_hour=AT, given_station_id=station.id)
    plan = replace(assembly.plan, station_ids=(station.id,))
    sittings.edit_sitting(session, assembly.sitting, plan, by=assembly.chair, at=AT)
    assembly.do_until(SittingStep.BOX_SEALED)
    return station


def test_another_figure_than_the_desks_handed_out_needs_a_note(assembly: Assembly, desk: Station) -> None:
    first, second = (round_.id for round_ in assembly.rounds)
    figures, chair = hall.Figures(ballots={first: 3, second: 9}), assembly.chair
    with pytest.raises(Conflict, match=r"hall\.differs_from_register") as refusal:
        hall.do_step(assembly.session, assembly.sitting, SittingStep.ISSUED, figures, "  ", by=chair, at=AT)
    assert refusal.value.facts == {"title": assembly.rounds[0].title, "counted": 3, "given": 2}
    hall.do_step(assembly.session, assembly.sitting, SittingStep.ISSUED, figures, "另有一张样票", by=chair, at=AT)
    day = day_of(assembly.session, assembly.sitting)
    assert day.ballots[SittingStep.ISSUED] == {first: 3, second: 9}
    assert day.handed_out[SittingStep.ISSUED] == {first: 2}  # the other round has no desk here


def test_the_same_figure_needs_no_note(assembly: Assembly, desk: Station) -> None:
    first, second = (round_.id for round_ in assembly.rounds)
    for step in (SittingStep.ISSUED, SittingStep.EXPLAINED, SittingStep.VOTED):
        assembly.do(step, ballots={first: 2, second: 2})
    asked = hall.propose_closing(assembly.session, assembly.sitting, by=assembly.chair, at=AT)
    confirm_request(assembly.session, asked, by=assembly.chief, at=AT)
    with pytest.raises(Conflict, match=r"hall\.differs_from_register"):
        assembly.do(SittingStep.RETURNED, ballots={first: 1, second: 1})
    assembly.do(SittingStep.RETURNED, ballots={first: 2, second: 1})


def test_the_database_wants_the_note_too(assembly: Assembly, desk: Station) -> None:
    first, second = (round_.id for round_ in assembly.rounds)
    assembly.do(SittingStep.ISSUED, ballots={first: 2, second: 2})
    facts = {"sitting_id": assembly.sitting.id, "round_id": second, "step": SittingStep.RETURNED}
    assembly.session.add(SittingBallots(ballot_count=1, given_count=2, **facts))
    with pytest.raises(IntegrityError, match="explained"):
        assembly.session.flush()


def test_the_desks_of_a_hall_that_has_begun_stay(assembly: Assembly, desk: Station) -> None:
    assembly.session.commit()
    with pytest.raises(IntegrityError, match="sitting_station_begun"):
        assembly.session.execute(text("DELETE FROM sitting_station"))


def test_a_desk_of_another_vote_does_not_stand_in_the_hall(assembly: Assembly) -> None:
    other = a_station(assembly.session, a_round(assembly.session, assembly.street))
    plan = replace(assembly.plan, station_ids=(other.id,))
    with pytest.raises(InvalidInput, match=r"hall\.no_station"):
        sittings.plan_sitting(assembly.session, assembly.street.id, plan, by=assembly.chair, at=AT)


@pytest.mark.parametrize("present", [None, 0, 321])
def test_those_present_are_at_least_one_and_at_most_all(assembly: Assembly, present: int | None) -> None:
    with pytest.raises(InvalidInput, match=r"hall\.present"):
        assembly.do(SittingStep.ATTENDANCE, present_count=present)


def test_ballots_are_counted_for_every_round(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.BOX_SEALED)
    for ballots in ({}, {assembly.rounds[0].id: 300}, {round_.id: -1 for round_ in assembly.rounds}):
        with pytest.raises(InvalidInput, match=r"hall\.ballots"):
            assembly.do(SittingStep.ISSUED, ballots=ballots)


def test_more_ballots_than_people_present_need_a_note(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.BOX_SEALED)
    figures = hall.Figures(ballots={round_.id: 301 for round_ in assembly.rounds})
    doing = {"by": assembly.chair, "at": AT}
    with pytest.raises(Conflict, match=r"hall\.more_issued") as refusal:
        hall.do_step(assembly.session, assembly.sitting, SittingStep.ISSUED, figures, **doing)
    assert (refusal.value.facts["issued"], refusal.value.facts["present"]) == (301, 300)
    hall.do_step(assembly.session, assembly.sitting, SittingStep.ISSUED, figures, "一人后到", **doing)


def test_ballots_are_issued_only_while_every_round_is_voted_on(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.BOX_SEALED)
    assembly.rounds[1].state = RoundState.SUSPENDED
    assembly.session.flush()
    with pytest.raises(WrongState, match=r"hall\.not_open"):
        assembly.do(SittingStep.ISSUED, **assembly.figures(SittingStep.ISSUED))


def test_the_count_is_noted_only_once_every_round_is_counted(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.DECLARED)
    with pytest.raises(WrongState, match=r"hall\.not_counted"):
        assembly.do(SittingStep.COUNTED)


def test_the_deputy_acts_for_the_chair_and_nobody_else_does(assembly: Assembly) -> None:
    for somebody in (assembly.chief, assembly.deputy_chief, assembly.other):
        with pytest.raises(NotAllowed, match=r"hall\.not_chair"):
            assembly.do(SittingStep.ATTENDANCE, by=somebody, present_count=300)
        with pytest.raises(NotAllowed, match=r"hall\.not_chair"):
            hall.propose_closing(assembly.session, assembly.sitting, by=somebody, at=AT)
    done = assembly.do(SittingStep.ATTENDANCE, by=assembly.deputy_chair, present_count=300)
    assert done.done_by == assembly.deputy_chair.staff_id


def test_the_chair_alone_cannot_close(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.VOTED)
    with pytest.raises(Conflict, match=r"hall\.close_by_two"):
        assembly.do(SittingStep.CLOSED)
    asked = hall.propose_closing(assembly.session, assembly.sitting, by=assembly.chair, at=AT)
    with pytest.raises(Conflict, match=r"confirmation\.already_waits"):
        hall.propose_closing(assembly.session, assembly.sitting, by=assembly.deputy_chair, at=AT)
    with pytest.raises(NotAllowed, match=r"confirmation\.same_person"):
        confirm_request(assembly.session, asked, by=assembly.chair, at=AT)


def test_closing_is_confirmed_by_the_chief_or_the_deputy_only(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.VOTED)
    asked = hall.propose_closing(assembly.session, assembly.sitting, by=assembly.deputy_chair, at=AT)
    with pytest.raises(NotAllowed, match=r"hall\.not_chief"), assembly.session.begin_nested():
        confirm_request(assembly.session, asked, by=assembly.other, at=AT)
    assembly.session.refresh(asked)
    confirm_request(assembly.session, asked, by=assembly.deputy_chief, at=AT)
    closed = day_of(assembly.session, assembly.sitting).done[SittingStep.CLOSED]
    assert (closed.done_by, closed.confirmed_by) == (assembly.deputy_chair.staff_id, assembly.deputy_chief.staff_id)


def test_closing_waits_for_nobody_but_the_chief_and_the_deputy(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.VOTED)
    asked = hall.propose_closing(assembly.session, assembly.sitting, by=assembly.chair, at=AT)
    for who, waiting in ((assembly.chief, [asked]), (assembly.deputy_chief, [asked]), (assembly.other, [])):
        assert requests_for(assembly.session, who) == waiting


def test_closing_that_is_declined_is_proposed_again(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.VOTED)
    asked = hall.propose_closing(assembly.session, assembly.sitting, by=assembly.chair, at=AT)
    assert pending_closing(assembly.session, assembly.sitting) is asked
    decline_request(assembly.session, asked, by=assembly.chief, at=AT)
    assert pending_closing(assembly.session, assembly.sitting) is None
    assert assembly.next is SittingStep.CLOSED
    assembly.do_until(SittingStep.CLOSED)


def test_closing_is_not_proposed_before_everybody_was_called(assembly: Assembly) -> None:
    assembly.do_until(SittingStep.EXPLAINED)
    with pytest.raises(Conflict, match=r"hall\.not_next"):
        hall.propose_closing(assembly.session, assembly.sitting, by=assembly.chair, at=AT)


STATEMENTS = (
    "UPDATE sitting_step SET note = 'x'",
    "DELETE FROM sitting_step",
    "UPDATE sitting_ballots SET ballot_count = 1",
    "DELETE FROM sitting_ballots",
    "UPDATE sitting SET expected_count = 9",
    "DELETE FROM sitting",
    "DELETE FROM sitting_round",
    "INSERT OR REPLACE INTO sitting_step SELECT * FROM sitting_step",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_record_is_only_added_to(assembly: Assembly, statement: str) -> None:
    if "REPLACE" in statement and assembly.session.get_bind().dialect.name == "postgresql":
        statement = "TRUNCATE sitting_step"
    assembly.do_until(SittingStep.ISSUED)
    assembly.session.commit()
    with pytest.raises(Exception, match="refused by sitting"):
        assembly.session.execute(text(statement))


def test_a_plan_is_edited_until_the_first_step(assembly: Assembly) -> None:
    changed = replace(assembly.plan, expected_count=310, round_ids=(assembly.rounds[0].id,))
    sittings.edit_sitting(assembly.session, assembly.sitting, changed, by=assembly.chair, at=AT)
    day = day_of(assembly.session, assembly.sitting)
    assert (assembly.sitting.expected_count, len(day.rounds)) == (310, 1)
    assembly.do(SittingStep.ATTENDANCE, present_count=310)
    with pytest.raises(WrongState, match=r"hall\.has_begun"):
        sittings.edit_sitting(assembly.session, assembly.sitting, assembly.plan, by=assembly.chair, at=AT)


def test_a_plan_that_cannot_be_held_is_refused(assembly: Assembly) -> None:
    draft = a_round(assembly.session, assembly.street, state=RoundState.DRAFT)
    plan, chief = assembly.plan, assembly.chief.staff_id or 0
    for wrong, code in (
        (replace(plan, round_ids=()), "no_round"),
        (replace(plan, round_ids=(draft.id,)), "no_round"),
        (replace(plan, expected_count=0), "expected"),
        (replace(plan, deputy_chair_id=plan.chair_id), "same_person"),
        (replace(plan, deputy_chief_id=chief), "same_person"),
        (replace(plan, chair_id=chief), "unknown_person"),
        (replace(plan, chief_id=plan.chair_id), "unknown_person"),
    ):
        with pytest.raises(InvalidInput, match=rf"hall\.{code}"):
            sittings.plan_sitting(assembly.session, assembly.street.id, wrong, by=assembly.chair, at=AT)
