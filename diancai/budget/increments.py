"""Add1: equal shares again and again, each time with one main currency unit more for every voter (count.md)."""

from collections.abc import Callable
from fractions import Fraction

from diancai.budget.contest import Contest
from diancai.budget.equal_shares import Purchases, Shop, endowment_of

MAIN_UNIT_FEN = 100

EndsAt = Callable[[Contest, Shop, Purchases], bool]


def may_end_early(contest: Contest, shop: Shop, purchases: Purchases) -> bool:
    """`add1` ends at the first exhaustive outcome: nothing that could still be bought fits the money left."""
    return not any(
        candidate.cost_fen <= purchases.standing.left_fen
        and purchases.standing.obstacle(contest.constraints, candidate) is None
        for candidate in (shop.table.candidates[place] for place in purchases.open_places())
    )


def never_ends_early(contest: Contest, shop: Shop, purchases: Purchases) -> bool:
    """`add1-full` ends when nothing is left to be bought."""
    return not purchases.open_places()


def last_run(contest: Contest, shop: Shop, ends_at: EndsAt) -> Purchases:
    """The last run that does not overspend, or the first at which the completion ends."""
    endowment = endowment_of(contest, shop.standing, shop.table.scale)
    step = Fraction(MAIN_UNIT_FEN * shop.table.scale)
    purchases = shop.run(endowment)
    while not ends_at(contest, shop, purchases):
        endowment += step
        following = shop.run(endowment)
        if following.standing.left_fen < 0:
            break
        purchases = following
    return purchases
