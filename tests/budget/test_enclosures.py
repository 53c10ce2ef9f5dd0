"""Numbers on demand say the same as the same numbers written out."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

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


def test_what_no_fraction_could_hold_is_compared() -> None:
    # r → (1 + r) / (3 + r·r) would need a number of digits that doubles sixty times.
    ratios = Ratios()
    ratios.add((1,), (3,))
    for place in range(60):
        below = (*(0,) * place, 0, 1)
        ratios.add(plus((1,), below), plus((3,), below, 2 + place))
    last, before = (*(0,) * 61, 1), (*(0,) * 60, 1, 0)
    assert ratios.sign(lambda of: of(last) - of(before)) == -1
    assert ratios.sign(lambda of: of(last) * of(before) - of(before) * of(last)) == 0
    assert ratios.whole_below(times(last, 10**40), (1,)) < ratios.whole_below(times(before, 10**40), (1,))
    assert 0 < ratios.nearest_float(last, (1,)) < 1


@given(st.integers(0, 10**40), st.integers(1, 10**30))
def test_quotients_are_rounded_down(numerator: int, denominator: int) -> None:
    assert Ratios().whole_below((numerator,), (denominator,)) == numerator // denominator
