"""A hall with two rounds and its people, as tests of its day begin with."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from diancai.platform.accounts.models import StaffRole
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.divisions.models import Division
from diancai.platform.features import load_jobs
from diancai.platform.polling.hall_models import STEPS, Sitting, SittingStep, StepDone
from diancai.platform.polling.hall_queries import day_of
from diancai.platform.polling.operations import hall, sittings
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_street

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


def an_assembly(session: Session) -> Assembly:
    street = a_street(session)
    rounds = [a_round(session, street), a_round(session, street, title="小菜单")]
    roles = {"王主持": Role.OFFICER, "李副": Role.LEADER, "陈监": Role.SCRUTINEER, "周监": Role.SCRUTINEER}
    chair, deputy, chief, deputy_chief = (a_holder(session, street, role, name) for name, role in roles.items())
    other = a_holder(session, street, Role.SCRUTINEER, "吴监")
    plan = a_plan(rounds, chair, deputy, chief, deputy_chief)
    sitting = sittings.plan_sitting(session, street.id, plan, by=chair, at=AT)
    return Assembly(session, street, rounds, chair, deputy, chief, deputy_chief, other, sitting)
