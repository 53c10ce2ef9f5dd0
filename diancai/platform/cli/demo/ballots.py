"""What the made-up residents prefer, from a published seed: no vote of anyone, and no forecast (docs/demo.md)."""

from collections.abc import Sequence
from random import Random

from diancai.platform.cli.demo.dishes import WHOLE_STREET, Audience, Dish
from diancai.platform.cli.demo.people import Resident

MOST_MARKS = 5
OWN_COMMUNITY, WHOLE_STREET_FACTOR, ELSEWHERE = 2.6, 1.5, 0.35
"""How much likelier an item of one's own community, of the whole street, or of another community is to be chosen."""
SPOKEN_TO, NOT_SPOKEN_TO = 2.0, 0.6
MARK_COUNTS = (1, 2, 3, 4, 5)
MARK_COUNT_WEIGHTS = (6, 10, 22, 24, 38)


def audiences(resident: Resident, year: int) -> frozenset[Audience]:
    """Elders from 60; families between 26 and 50; riders up to 45, and those who came from elsewhere to work."""
    age = year - resident.birth_year
    found = {Audience.EVERYONE}
    if age >= 60:
        found.add(Audience.ELDERS)
    if 26 <= age <= 50:
        found.add(Audience.FAMILIES)
    if age <= 45 or (not resident.is_local and age < 60):
        found.add(Audience.RIDERS)
    return frozenset(found)


def liking(resident: Resident, dish: Dish, year: int) -> float:
    """How strongly a dish draws a resident: its appeal, its place, and whom it speaks to."""
    place = ELSEWHERE
    if dish.community == WHOLE_STREET:
        place = WHOLE_STREET_FACTOR
    elif dish.community == resident.community:
        place = OWN_COMMUNITY
    if dish.audience is Audience.EVERYONE:
        return dish.appeal * place
    return dish.appeal * place * (SPOKEN_TO if dish.audience in audiences(resident, year) else NOT_SPOKEN_TO)


def choices(random: Random, resident: Resident, menu: Sequence[Dish], year: int) -> list[str]:
    """Names of one to five dishes, drawn without replacement in proportion to `liking`.

    Each dish gets a key u^(1/weight) and the largest keys win: Efraimidis and Spirakis, Weighted random sampling with a
    reservoir, Information Processing Letters 97 (2006).
    """
    count = random.choices(MARK_COUNTS, MARK_COUNT_WEIGHTS)[0]
    keys = {dish.name: random.random() ** (1 / liking(resident, dish, year)) for dish in menu}
    return sorted(keys, key=lambda name: -keys[name])[: min(count, MOST_MARKS)]
