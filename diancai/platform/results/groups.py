"""Money and votes by category and by community: from totals alone, so every publication may tell it (vote.md 3)."""

from collections.abc import Iterable
from dataclasses import dataclass

from diancai.budget import Dimension, GroupSummary, Item, summarise_groups
from diancai.platform.results.queries import ItemOutcome
from diancai.voting import item_order_key


@dataclass(frozen=True, slots=True)
class GroupTable:
    dimension: Dimension
    groups: tuple[GroupSummary, ...]


def group_tables(outcomes: Iterable[ItemOutcome]) -> list[GroupTable]:
    """By category, then by community; each only where there are two groups to compare."""
    in_menu_order = sorted(outcomes, key=lambda outcome: item_order_key(outcome.number))
    items = [_item(outcome) for outcome in in_menu_order]
    votes = {outcome.number: outcome.score for outcome in in_menu_order}
    winners = [outcome.number for outcome in in_menu_order if outcome.is_selected]
    tables = [GroupTable(dimension, summarise_groups(items, votes, winners, dimension)) for dimension in Dimension]
    return [table for table in tables if len(table.groups) > 1]


def _item(outcome: ItemOutcome) -> Item:
    return Item(outcome.number, outcome.cost_fen, category=outcome.category or "", community=outcome.community)
