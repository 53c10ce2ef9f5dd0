"""Who is in office: accounts, roles, deputies, and what an administrator may not do."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from diancai.errors import Conflict, DomainError, InvalidInput, NotAllowed
from diancai.platform.accounts import queries
from diancai.platform.accounts.models import Staff
from diancai.platform.accounts.operations import people, sign_in
from diancai.platform.core.actor import ANYONE, SYSTEM, Actor, Grant, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.clock import local_day
from diancai.platform.divisions.models import Division, Level
from diancai.platform.divisions.queries import actor_of
from tests.factories import AT, a_street

PASSWORD = "tiger lantern soup 9"
TODAY = local_day(AT)


def a_person(session: Session, place_id: int, *roles: Role, sign_in_name: str = "li.ming", name: str = "李明") -> Staff:
    return people.add_staff(
        session,
        sign_in_name=sign_in_name,
        name=name,
        password=PASSWORD,
        roles=[(role, place_id) for role in roles],
        by=SYSTEM,
        at=AT,
    )


def an_administrator(session: Session, place_id: int, sign_in_name: str = "admin.one") -> Actor:
    person = a_person(session, place_id, Role.ADMINISTRATOR, sign_in_name=sign_in_name, name="管理员甲")
    return actor_of(session, person.id, AT)


def refusal_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_a_new_person_holds_the_roles_given_and_the_log_tells(session: Session) -> None:
    street = a_street(session)
    person = a_person(session, street.id, Role.OFFICER, Role.CLERK, sign_in_name=" Li.Ming ")
    assert person.sign_in_name == "li.ming"
    assert actor_of(session, person.id, AT).roles_in(street.id) == {Role.OFFICER, Role.CLERK}
    assert [entry.event for entry in session.query(AuditEntry)] == ["StaffAdded", "RoleGranted", "RoleGranted"]
    assert PASSWORD not in "".join(entry.facts for entry in session.query(AuditEntry))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sign_in_name": "李明"}, "staff.sign_in_name"),
        ({"name": " "}, "staff.name_missing"),
        ({"roles": []}, "staff.no_role"),
        ({"password": "123456789012"}, "password.too_common"),
    ],
)
def test_an_incomplete_account_is_refused(session: Session, change: dict[str, object], code: str) -> None:
    facts = {
        "sign_in_name": "li.ming",
        "name": "李明",
        "password": PASSWORD,
        "roles": [(Role.OFFICER, a_street(session).id)],
    }
    with pytest.raises(InvalidInput) as caught:
        people.add_staff(session, **(facts | change), by=SYSTEM, at=AT)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_a_sign_in_name_serves_once(session: Session) -> None:
    street = a_street(session)
    a_person(session, street.id, Role.OFFICER)
    with pytest.raises(Conflict):
        a_person(session, street.id, Role.CLERK, sign_in_name="LI.MING")


def test_a_district_role_reaches_all_its_streets_and_no_other(session: Session) -> None:
    street, other = a_street(session), a_street(session, code="110105001000", name="别的街道")
    assert street.parent_id is not None
    person = a_person(session, street.parent_id, Role.DISTRICT_SUPERVISOR)
    actor = actor_of(session, person.id, AT)
    assert actor.roles_in(street.id) == {Role.DISTRICT_SUPERVISOR}
    assert not actor.roles_in(other.id)


def test_an_administrator_acts_in_the_own_street_only(session: Session) -> None:
    street, other = a_street(session), a_street(session, code="110105001000", name="别的街道")
    by = an_administrator(session, street.id)
    elsewhere = a_person(session, other.id, Role.OFFICER)
    with pytest.raises(NotAllowed, match=r"staff\.not_your_division"):
        people.grant_role(session, elsewhere, Role.OFFICER, other.id, by=by, at=AT)
    for act in (people.deactivate_staff, people.reset_second_factor):
        with pytest.raises(NotAllowed, match=r"staff\.not_your_person"):
            act(session, elsewhere, by=by, at=AT)
    with pytest.raises(NotAllowed, match=r"staff\.not_your_person"):
        people.reset_password(session, elsewhere, "a completely new 7", by=by, at=AT)


def test_a_street_administrator_cannot_rise_through_an_account_of_the_district(session: Session) -> None:
    street = a_street(session)
    by = an_administrator(session, street.id)
    assert street.parent_id is not None
    above = a_person(session, street.parent_id, Role.ADMINISTRATOR)
    people.grant_role(session, above, Role.CLERK, street.id, by=by, at=AT)
    with pytest.raises(NotAllowed, match=r"staff\.not_your_person"):
        people.reset_password(session, above, "a completely new 7", by=by, at=AT)


def test_the_last_administrator_stays(session: Session) -> None:
    street = a_street(session)
    by = an_administrator(session, street.id)
    assert by.staff_id is not None
    (held,) = queries.roles_of(session, by.staff_id)
    with pytest.raises(Conflict, match=r"staff\.last_administrator"):
        people.revoke_role(session, held, by=SYSTEM, at=AT)
    an_administrator(session, street.id, "admin.two")
    people.revoke_role(session, held, by=SYSTEM, at=AT)
    assert not actor_of(session, by.staff_id, AT).grants


def test_nobody_ends_the_own_account(session: Session) -> None:
    street = a_street(session)
    by = an_administrator(session, street.id)
    an_administrator(session, street.id, "admin.two")
    with pytest.raises(NotAllowed, match=r"staff\.yourself"):
        people.deactivate_staff(session, session.get_one(Staff, by.staff_id), by=by, at=AT)


def test_an_ended_account_is_nobodys_and_its_sessions_end(session: Session) -> None:
    street = a_street(session)
    person = a_person(session, street.id, Role.OFFICER)
    opened = sign_in.open_session(session, person, sign_in.Attempt("li.ming", PASSWORD, "192.0.2.1"), at=AT)
    people.deactivate_staff(session, person, by=an_administrator(session, street.id), at=AT)
    assert actor_of(session, person.id, AT) == ANYONE
    assert sign_in.session_of(session, opened.token, idle=timedelta(hours=1), at=AT) is None


def test_a_deputy_acts_in_the_daily_offices_on_these_days_only(session: Session) -> None:
    street = a_street(session)
    roles = (Role.LEADER, Role.ADMINISTRATOR, Role.SCRUTINEER)
    holder = a_person(session, street.id, *roles)
    deputy = a_person(session, street.id, Role.CLERK, sign_in_name="wang.fang", name="王芳")
    people.name_deputy(session, holder, deputy, first_day=TODAY, last_day=TODAY + timedelta(days=2), by=SYSTEM, at=AT)
    grants = {
        Grant(Role.CLERK, street.id),
        Grant(Role.LEADER, street.id, deputy_for=holder.id),
    }
    assert actor_of(session, deputy.id, AT).grants == grants
    assert actor_of(session, deputy.id, AT + timedelta(days=2)).grants == grants
    for away in (-1, 3):
        assert actor_of(session, deputy.id, AT + timedelta(days=away)).roles_in(street.id) == {Role.CLERK}
    people.deactivate_staff(session, holder, by=an_administrator(session, street.id), at=AT)
    assert actor_of(session, deputy.id, AT).roles_in(street.id) == {Role.CLERK}


@pytest.mark.parametrize(("days", "code"), [((3, 1), "deputy.days"), ((0, 366), "deputy.too_long"), ((0, 365), None)])
def test_a_deputy_has_a_first_and_a_last_day(session: Session, days: tuple[int, int], code: str | None) -> None:
    street = a_street(session)
    one = a_person(session, street.id, Role.LEADER)
    two = a_person(session, street.id, Role.CLERK, sign_in_name="wang.fang", name="王芳")
    first, last = (TODAY + timedelta(days=day) for day in days)

    def name() -> None:
        people.name_deputy(session, one, two, first_day=first, last_day=last, by=SYSTEM, at=AT)

    if code is None:
        name()
        return
    with pytest.raises(InvalidInput) as caught:
        name()
    assert caught.value.code == code


def test_nobody_is_the_own_deputy(session: Session) -> None:
    person = a_person(session, a_street(session).id, Role.LEADER)
    with pytest.raises(InvalidInput, match=r"deputy\.same_person"):
        people.name_deputy(session, person, person, first_day=TODAY, last_day=TODAY, by=SYSTEM, at=AT)


def test_a_role_in_a_district_reaches_a_street_that_comes_later(session: Session) -> None:
    street = a_street(session)
    assert street.parent_id is not None
    by = an_administrator(session, street.parent_id)
    later = Division(
        level=Level.STREET, code="110102002000", name="新街道", parent_id=street.parent_id, valid_from=TODAY
    )
    session.add(later)
    session.flush()
    assert by.staff_id is not None
    assert Role.ADMINISTRATOR in actor_of(session, by.staff_id, AT).roles_in(later.id)
