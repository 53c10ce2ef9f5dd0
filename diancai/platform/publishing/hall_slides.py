"""The result on the hall's screen: a few items at a time with their reasons, turned by the clock so that all screens agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.polling.hall_models import SittingStep
from diancai.platform.polling.hall_queries import Day
from diancai.platform.results.models import Result
from diancai.platform.results.queries import ItemOutcome, current_result, latest_result, outcomes_of
from diancai.platform.results.wording import Wording
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState

ITEMS_A_SLIDE = 3
"""A name and a reason each: seven lines with the answer above them."""
SECONDS_A_SLIDE = 12


@dataclass(frozen=True, slots=True)
class Slide:
    """One screenful; `first` is the place of its first item. `is_published`: else it is signed and not yet put up."""

    round_: Round
    words: Wording
    answer: str
    outcomes: list[ItemOutcome]
    first: int
    number: int
    count: int
    is_published: bool


def slide_of(session: Session, day: Day, locale: str, *, at: datetime) -> Slide | None:
    """What stands on the screen at this instant. None before the chair's command, or without a signed result."""
    announced = day.done.get(SittingStep.ANNOUNCED)
    if announced is None:
        return None
    slides = [slide for round_ in day.rounds for slide in _slides(session, round_, locale)]
    seconds = max(0, int((at - announced.done_at).total_seconds()))
    return slides[seconds // SECONDS_A_SLIDE % len(slides)] if slides else None


def result_to_show(session: Session, round_: Round) -> Result | None:
    """The version in force; before it is published the one that the scrutineers have certified."""
    published = current_result(session, round_)
    if published is not None or round_.state is not RoundState.CERTIFIED:
        return published
    return latest_result(session, round_)


def _slides(session: Session, round_: Round, locale: str) -> Iterator[Slide]:
    result = result_to_show(session, round_)
    if result is None:
        return
    outcomes, words = outcomes_of(session, round_, result), Wording(round_.ballot_type, locale)
    answer, is_published = words.answer(result, outcomes), current_result(session, round_) is not None
    count = -(-len(outcomes) // ITEMS_A_SLIDE)
    for number in range(count):
        first = number * ITEMS_A_SLIDE
        shown = outcomes[first : first + ITEMS_A_SLIDE]
        yield Slide(round_, words, answer, shown, first + 1, number + 1, count, is_published)
