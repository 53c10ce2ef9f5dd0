"""What is counted (items, fund, ballots) and by which rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from diancai.errors import InvalidInput
from diancai.voting.exact import Exact, tidy
from diancai.voting.pabulib import PabulibFile
from diancai.voting.profile import MarkKind, Profile
from diancai.voting.profile_sources import profile_from_pabulib

_FEN = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the menu. A withdrawn one stays on the menu and cannot win."""

    number: str
    cost_fen: Exact
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Election:
    """Items in menu order, the fund, and all ballots.

    Raises InvalidInput election.negative_amount, or election.items_differ where the ballots are of another menu.
    """

    items: tuple[Item, ...]
    fund_fen: Exact
    profile: Profile

    def __post_init__(self) -> None:
        if self.fund_fen < 0 or any(item.cost_fen < 0 for item in self.items):
            raise InvalidInput("election.negative_amount")
        if tuple(item.number for item in self.items) != self.profile.item_numbers:
            raise InvalidInput("election.items_differ")


class Method(StrEnum):
    """按票数从高到低 (超额跳过, 遇超即止), 取前 k 项, 均等份额法."""

    GREEDY = "greedy"
    GREEDY_NO_SKIP = "greedy-no-skip"
    TOP_K = "top-k"
    EQUAL_SHARES = "equal-shares"


class Binding(StrEnum):
    """What an item does that no longer fits: it is skipped, it ends the count, or the fund does not bind."""

    SKIP = "skip"
    STOP = "stop"
    NONE = "none"


class Utility(StrEnum):
    """What a voter has from an approved winner, in equal shares: its cost, or one."""

    COST = "cost"
    CARDINALITY = "cardinality"


class Completion(StrEnum):
    """What happens with the money that equal shares leave: nothing, or `greedy` over the other items."""

    NONE = "none"
    GREEDY = "greedy"


@dataclass(frozen=True, slots=True)
class Rule:
    """An allocation rule with its parameters.

    `seat_count` and `binding` belong to `top-k`, `utility` and `completion` to `equal-shares`.
    """

    method: Method
    seat_count: int | None = None
    binding: Binding = Binding.SKIP
    utility: Utility = Utility.COST
    completion: Completion = Completion.NONE


def check_rule(rule: Rule, mark_kind: MarkKind) -> None:
    """Refuse a rule that cannot count such ballots. Meant for drafting, and asked again before each count.

    Raises InvalidInput: rule.not_for_ballot (method, mark_kind), rule.no_seat_count (seat_count).
    """
    if rule.method is Method.EQUAL_SHARES and mark_kind is not MarkKind.APPROVAL:
        raise InvalidInput("rule.not_for_ballot", method=rule.method, mark_kind=mark_kind)
    if rule.method is Method.TOP_K and (rule.seat_count is None or rule.seat_count < 1):
        raise InvalidInput("rule.no_seat_count", seat_count=rule.seat_count)


def election_from_pabulib(file: PabulibFile) -> Election:
    """The election of a file that was read. Its currency's hundredths are our fen."""
    items = (Item(project_id, tidy(cost * _FEN)) for project_id, cost in zip(file.project_ids, file.costs, strict=True))
    return Election(tuple(items), tidy(file.budget * _FEN), profile_from_pabulib(file))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may win: supported and not withdrawn."""

    number: str
    cost_fen: Exact
    votes: Exact


def candidates_of(election: Election, votes: Mapping[str, Exact]) -> list[Candidate]:
    """The items that may win, in menu order. An item without support never does."""
    return [
        Candidate(item.number, item.cost_fen, votes[item.number])
        for item in election.items
        if votes[item.number] > 0 and not item.is_withdrawn
    ]
