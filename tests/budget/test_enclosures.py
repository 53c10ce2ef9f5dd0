"""Numbers on demand say the same as the same numbers written out."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.budget import enclosures
from diancai.budget.enclosures import Form, Ratios, plus, times

SMALL = st.integers(-9, 9)


@st.composite
def chains(draw: st.DrawFn) -> tuple[Ratios, list[Fraction]]:
    """Up to five ratios, and the same written out."""
    ratios, values = Ratios(), list[Fraction]()
    for _ in range(draw(st.integers(0, 5))):
        numerator, denominator = (
            draw(forms(len(values)).filter(lambda form: written_out(form, values) > 0)) for _ in range(2)
        )
        ratios.add(numerator, denominator)
        values.append(written_out(numerator, values) / written_out(denominator, values))
    return ratios, values


def forms(length: int) -> st.SearchStrategy[Form]:
    return st.tuples(SMALL, *[SMALL] * length)


def written_out(form: Form, values: list[Fraction]) -> Fraction:
    return sum((value * number for value, number in zip([Fraction(1), *values], form, strict=True)), Fraction(0))


@given(chains(), st.data())
def test_signs_are_those_of_the_fractions(chain: tuple[Ratios, list[Fraction]], data: st.DataObject) -> None:
    ratios, values = chain
    one, other = data.draw(forms(len(values))), data.draw(forms(len(values)))
    product = written_out(one, values) * written_out(other, values)
    assert ratios.sign(lambda of: of(one) * of(other)) == (product > 0) - (product < 0)
    assert ratios.sign(lambda of: of(one) * of(other) - of(other) * of(one)) == 0


@pytest.mark.parametrize("primes", [(2, 3), (5, 7)])
@given(chains(), st.data())
def test_residues_that_agree_by_chance_decide_nothing(
    primes: tuple[int, int], chain: tuple[Ratios, list[Fraction]], data: st.DataObject
) -> None:
    ratios, values = chain
    # So far apart that the first enclosures do not tell them from each other.
    hair, form = 2**300, data.draw(forms(len(values)))
    above, below = times(form, hair), plus(times(form, hair), (data.draw(SMALL),))
    difference = written_out(above, values) - written_out(below, values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enclosures, "_PRIMES", primes)
        sign = ratios.sign(lambda of: of(above) * of((1,)) - of(below) * of((1,)))
    assert sign == (difference > 0) - (difference < 0)


def a_long_chain(length: int) -> Ratios:
    """Of each ratio about as many digits as of the two before it together."""
    ratios = Ratios()
    ratios.add((1,), (3,))
    ratios.add((1,), (7,))
    for place in range(2, length):
        last, before = one_of(place), one_of(place - 1)
        ratios.add(plus((1,), last), plus(plus((place,), last), before))
    return ratios


def one_of(place: int) -> Form:
    """The ratio of this number, from 1."""
    return (*(0,) * place, 1)


def test_what_no_fraction_could_hold_is_compared() -> None:
    # The last would have about 10 to the 12 digits.
    ratios, last, before = a_long_chain(60), one_of(60), one_of(59)
    assert ratios.sign(lambda of: of(last) - of(before)) == -1
    assert ratios.sign(lambda of: of(last) * of(before) - of(before) * of(last)) == 0
    assert ratios.whole_below(times(last, 10**40), (1,)) < ratios.whole_below(times(before, 10**40), (1,))
    assert 0 < ratios.nearest_float(last, (1,)) < 1


@given(st.integers(0, 10**40), st.integers(1, 10**30))
def test_quotients_are_rounded_down(numerator: int, denominator: int) -> None:
    assert Ratios().whole_below((numerator,), (denominator,)) == numerator // denominator
