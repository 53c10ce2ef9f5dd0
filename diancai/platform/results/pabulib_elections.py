"""Between Pabulib files and our rounds: what of a file becomes a round, and a published round as a file."""

import re
from dataclasses import dataclass
from datetime import date

from diancai.errors import InvalidInput
from diancai.voting import BallotType, Exact, PabulibFile, VoteType, profile_from_pabulib

TEXT_LENGTH = 4000
NAME_LENGTH = 200
NUMBER_LENGTH = 64
TYPES = {
    VoteType.APPROVAL: BallotType.TICK,
    VoteType.CHOOSE_1: BallotType.TICK,
    VoteType.ORDINAL: BallotType.RANKING,
}


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """A project. A name too long for a menu stands in full in `text`."""

    number: str
    name: str
    cost_fen: int
    text: str


@dataclass(frozen=True)
class ImportedElection:
    """A file in our terms. `ballots`: canonical texts with their number. Nothing of the voters is left."""

    ballot_type: BallotType
    max_marks: int
    fund_fen: int
    items: tuple[ImportedItem, ...]
    ballots: tuple[tuple[str, int], ...]
    source: str
    currency: str
    year: int | None
    days: tuple[date, date] | None

    @property
    def is_ranking(self) -> bool:
        return self.ballot_type is BallotType.RANKING


def election_in(file: PabulibFile) -> ImportedElection:
    """What a file says, in whole fen and canonical texts.

    Raises InvalidInput: import.vote_type (vote_type) for points, import.no_projects, import.project_id (number),
    import.finer_than_fen (number), import.ballot_too_long (limit).
    """
    ballot_type = TYPES.get(file.vote_type)
    if ballot_type is None:
        raise InvalidInput("import.vote_type", vote_type=file.vote_type.value)
    if not file.projects:
        raise InvalidInput("import.no_projects")
    ballots = _ballots(file)
    return ImportedElection(
        ballot_type=ballot_type,
        max_marks=_max_marks(file, ballot_type, ballots),
        fund_fen=_fen(file.budget, ""),
        items=_items(file),
        ballots=ballots,
        source=_source(file),
        currency=file.value("currency"),
        year=_year(file),
        days=_days(file),
    )


def _items(file: PabulibFile) -> tuple[ImportedItem, ...]:
    ids = file.project_ids
    names = file.project_values("name") if "name" in file.project_columns else ids
    for number in ids:
        if len(number) > NUMBER_LENGTH or not number.isprintable() or "," in number:
            raise InvalidInput("import.project_id", number=number)
    return tuple(
        ImportedItem(number, _short(name or number), _fen(cost, number), name if len(name) > NAME_LENGTH else "")
        for number, name, cost in zip(ids, names, file.costs, strict=True)
    )


def _short(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"


def _fen(amount: Exact, number: str) -> int:
    fen = amount * 100
    if fen.denominator != 1:
        raise InvalidInput("import.finer_than_fen", number=number)
    return int(fen)


def _ballots(file: PabulibFile) -> tuple[tuple[str, int], ...]:
    ballots = tuple((",".join(ballot.marks), ballot.count) for ballot in profile_from_pabulib(file).ballots)
    if any(len(text) > TEXT_LENGTH for text, _ in ballots):
        raise InvalidInput("import.ballot_too_long", limit=TEXT_LENGTH)
    return ballots


def _max_marks(file: PabulibFile, ballot_type: BallotType, ballots: tuple[tuple[str, int], ...]) -> int:
    """The file's own limit, or all projects. A ranking's places are its scores, so longer ballots are refused there."""
    longest = max((text.count(",") + 1 for text, _ in ballots if text), default=1)
    limit = min(file.max_length or len(file.projects), len(file.projects))
    if ballot_type is BallotType.RANKING and longest > limit:
        raise InvalidInput("import.ballot_too_long", limit=limit)
    return max(limit, longest)


def _source(file: PabulibFile) -> str:
    keys = ("country", "unit", "subunit", "instance", "currency")
    return " · ".join(dict.fromkeys(file.value(key) for key in keys if file.value(key)))


def _year(file: PabulibFile) -> int | None:
    found = re.search(r"\b(19|20)\d\d\b", file.value("instance"))
    return int(found[0]) if found else None


def _days(file: PabulibFile) -> tuple[date, date] | None:
    first, last = _day(file.value("date_begin")), _day(file.value("date_end"))
    return (first, last) if first and last and first <= last else None


def _day(text: str) -> date | None:
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None
