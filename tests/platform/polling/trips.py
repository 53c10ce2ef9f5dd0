"""A mobile box on its way, for tests: three blanks, a station beside it, and the people who go along."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.accounts.models import StaffRole
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.clock import local_day
from diancai.platform.core.confirmations import ConfirmationRequest
from diancai.platform.divisions.models import Division
from diancai.platform.polling.mobile_models import HomeVisit, MobileTrip
from diancai.platform.polling.models import RegisterEntry, Station
from diancai.platform.polling.operations import mobile, mobile_returns
from diancai.platform.polling.operations.paper import receive_blanks
from diancai.platform.rounds.models import Round, RoundScrutineer
from tests.factories import AT, a_round, a_staff, a_station, a_street

TODAY = local_day(AT)


@dataclass
class Way:
    """A mobile box with three blanks, a station beside it, and the people who go along."""

    session: Session
    round_: Round
    station: Station
    box: Station
    officer: Actor
    clerk: Actor
    scrutineer: Actor

    def book(self, entry: RegisterEntry, day: date | None = TODAY, time: str = "上午") -> HomeVisit:
        return mobile.book_visit(self.session, self.round_, entry, self.box, day, time, by=self.clerk, at=AT)

    def leave(self, *people: Actor, seal: str = "f 7", at: datetime = AT) -> MobileTrip:
        first, second, third = people or (self.officer, self.clerk, self.scrutineer)
        crew = mobile.Crew(first.staff_id or 0, second.staff_id or 0, third.staff_id or 0)
        return mobile.begin_trip(self.session, self.round_, self.box, crew, seal, by=self.clerk, at=at)

    def back(self, seal: str, *, is_broken: bool = False, reason: str = "") -> ConfirmationRequest:
        facts = {"is_broken": is_broken, "reason": reason, "by": self.clerk, "at": AT}
        return mobile_returns.request_return(self.session, self.round_, self.box, TODAY, seal, **facts)

    def visit(self, visit: HomeVisit, helper: str = "", at: datetime = AT) -> None:
        mobile.record_visit(self.session, self.round_, visit, helper=helper, by=self.clerk, at=at)


def one_of(session: Session, street: Division, role: Role, name: str) -> Actor:
    actor = a_staff(session, street, role, name=name)
    session.add(StaffRole(staff_id=actor.staff_id, role=role, division_id=street.id))
    session.flush()
    return actor


def appoint(session: Session, round_: Round, scrutineer: Actor) -> None:
    session.add(
        RoundScrutineer(
            round_id=round_.id,
            staff_id=scrutineer.staff_id,
            is_chief=True,
            chosen_by="推选",
            has_no_conflict=True,
            appointed_at=AT,
        )
    )
    session.flush()


def a_way(session: Session) -> Way:
    street = a_street(session)
    round_ = a_round(session, street, channels="phone,paper", household_pick_up_limit=2)
    officer, clerk = (one_of(session, street, *who) for who in ((Role.OFFICER, "王敏"), (Role.CLERK, "孙丽")))
    scrutineer = one_of(session, street, Role.SCRUTINEER, "陈监")
    appoint(session, round_, scrutineer)
    station, box = a_station(session, round_), a_station(session, round_, name="流动票箱")
    receive_blanks(session, round_, box, 3, by=officer, at=AT)
    mobile.set_mobile(session, round_, box, "流1", by=officer, at=AT)
    return Way(session, round_, station, box, officer, clerk, scrutineer)


def code_of(operation: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        operation()
    return refused.value.code
