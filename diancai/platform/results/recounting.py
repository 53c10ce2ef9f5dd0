"""A full recount (重新清点): the sealed box counted again, and compared with what was stored and published."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.budget import allocate
from diancai.errors import NotFound
from diancai.platform.results.counted import counted_from_box
from diancai.platform.results.models import Result, ResultItem
from diancai.platform.results.queries import current_result, latest_result, result_of_version
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.rules import sha256_of
from diancai.voting import item_scores


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` as the bundle names it, of one item where `number` is not empty."""

    what: str
    stored: str
    counted: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Recount:
    result: Result
    ballot_count: int
    winners: tuple[str, ...]
    differences: tuple[Difference, ...]


def recount(session: Session, round_: Round, version: int | None = None) -> Recount:
    """Count the box again by the frozen rules and the draw; nothing is changed. Left out: the version in force, else the
    newest.

    Compared are the ballots, the total and the fate of every item, the order of the winners, the money, the members of the
    bundle that say the same, and its hash. Raises NotFound recount.no_result; Conflict and WrongState as `open_box`.
    """
    result = _wanted(session, round_, version)
    counted = counted_from_box(session, round_, result)
    allocation = allocate(counted.election, counted.rule, counted.ties)
    totals = {number: int(score) for number, score in item_scores(counted.election.profile).items()}
    ballot_count = json.loads(result.bundle)["closing"]["ballot_count"]
    found = [
        Difference("bundle", result.bundle_sha256, sha256_of(result.bundle)),
        Difference("ballot_count", str(result.ballot_count), str(ballot_count)),
        Difference("spent_fen", str(result.spent_fen), str(allocation.spent_fen)),
        Difference("left_fen", str(result.left_fen), str(allocation.left_fen)),
        *_items(session, result, totals, allocation.winners),
        *_bundle_members(result, totals, allocation.winners),
    ]
    differing = tuple(one for one in found if one.stored != one.counted)
    return Recount(result, ballot_count, tuple(allocation.winners), differing)


def _wanted(session: Session, round_: Round, version: int | None) -> Result:
    in_force = current_result(session, round_) or latest_result(session, round_)
    result = in_force if version is None else result_of_version(session, round_.id, version)
    if result is None:
        raise NotFound("recount.no_result")
    return result


def _items(session: Session, result: Result, totals: dict[str, int], winners: Sequence[str]) -> Iterator[Difference]:
    rows = list(session.scalars(select(ResultItem).filter_by(result_id=result.id).order_by(ResultItem.place)))
    for row in rows:
        yield Difference("score", str(row.score), str(totals.get(row.number)), row.number)
    yield Difference("items", _listed(sorted(row.number for row in rows)), _listed(sorted(totals)))
    yield Difference("winners", _listed(row.number for row in rows if row.is_selected), _listed(winners))


def _bundle_members(result: Result, totals: dict[str, int], winners: Sequence[str]) -> Iterator[Difference]:
    """What outsiders have in their hands."""
    bundle = json.loads(result.bundle)
    for number, score in bundle["totals"].items():
        yield Difference("bundle.totals", str(score), str(totals.get(number)), number)
    chosen = sorted((row["order"], row["number"]) for row in bundle["result"]["items"] if row["selected"])
    yield Difference("bundle.winners", _listed(number for _, number in chosen), _listed(winners))


def _listed(numbers: Iterable[str]) -> str:
    return ",".join(numbers)
