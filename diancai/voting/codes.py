"""Ballot codes (投票码): 11 unambiguous characters and a check character, or 15 digits and a check digit."""

import secrets
import unicodedata
from enum import StrEnum

from diancai.errors import InvalidInput

# No 0 and O, no 1, I and L: 31 characters, a prime number, which the check character needs.
LETTERS_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DIGITS_ALPHABET = "0123456789"
_GROUP = 4

# Damm's quasigroup of order 10 (H. M. Damm, 2004): x*x = 0, and no x != y with (c*x)*y = (c*y)*x.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


class CodeKind(StrEnum):
    """Letters and digits by default; digits alone where a street wants a numeric pad."""

    LETTERS = "letters"
    DIGITS = "digits"


_RANDOM_LENGTHS = {CodeKind.LETTERS: 11, CodeKind.DIGITS: 15}
_ALPHABETS = {CodeKind.LETTERS: LETTERS_ALPHABET, CodeKind.DIGITS: DIGITS_ALPHABET}
_KINDS_BY_LENGTH = {length + 1: kind for kind, length in _RANDOM_LENGTHS.items()}


def new_code(kind: CodeKind = CodeKind.LETTERS) -> str:
    """A fresh random code with its check character, in fours: 54 bits in letters, 49 in digits."""
    body = "".join(secrets.choice(_ALPHABETS[kind]) for _ in range(_RANDOM_LENGTHS[kind]))
    return in_fours(body + _check_character(kind, body))


def normalise_code(text: str) -> str:
    """A typed or scanned code as it was printed: capitals, ASCII, in fours. Idempotent; it does not look at the check.

    Raises InvalidInput: code.wrong_length (length), code.wrong_character (character).
    """
    bare = bare_text(text)
    kind = _KINDS_BY_LENGTH.get(len(bare))
    if kind is None:
        raise InvalidInput("code.wrong_length", length=len(bare))
    for character in bare:
        if character not in _ALPHABETS[kind]:
            raise InvalidInput("code.wrong_character", character=character)
    return in_fours(bare)


def has_valid_check(text: str) -> bool:
    """Whether the check character fits. It detects every single wrong character and every swap of neighbours."""
    try:
        bare = bare_text(normalise_code(text))
    except InvalidInput:
        return False
    return _check_character(_KINDS_BY_LENGTH[len(bare)], bare[:-1]) == bare[-1]


def bare_text(text: str) -> str:
    """Capitals and digits without spaces and dashes, full-width forms made plain."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in plain if not _is_filler(character))


def in_fours(bare: str) -> str:
    """ABCDEFGH as ABCD-EFGH."""
    return "-".join(bare[start : start + _GROUP] for start in range(0, len(bare), _GROUP))


def _is_filler(character: str) -> bool:
    # Dashes, spaces, line breaks, invisible marks that copying brings along, and what keyboards offer for a dash.
    return unicodedata.category(character) in {"Pd", "Zs", "Zl", "Zp", "Cc", "Cf"} or character in "−ー一_.·"


def _check_character(kind: CodeKind, body: str) -> str:
    return _damm_digit(body) if kind is CodeKind.DIGITS else _weighted_character(body)


def _weighted_character(body: str) -> str:
    """Weights 2, 3, … over a prime field: all differ and none is zero, so substitutions and swaps always show."""
    total = sum(weight * LETTERS_ALPHABET.index(character) for weight, character in enumerate(reversed(body), start=2))
    return LETTERS_ALPHABET[-total % len(LETTERS_ALPHABET)]


def _damm_digit(body: str) -> str:
    interim = 0
    for digit in body:
        interim = _DAMM[interim][int(digit)]
    return str(interim)
