"""Which passwords are refused, how they are kept, and what a code of a phone proves."""

from datetime import timedelta

import pyotp
import pytest

from diancai.errors import InvalidInput
from diancai.platform.accounts.passwords import hash_password, is_right, new_password, require_strong
from diancai.platform.accounts.second_factor import enrolment_address, matching_step, new_secret
from tests.factories import AT


def test_a_password_is_kept_as_argon2id_with_the_agreed_cost() -> None:
    kept = hash_password("三月里的小雨淅沥沥沥下个不停")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_right(kept, "三月里的小雨淅沥沥沥下个不停")
    assert not is_right(kept, "三月里的小雨淅沥沥沥下个不")


def test_a_hash_that_cannot_be_read_proves_nothing() -> None:
    assert not is_right("-", "whatever it may be")


def test_full_width_letters_are_the_same_password() -> None:
    assert is_right(hash_password("correct horse 电池"), "ｃorrect horse 电池")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-one", "password.too_short"),
        ("x" * 201, "password.too_long"),
        ("123456789012", "password.too_common"),
        ("135792468013", "password.too_common"),
        ("abcdefghijklmnop", "password.too_common"),
        ("aaaaaaaaaaaaaaaa", "password.too_common"),
        ("password1234!", "password.too_common"),
        ("Password2026@", "password.too_common"),
        ("admin-admin-2026", "password.too_common"),
        ("woaini5201314", "password.too_common"),
        ("zhangwei-9931-zw", "password.own_name"),
    ],
)
def test_a_guessable_password_is_refused(password: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        require_strong(password, "zhangwei")
    assert caught.value.code == code


@pytest.mark.parametrize("password", ["老街的桂花开了整整八十二次", "tiger lantern soup 9"])
def test_a_long_phrase_is_accepted(password: str) -> None:
    require_strong(password, "zhangwei")


def test_a_first_password_is_strong_and_never_the_same() -> None:
    passwords = {new_password() for _ in range(50)}
    assert len(passwords) == 50
    for password in passwords:
        require_strong(password, "zhangwei")


def test_a_code_of_the_phone_is_good_for_one_step_of_drift_and_once() -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).at(int(AT.timestamp()))
    step = matching_step(secret, f"{code[:3]} {code[3:]}", at=AT)
    assert step == int(AT.timestamp()) // 30
    assert matching_step(secret, code, at=AT + timedelta(seconds=30)) == step
    assert matching_step(secret, code, at=AT + timedelta(seconds=90)) is None
    assert matching_step(secret, code, at=AT, after_step=step) is None


@pytest.mark.parametrize("typed", ["", "abc", "１２３４５６", "1234567"])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    assert matching_step(new_secret(), typed, at=AT) is None


def test_the_enrolment_address_names_account_and_site() -> None:
    assert enrolment_address("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", account="li", site="点菜").startswith(
        "otpauth://totp/"
    )
