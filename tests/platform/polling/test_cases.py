"""个案: written down by one, decided by another, and nothing is certified before."""

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.clock import coarse_hour
from diancai.platform.divisions.models import Division
from diancai.platform.polling.case_models import CaseKind, CaseOutcome, DeskCase
from diancai.platform.polling.case_queries import case_counts, cases_of
from diancai.platform.polling.operations.cases import decide_case, open_case
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_street


@pytest.fixture
def street(session: Session) -> Division:
    return a_street(session)


@pytest.fixture
def round_(session: Session, street: Division) -> Round:
    return a_round(session, street)


@pytest.fixture
def clerk(session: Session, street: Division) -> Actor:
    return a_staff(session, street, Role.CLERK)


@pytest.fixture
def officer(session: Session, street: Division) -> Actor:
    return a_staff(session, street, Role.OFFICER, name="王敏")


def code_of(operation: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        operation()
    return refused.value.code


def a_case(session: Session, round_: Round, by: Actor, text: str = "凭条丢了", ballots: int = 1) -> DeskCase:
    return open_case(session, round_, CaseKind.LOST_SLIP, text, ballots, by=by, at=AT)


def test_cases_are_numbered_and_counted(session: Session, round_: Round, clerk: Actor, officer: Actor) -> None:
    first, second, third = (a_case(session, round_, clerk, ballots=count) for count in (1, 2, 4))
    assert [case.number for case in cases_of(session, round_)] == [3, 2, 1]
    assert first.opened_at == coarse_hour(AT)
    decide_case(session, round_, second, CaseOutcome.UPHELD, "属实", by=officer, at=AT)
    decide_case(session, round_, third, CaseOutcome.DISMISSED, "找到了", by=officer, at=AT)
    counts = case_counts(session, round_.id)
    assert (counts.open, counts.decided, counts.disputed_ballot_count) == (1, 2, 3)
    assert [case.number for case in cases_of(session, round_)] == [1, 3, 2]


def test_nobody_decides_what_he_wrote_down_himself(session: Session, round_: Round, officer: Actor) -> None:
    case = a_case(session, round_, officer)
    decide = lambda: decide_case(session, round_, case, CaseOutcome.UPHELD, "属实", by=officer, at=AT)  # noqa: E731
    assert code_of(decide) == "case.same_person"


def test_a_decision_stands(session: Session, round_: Round, clerk: Actor, officer: Actor) -> None:
    case = a_case(session, round_, clerk)
    decide = lambda: decide_case(session, round_, case, CaseOutcome.UPHELD, "属实", by=officer, at=AT)  # noqa: E731
    decide()
    with pytest.raises(DomainError):
        decide()
    with pytest.raises(IntegrityError):
        session.execute(update(DeskCase).where(DeskCase.id == case.id).values(decision="别的"))


@pytest.mark.parametrize(
    ("text", "ballots", "code"),
    [
        (" ", 1, "case.no_text"),
        ("字" * 401, 1, "case.too_long"),
        ("他是 11010519491231002X", 1, "register.id_number"),
        ("凭条丢了", -1, "case.ballots"),
        ("凭条丢了", 1001, "case.ballots"),
    ],
)
def test_what_a_case_may_not_say(
    session: Session, round_: Round, clerk: Actor, text: str, ballots: int, code: str
) -> None:
    assert code_of(lambda: a_case(session, round_, clerk, text, ballots)) == code


def test_a_certified_round_takes_no_case(session: Session, street: Division, clerk: Actor) -> None:
    round_ = a_round(session, street, state=RoundState.CERTIFIED)
    assert code_of(lambda: a_case(session, round_, clerk)) == "state.not_now"
