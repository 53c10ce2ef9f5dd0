"""会场: the steps of a hall's day, in order, with their figures and the second person."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.confirmations import confirm_request, decline_request, requests_for
from diancai.platform.features import load_jobs
from diancai.platform.polling.hall_models import STEPS, SittingBallots, SittingStep
from diancai.platform.polling.hall_queries import day_of, pending_closing
from diancai.platform.polling.models import GivenKind, Station
from diancai.platform.polling.operations import hall, sittings
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_station, an_entry
from tests.platform.polling.assemblies import Assembly, an_assembly

load_jobs()


@pytest.fixture
def assembly(session: Session) -> Assembly:
    return an_assembly(session)


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
