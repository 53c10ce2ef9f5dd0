"""What is counted: items, fund, ballots."""

from dataclasses import dataclass

from diancai.budget.constraints import Dimension, Groups
from diancai.errors import InvalidInput
from diancai.voting.exact import Exact, tidy
from diancai.voting.pabulib import PabulibFile
from diancai.voting.profile import Profile
from diancai.voting.profile_sources import profile_from_pabulib

_FEN = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the menu. A withdrawn one stays on the menu and cannot win.

    `community` is "" for the whole street: it belongs to no community's ceiling or floor.
    """

    number: str
    cost_fen: Exact
    is_withdrawn: bool = False
    category: str = ""
    community: str = ""

    @property
    def groups(self) -> Groups:
        return {Dimension.CATEGORY: self.category, Dimension.COMMUNITY: self.community}


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


def election_from_pabulib(file: PabulibFile) -> Election:
    """The election of a file that was read. Its currency's hundredths are our fen; its columns `category` and
    `neighborhood` are our categories and communities, where it has them and each project is in one only.
    """
    categories, communities = _column(file, "category"), _column(file, "neighborhood")
    items = (
        Item(project_id, tidy(cost * _FEN), category=category, community=community)
        for project_id, cost, category, community in zip(
            file.project_ids, file.costs, categories, communities, strict=True
        )
    )
    return Election(tuple(items), tidy(file.budget * _FEN), profile_from_pabulib(file))


def _column(file: PabulibFile, name: str) -> tuple[str, ...]:
    return file.project_values(name) if name in file.project_columns else ("",) * len(file.projects)
