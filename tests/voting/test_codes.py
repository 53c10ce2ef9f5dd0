"""Codes survive typing, and their check character finds the usual slips."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.errors import InvalidInput
from diancai.voting import CodeKind, has_valid_check, new_code, normalise_code
from diancai.voting.codes import DIGITS_ALPHABET, LETTERS_ALPHABET

KINDS = [(CodeKind.LETTERS, LETTERS_ALPHABET, 12), (CodeKind.DIGITS, DIGITS_ALPHABET, 16)]


def test_the_alphabet_has_nothing_to_mistake() -> None:
    assert len(set(LETTERS_ALPHABET)) == 31
    assert set(string.digits + string.ascii_uppercase) - set(LETTERS_ALPHABET) == set("01ILO")


@pytest.mark.parametrize(("kind", "alphabet", "length"), KINDS)
def test_a_new_code_is_in_fours_and_checks(kind: CodeKind, alphabet: str, length: int) -> None:
    code = new_code(kind)
    groups = code.split("-")
    assert {len(group) for group in groups} == {4}
    assert len("".join(groups)) == length
    assert set("".join(groups)) <= set(alphabet)
    assert has_valid_check(code)
    assert normalise_code(code) == code
    assert new_code(kind) != code


@pytest.mark.parametrize(("kind", "alphabet", "length"), KINDS)
def test_every_single_wrong_character_shows(kind: CodeKind, alphabet: str, length: int) -> None:
    code = new_code(kind).replace("-", "")
    for place in range(length):
        for character in set(alphabet) - {code[place]}:
            assert not has_valid_check(code[:place] + character + code[place + 1 :])


@pytest.mark.parametrize(("kind", "alphabet", "length"), KINDS)
def test_every_swap_of_neighbours_shows(kind: CodeKind, alphabet: str, length: int) -> None:
    for _ in range(50):
        code = new_code(kind).replace("-", "")
        for place in range(length - 1):
            left, right = code[place], code[place + 1]
            swapped = code[:place] + right + left + code[place + 2 :]
            assert has_valid_check(swapped) == (left == right)


@given(st.sampled_from(list(CodeKind)), st.sampled_from([" ", "", "－", "—", "　", "\n", "_"]), st.booleans())
def test_a_code_reads_however_it_is_typed(kind: CodeKind, separator: str, is_wide: bool) -> None:
    code = new_code(kind)
    typed = code.lower().replace("-", separator)
    if is_wide:
        typed = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in typed)
    assert normalise_code(f" {typed}\t") == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "code.wrong_length"),
        ("ABCD-EFGH", "code.wrong_length"),
        ("ABCD-EFGH-JKM0", "code.wrong_character"),
        ("ABCD-EFGH-JKM投", "code.wrong_character"),
        ("1234-5678-9012-345A", "code.wrong_character"),
    ],
)
def test_what_cannot_be_a_code_is_a_typing_error(typed: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normalise_code(typed)
    assert refused.value.code == code
    assert not has_valid_check(typed)
