"""Official test ballots: made from a rehearsal's number alone, so that everybody knows their totals beforehand. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from diancai.voting import BallotForm, BallotType, check_ballot, item_scores, profile_from_texts


def official_marks(form: BallotForm, number: int, count: int) -> Iterator[list[str]]:
    """`count` valid ballots for this form, the same for the same number."""
    random = Random(f"rehearsal {number}")
    for _ in range(count):
        marks = _marks(form, random)
        check_ballot(form, marks)
        yield marks


def known_totals(form: BallotForm, texts: Sequence[str]) -> Mapping[str, int]:
    """What each item must get from these ballots: votes, or points where ballots are rankings."""
    scores = item_scores(profile_from_texts(form, texts))
    return {number: int(scores[number]) for number in form.item_numbers}


def _marks(form: BallotForm, random: Random) -> list[str]:
    wanted = random.randint(form.min_marks, form.max_marks)
    numbers = random.sample(form.item_numbers, len(form.item_numbers))
    if form.ballot_type is not BallotType.KNAPSACK:
        return numbers[:wanted]
    left, costs = form.fund_fen or 0, dict(zip(form.item_numbers, form.costs_fen, strict=True))
    chosen: list[str] = []
    for number in numbers:
        if len(chosen) < wanted and costs[number] <= left:
            chosen.append(number)
            left -= costs[number]
    return chosen
