"""会场: who, where and when is planned, and stands from the first step on."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, WrongState
from diancai.platform.features import load_jobs
from diancai.platform.polling.hall_models import SittingStep
from diancai.platform.polling.hall_queries import day_of
from diancai.platform.polling.operations import sittings
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_station
from tests.platform.polling.assemblies import Assembly, an_assembly

load_jobs()


@pytest.fixture
def assembly(session: Session) -> Assembly:
    return an_assembly(session)


def test_a_desk_of_another_vote_does_not_stand_in_the_hall(assembly: Assembly) -> None:
    other = a_station(assembly.session, a_round(assembly.session, assembly.street))
    plan = replace(assembly.plan, station_ids=(other.id,))
    with pytest.raises(InvalidInput, match=r"hall\.no_station"):
        sittings.plan_sitting(assembly.session, assembly.street.id, plan, by=assembly.chair, at=AT)


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
