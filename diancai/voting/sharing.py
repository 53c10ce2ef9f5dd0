"""A secret shared among keepers (A. Shamir, How to Share a Secret, 1979): so many shares give it back, fewer say nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from diancai.errors import InvalidInput
from diancai.voting.codes import LETTERS_ALPHABET, bare_text, in_fours

PRIME = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve P-256, a prime: its private keys are exactly the numbers 1 to PRIME - 1."""

_BASE = len(LETTERS_ALPHABET)
_VALUE_LENGTH = 52
"""31 to the 52nd is just above the prime."""
_CHECK_LENGTH = 3
_LENGTH = 1 + _VALUE_LENGTH + _CHECK_LENGTH


@dataclass(frozen=True, slots=True, repr=False)
class Share:
    """One keeper's part: the polynomial's value at `place`, 1 or more."""

    place: int
    value: int


def share_secret(secret: int, coefficients: Sequence[int], count: int) -> tuple[Share, ...]:
    """`count` shares of `secret`, of which any `len(coefficients) + 1` give it back.

    `coefficients` must be random numbers from 0 to PRIME - 1, drawn for this secret only: the security is theirs.
    Raises ValueError for numbers outside the field or a threshold above `count`.
    """
    polynomial = (secret, *coefficients)
    if not all(0 <= number < PRIME for number in polynomial):
        raise ValueError("a number outside the field")
    if not 1 <= len(polynomial) <= count < _BASE:
        raise ValueError("the threshold must be at most the number of shares")
    return tuple(Share(place, _value_at(polynomial, place)) for place in range(1, count + 1))


def secret_of(shares: Sequence[Share]) -> int:
    """What the shares were made of, if they are enough; any number of the field otherwise.

    Raises InvalidInput share.same_place (place) for two shares of one place.
    """
    places = [share.place for share in shares]
    for place in places:
        if places.count(place) > 1:
            raise InvalidInput("share.same_place", place=place)
    return sum(share.value * _weight_at_zero(share.place, places) for share in shares) % PRIME


def share_text(share: Share) -> str:
    """A share to print and to type: 56 letters and digits in fours, the last three of them for checking."""
    body = LETTERS_ALPHABET[share.place] + _in_base(share.value, _VALUE_LENGTH)
    return in_fours(body + _check_of(body))


def parse_share(text: str) -> Share:
    """A typed share. Raises InvalidInput share.malformed for another length, another character or a typing error."""
    bare = bare_text(text)
    if len(bare) != _LENGTH or not set(bare) <= set(LETTERS_ALPHABET):
        raise InvalidInput("share.malformed", field="share")
    body, check = bare[:-_CHECK_LENGTH], bare[-_CHECK_LENGTH:]
    place, value = LETTERS_ALPHABET.index(body[0]), _number_of(body[1:])
    if _check_of(body) != check or place == 0 or value >= PRIME:
        raise InvalidInput("share.malformed", field="share")
    return Share(place, value)


def _value_at(polynomial: Sequence[int], place: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = (value * place + coefficient) % PRIME
    return value


def _weight_at_zero(place: int, places: Sequence[int]) -> int:
    """Lagrange's weight of one place for the value at zero."""
    above, below = 1, 1
    for other in places:
        if other != place:
            above = above * other % PRIME
            below = below * (other - place) % PRIME
    return above * pow(below, -1, PRIME) % PRIME


def _in_base(number: int, length: int) -> str:
    characters = []
    for _ in range(length):
        number, digit = divmod(number, _BASE)
        characters.append(LETTERS_ALPHABET[digit])
    return "".join(reversed(characters))


def _number_of(text: str) -> int:
    number = 0
    for character in text:
        number = number * _BASE + LETTERS_ALPHABET.index(character)
    return number


def _check_of(body: str) -> str:
    digest = int.from_bytes(hashlib.sha256(f"diancai-share/1\n{body}".encode()).digest())
    return _in_base(digest % _BASE**_CHECK_LENGTH, _CHECK_LENGTH)
