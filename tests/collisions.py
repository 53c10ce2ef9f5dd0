"""Elections built to collide: many ties, equal costs, funds that are met exactly, items that nobody wants.

Drawn from a plain seed, so that thousands of them cost little and each can be made again by its number.
"""

from dataclasses import replace
from fractions import Fraction
from random import Random

from diancai.budget import Election, Item
from diancai.voting import Exact, MarkKind, Profile, WeightedBallot, profile_of

NUMBERS = ("10", "9", "b", "2", "a/7", "1", "B")
HAIR = Fraction(1, 10**40)


def colliding_election(seed: int, kind: MarkKind = MarkKind.APPROVAL) -> Election:
    """Up to seven items of two or three costs, up to twelve voters of two or three minds."""
    random = Random(seed)
    items = _items(random)
    return Election(items, _fund(random, items), _profile(random, items, kind))


def _items(random: Random) -> tuple[Item, ...]:
    unit_fen = random.choice([1, 20, 100, 700])
    costs = random.sample(range(1, 7), random.choice([1, 2, 2, 3]))
    numbers = random.sample(NUMBERS, random.randint(1, len(NUMBERS)))
    free = [0] if random.random() < 0.1 else []
    return tuple(Item(number, random.choice(costs + free) * unit_fen) for number in numbers)


def _fund(random: Random, items: tuple[Item, ...]) -> Exact:
    """That of a few items, of one item, of all of them; or any other."""
    costs = [item.cost_fen for item in items]
    chosen = random.sample(costs, random.randint(1, len(costs)))
    return random.choice([sum(chosen), chosen[0], sum(costs), sum(chosen) * random.randint(1, 5) // 3])


def _profile(random: Random, items: tuple[Item, ...], kind: MarkKind) -> Profile:
    wanted = [item.number for item in items if random.random() < 0.9]
    minds = [random.sample(wanted, random.randint(0, len(wanted))) for _ in range(random.randint(1, 4))]
    ballots = []
    for mind in minds:
        marks = mind if kind is MarkKind.RANKING else sorted(mind)
        for _ in range(random.randint(1, 3)):
            points = tuple(random.choice([0, 1, 1, 2]) for _ in marks) if kind is MarkKind.POINTS else ()
            ballots.append(WeightedBallot(tuple(marks), points, 1))
    return profile_of(kind, tuple(item.number for item in items), ballots, 3 if kind is MarkKind.RANKING else 0)


def by_a_hair(election: Election, seed: int) -> Election:
    """The same with equal costs told apart by less than any float can see."""
    random = Random(seed)
    items = (replace(item, cost_fen=item.cost_fen + random.randint(0, 2) * HAIR) for item in election.items)
    return replace(election, items=tuple(items))


def by_an_ulp(election: Election, seed: int) -> Election:
    """The same with equal costs told apart by about what a float still sees: where its own rounding could decide."""
    random = Random(seed)
    least = Fraction(1, 2 ** random.randint(50, 55))
    items = (replace(item, cost_fen=item.cost_fen * (1 + random.randint(-4, 4) * least)) for item in election.items)
    return replace(election, items=tuple(items))
