"""What the ballot, review and receipt pages show, made of frozen rows and of what the form carries: nothing is stored."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from diancai.errors import InvalidInput
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.states import ItemOrder
from diancai.voting import BallotForm, BallotType, parse_numbers


@dataclass(frozen=True, slots=True)
class Marking:
    """What a form carries: ticked numbers, places of a ranking, and the line of numbers as typed."""

    chosen: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    numbers: str = ""

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The same again as fields of a form, so that going back loses nothing."""
        ticked = [("choice", number) for number in self.chosen]
        ranked = [(f"rank-{number}", place) for number, place in self.places]
        return ticked + ranked + ([("numbers", self.numbers)] if self.numbers else [])


def marking_in(chosen: Sequence[str], fields: Mapping[str, str], numbers: str) -> Marking:
    places = tuple((name.removeprefix("rank-"), place) for name, place in fields.items() if name.startswith("rank-"))
    return Marking(tuple(dict.fromkeys(chosen)), tuple(pair for pair in places if pair[1]), numbers.strip())


def marks_in(form: BallotForm, marking: Marking) -> tuple[str, ...]:
    """The marks that a form means: what is ticked and what is typed together, or the places of a ranking.

    Raises InvalidInput ballot.not_a_number (text), ballot.place_twice (place), ballot.bad_place.
    """
    typed = parse_numbers(marking.numbers)
    if form.ballot_type is BallotType.RANKING:
        return _ranked(form, marking, typed)
    return tuple(dict.fromkeys((*marking.chosen, *typed)))


def settled(form: BallotForm, marks: Sequence[str]) -> Marking:
    """Marks as the ballot page would hold them after checking: typed numbers become ticks."""
    if form.ballot_type is BallotType.RANKING:
        return Marking(places=tuple((number, str(place)) for place, number in enumerate(marks, start=1)))
    return Marking(chosen=tuple(marks))


def _ranked(form: BallotForm, marking: Marking, typed: tuple[str, ...]) -> tuple[str, ...]:
    if typed and not marking.places:
        return typed
    marks = [""] * form.max_marks
    for number, place in marking.places:
        index = int(place) - 1 if place.isascii() and place.isdigit() and len(place) < 6 else -1
        if not 0 <= index < form.max_marks:
            raise InvalidInput("ballot.bad_place", number=number)
        if marks[index]:
            raise InvalidInput("ballot.place_twice", place=place)
        marks[index] = number
    return (*marks, *typed) if typed else tuple(marks)


def ballot_items(session: Session, round_: Round, voter_key: bytes) -> list[MenuItem]:
    """Items in the order of the rule book: by lot and the same everywhere, or random per voter and stable for them."""
    items = items_of(session, round_)
    if round_.item_order is ItemOrder.RANDOM:
        items.sort(key=lambda item: hashlib.sha256(voter_key + item.number.encode()).digest())
    return items
