"""Sessions, delays and second factors, on the database."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, LimitReached
from diancai.platform.accounts import second_factor
from diancai.platform.accounts.models import SignInSession, Staff
from diancai.platform.accounts.operations import people
from diancai.platform.accounts.operations import sign_in as operations
from diancai.platform.accounts.operations.sign_in import Attempt
from diancai.platform.core.actor import SYSTEM, Actor, Role
from diancai.platform.core.audit import AuditEntry
from tests.factories import AT, a_street

PASSWORD = "tiger lantern soup 9"
IDLE = timedelta(minutes=30)
HOME = "192.0.2.1"


def a_person(session: Session, *roles: Role) -> Staff:
    street = a_street(session)
    places = [(role, street.id) for role in roles or (Role.OFFICER,)]
    return people.add_staff(
        session, sign_in_name="li.ming", name="李明", password=PASSWORD, roles=places, by=SYSTEM, at=AT
    )


def attempt(password: str = PASSWORD, *, name: str = "li.ming", address: str = HOME) -> Attempt:
    return Attempt(name, password, address)


def fail(session: Session, times: int, **where: str) -> None:
    for _ in range(times):
        operations.note_failure(session, attempt("wrong", **where), at=AT)


def is_let_try(session: Session, *, after: timedelta = timedelta(0), **where: str) -> bool:
    try:
        operations.check_password(session, attempt(**where), at=AT + after)
    except LimitReached:
        return False
    return True


def events(session: Session) -> list[str]:
    return [entry.event for entry in session.query(AuditEntry).order_by(AuditEntry.id)]


def test_the_right_password_opens_a_session_whose_token_is_kept_as_a_hash_only(session: Session) -> None:
    person = a_person(session)
    assert operations.check_password(session, attempt(name="LI.ming "), at=AT) is person
    opened = operations.open_session(session, person, attempt(), at=AT)
    row = operations.session_of(session, opened.token, idle=IDLE, at=AT)
    assert row is not None
    assert opened.token.encode() not in row.token_hash
    assert len(row.token_hash) == 32
    assert events(session)[-1] == "SignedIn"


@pytest.mark.parametrize("typed", [attempt("tiger lantern soup 8"), attempt(name="nobody"), attempt("")])
def test_a_wrong_password_an_unknown_name_and_nothing_are_the_same(session: Session, typed: Attempt) -> None:
    a_person(session)
    assert operations.check_password(session, typed, at=AT) is None


def test_an_ended_account_opens_nothing(session: Session) -> None:
    a_person(session).is_active = False
    assert operations.check_password(session, attempt(), at=AT) is None


def test_a_session_ends_when_idle_when_old_and_when_revoked(session: Session) -> None:
    person = a_person(session)
    token = operations.open_session(session, person, attempt(), at=AT).token
    assert operations.session_of(session, token, idle=IDLE, at=AT + timedelta(minutes=29))
    assert operations.session_of(session, token, idle=IDLE, at=AT + timedelta(minutes=30)) is None
    assert operations.session_of(session, token, idle=timedelta(days=9), at=AT + timedelta(hours=12)) is None
    operations.sign_out(session, token, at=AT)
    assert operations.session_of(session, token, idle=IDLE, at=AT) is None
    assert operations.session_of(session, "made up", idle=IDLE, at=AT) is None


def test_dead_sessions_do_not_pile_up(session: Session) -> None:
    person = a_person(session)
    for day in range(3):
        operations.open_session(session, person, attempt(), at=AT + timedelta(days=day))
    assert session.query(SignInSession).count() == 1


def test_signing_out_everywhere_ends_every_session(session: Session) -> None:
    person = a_person(session)
    tokens = [operations.open_session(session, person, attempt(), at=AT).token for _ in range(3)]
    operations.sign_out_everywhere(session, person, by=Actor(person.id, person.name), at=AT)
    assert [operations.session_of(session, token, idle=IDLE, at=AT) for token in tokens] == [None] * 3


def test_five_wrong_passwords_make_an_address_wait_ever_longer_and_never_for_good(session: Session) -> None:
    a_person(session)
    fail(session, 4)
    assert is_let_try(session)
    waits = []
    for _ in range(6):
        fail(session, 1)
        assert not is_let_try(session)
        waits.append(next(minutes for minutes in range(1, 60) if is_let_try(session, after=timedelta(minutes=minutes))))
    assert waits == [2, 3, 5, 9, 16, 16]


def test_another_address_is_not_made_to_wait_for_an_account(session: Session) -> None:
    a_person(session)
    fail(session, 30)
    assert not is_let_try(session)
    assert is_let_try(session, address="198.51.100.7")


def test_an_address_waits_after_twenty_failures_over_many_accounts(session: Session) -> None:
    a_person(session)
    for number in range(20):
        fail(session, 1, name=f"guess{number}")
    assert not is_let_try(session)


def test_an_account_under_attack_still_lets_each_new_address_try_once(session: Session) -> None:
    a_person(session)
    for number in range(51):
        fail(session, 1, address=f"203.0.113.{number}")
    assert is_let_try(session, address="198.51.100.7")
    fail(session, 1, address="198.51.100.7")
    assert not is_let_try(session, address="198.51.100.7")


def test_a_success_forgets_the_failures_of_that_address(session: Session) -> None:
    person = a_person(session)
    fail(session, 4)
    operations.open_session(session, person, attempt(), at=AT)
    fail(session, 4)
    assert is_let_try(session)


def test_the_waiting_is_for_unknown_names_too(session: Session) -> None:
    fail(session, 5, name="nobody")
    assert not is_let_try(session, name="nobody")


def enrolled(session: Session) -> tuple[Staff, str, str]:
    """An administrator with a phone, the secret, and a token that has yet to show the second factor."""
    person = a_person(session, Role.ADMINISTRATOR)
    secret = second_factor.new_secret()
    token = operations.open_session(session, person, attempt(), at=AT).token
    code = pyotp.TOTP(secret).at(int(AT.timestamp()))
    operations.enrol_second_factor(session, person, token, secret, code, at=AT)
    return person, secret, operations.open_session(session, person, attempt(), at=AT).token


def test_an_administrator_is_signed_in_only_with_the_second_factor(session: Session) -> None:
    person = a_person(session, Role.ADMINISTRATOR)
    token = operations.open_session(session, person, attempt(), at=AT).token
    assert "SignedIn" not in events(session)
    secret = second_factor.new_secret()
    with pytest.raises(InvalidInput):
        operations.enrol_second_factor(session, person, token, secret, "000000", at=AT)
    fresh = operations.enrol_second_factor(
        session, person, token, secret, pyotp.TOTP(secret).at(int(AT.timestamp())), at=AT
    )
    assert operations.session_of(session, token, idle=IDLE, at=AT) is None
    row = operations.session_of(session, fresh, idle=IDLE, at=AT)
    assert row is not None
    assert row.has_second_factor
    assert events(session)[-2:] == ["SecondFactorEnrolled", "SignedIn"]
    assert secret.encode() not in (person.totp_secret or b"")


def test_a_code_serves_once(session: Session) -> None:
    person, secret, token = enrolled(session)
    later = AT + timedelta(seconds=60)
    code = pyotp.TOTP(secret).at(int(later.timestamp()))
    operations.pass_second_factor(session, person, token, code, at=later)
    session.refresh(person)
    again = operations.open_session(session, person, attempt(), at=later).token
    with pytest.raises(InvalidInput, match=r"sign_in\.code_wrong"):
        operations.pass_second_factor(session, person, again, code, at=later)


def test_five_wrong_codes_make_even_the_right_one_wait(session: Session) -> None:
    person, secret, token = enrolled(session)
    for _ in range(5):
        operations.note_code_failure(session, person, at=AT)
    later = AT + timedelta(seconds=60)
    with pytest.raises(LimitReached):
        operations.pass_second_factor(session, person, token, pyotp.TOTP(secret).at(int(later.timestamp())), at=later)


def test_a_changed_password_ends_the_other_sessions_and_rotates_this_one(session: Session) -> None:
    person = a_person(session)
    here, there = (operations.open_session(session, person, attempt(), at=AT).token for _ in range(2))
    with pytest.raises(InvalidInput, match=r"password\.wrong"):
        operations.change_password(session, person, here, "not it at all", "a completely new 7", at=AT)
    fresh = operations.change_password(session, person, here, PASSWORD, "a completely new 7", at=AT)
    living = [operations.session_of(session, token, idle=IDLE, at=AT) for token in (here, there, fresh)]
    assert [row is not None for row in living] == [False, False, True]
    assert session.query(SignInSession).count() == 3
    assert operations.check_password(session, attempt("a completely new 7"), at=AT) is person
