"""Numbers known as closely as a comparison asks: chains of fractions whose digits would double at every link.

Each ratio is the quotient of two sums of whole multiples of earlier ratios. Written out as one fraction, the tenth may
fill a page and the thirtieth a library. So a number is enclosed between two others, ever closer, until its sign is
certain; what seems to be zero is proved to be, by writing it out.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import Any, TypeAlias

Form: TypeAlias = tuple[int, ...]
"""A whole number, and how often each ratio so far is added to it."""
Evaluate: TypeAlias = Callable[[Form], Any]
Expression: TypeAlias = Callable[[Evaluate], Any]
"""What +, − and × make of forms, in whichever numbers they are asked."""

_MOST_BITS_WRITTEN_OUT = 1_000_000
"""Beyond it a fraction takes many seconds to reduce. No real election at hand comes near; one made to may pass it."""
_PRIMES = (2**521 - 1, 2**607 - 1)
_FIRST_BITS = 128


class _TooCoarseError(ArithmeticError):
    """The enclosure holds zero where something is divided by it."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Between `low` and `high`, in units of 2 ** −`bits`."""

    low: int
    high: int
    bits: int

    def __add__(self, other: "Enclosure") -> "Enclosure":
        return Enclosure(self.low + other.low, self.high + other.high, self.bits)

    def __sub__(self, other: "Enclosure") -> "Enclosure":
        return Enclosure(self.low - other.high, self.high - other.low, self.bits)

    def __mul__(self, other: "Enclosure | int") -> "Enclosure":
        if isinstance(other, int):
            ends = sorted((self.low * other, self.high * other))
            return Enclosure(ends[0], ends[1], self.bits)
        products = [one * two for one in (self.low, self.high) for two in (other.low, other.high)]
        return Enclosure(min(products) >> self.bits, -(-max(products) >> self.bits), self.bits)

    def __truediv__(self, other: "Enclosure") -> "Enclosure":
        if other.low <= 0 or self.low < 0:
            raise _TooCoarseError
        return Enclosure((self.low << self.bits) // other.high, -(-(self.high << self.bits) // other.low), self.bits)


@dataclass(frozen=True, slots=True)
class Residue:
    """What is left of a number modulo a prime."""

    value: int
    prime: int

    def __add__(self, other: "Residue") -> "Residue":
        return Residue((self.value + other.value) % self.prime, self.prime)

    def __sub__(self, other: "Residue") -> "Residue":
        return Residue((self.value - other.value) % self.prime, self.prime)

    def __mul__(self, other: "Residue | int") -> "Residue":
        factor = other if isinstance(other, int) else other.value
        return Residue(self.value * factor % self.prime, self.prime)

    def __truediv__(self, other: "Residue") -> "Residue":
        return Residue(self.value * pow(other.value, -1, self.prime) % self.prime, self.prime)


class Ratios:
    """A growing chain of positive ratios, and what is certain about sums and products of them.

    Of a difference that enclosures do not tell from zero, a residue other than zero modulo a prime proves that it is not
    zero, and the enclosures go on. If both residues, modulo 2⁵²¹ − 1 and 2⁶⁰⁷ − 1, are zero, it is written out and
    decided. Only what takes more than 1,000,000 bits is then taken for zero without a proof: wrong by chance about once
    in 10³³⁹.
    """

    def __init__(self) -> None:
        self._terms: list[tuple[Form, Form]] = []
        self._values: dict[int, list[Any]] = {}
        """By bits of the enclosures, or by minus the prime of the residues."""
        self._written_out: list[Fraction | None] = []

    def __len__(self) -> int:
        return len(self._terms)

    def add(self, numerator: Form, denominator: Form) -> None:
        """The next ratio, of forms on those before; both are above zero."""
        self._terms.append((numerator, denominator))

    def sign(self, expression: Expression) -> int:
        """−1, 0 or 1."""
        is_zero: bool | None = None
        for found in self._closer_and_closer(expression):
            if found.low > 0 or found.high < 0:
                return 1 if found.low > 0 else -1
            if is_zero is None:
                is_zero = self._is_zero(expression)
            if is_zero:
                return 0
        raise AssertionError("enclosures never end")

    def nearest_float(self, numerator: Form, denominator: Form) -> float:
        """The quotient of two forms above zero, at most two units of float precision away."""
        for found in self._closer_and_closer(lambda of: of(numerator) / of(denominator)):
            if (found.high - found.low) << 60 < found.low:
                return float(found.low / (1 << found.bits))
        raise AssertionError("enclosures never end")

    def whole_below(self, numerator: Form, denominator: Form) -> int:
        """The quotient of two forms, not below zero and above zero, rounded down."""
        for found in self._closer_and_closer(lambda of: of(numerator) / of(denominator)):
            low, high = found.low >> found.bits, found.high >> found.bits
            if low == high:
                return int(low)
            if high - low == 1:
                return int(high if self._reaches(numerator, denominator, high) else low)
        raise AssertionError("enclosures never end")

    def _reaches(self, numerator: Form, denominator: Form, whole: int) -> bool:
        return self.sign(lambda of: of(numerator) - of(denominator) * whole) >= 0

    def _closer_and_closer(self, expression: Expression) -> Iterator[Enclosure]:
        bits = _FIRST_BITS
        while True:
            with suppress(_TooCoarseError):
                yield expression(self._in_enclosures(bits))
            bits *= 2

    def _in_enclosures(self, bits: int) -> Evaluate:
        return self._evaluator(bits, lambda whole: Enclosure(whole << bits, whole << bits, bits))

    def _in_residues(self, prime: int) -> Evaluate:
        return self._evaluator(-prime, lambda whole: Residue(whole % prime, prime))

    def _evaluator(self, key: int, of_whole: Callable[[int], Any]) -> Evaluate:
        values = self._values.setdefault(key, [])
        for numerator, denominator in self._terms[len(values) :]:
            values.append(_value(numerator, of_whole, values) / _value(denominator, of_whole, values))
        return lambda form: _value(form, of_whole, values)

    def _is_zero(self, expression: Expression) -> bool:
        if any(self._differs_modulo(prime, expression) for prime in _PRIMES):
            return False
        exactly = self._exactly(_forms_in(expression))
        return exactly is None or bool(expression(exactly) == 0)

    def _differs_modulo(self, prime: int, expression: Expression) -> bool:
        """Whether the residue proves that it is not zero. A denominator that the prime divides proves nothing."""
        try:
            return bool(expression(self._in_residues(prime)).value)
        except ValueError:
            return False

    def _exactly(self, forms: Sequence[Form]) -> Evaluate | None:
        """How to write out these forms, if they are short."""
        for numerator, denominator in self._terms[len(self._written_out) :]:
            evaluate = self._from_written_out((numerator, denominator))
            self._written_out.append(evaluate and evaluate(numerator) / evaluate(denominator))
        return self._from_written_out(forms)

    def _from_written_out(self, forms: Sequence[Form]) -> Evaluate | None:
        used = {place for form in forms for place, times in enumerate(form[1:]) if times}
        values = {place: self._written_out[place] for place in used}
        if any(value is None for value in values.values()) or sum(map(_bits, values.values())) > _MOST_BITS_WRITTEN_OUT:
            return None
        return lambda form: _value(form, Fraction, values)


def _forms_in(expression: Expression) -> list[Form]:
    forms: list[Form] = []

    def note(form: Form) -> Fraction:
        forms.append(form)
        return Fraction(1)

    expression(note)
    return forms


def _value(form: Form, of_whole: Callable[[int], Any], values: Any) -> Any:
    total = of_whole(form[0])
    for place, times in enumerate(form[1:]):
        if times:
            total = total + values[place] * times
    return total


def _bits(value: Fraction | None) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length() if value is not None else 0


def plus(one: Form, other: Form, times: int = 1) -> Form:
    """One form and so many times another."""
    return tuple(first + times * second for first, second in zip_longest(one, other, fillvalue=0))


def times(form: Form, factor: int) -> Form:
    return tuple(factor * number for number in form)
