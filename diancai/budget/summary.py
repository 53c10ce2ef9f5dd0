"""What an outcome means: the money, the groups of items, and how many winners each voter has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from diancai.budget.constraints import Dimension
from diancai.budget.election import Election, Item
from diancai.voting.exact import Exact, tidy
from diancai.voting.profile import Integers, Profile
from diancai.voting.scores import item_scores


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """One category or community; "" gathers the items of none.

    `votes`: cast for the group's items. `votes_share`: of the votes for all items; `spent_share`: of the money of all
    winners; both 0 where there are none.
    """

    group: str
    item_count: int
    winner_count: int
    cost_fen: Exact
    spent_fen: Exact
    votes: Exact
    votes_share: Fraction
    spent_share: Fraction


@dataclass(frozen=True, slots=True)
class Summary:
    """Amounts in fen; `left_fen` below zero where the fund did not bind or a reserve completed an item.

    `voters_by_winners`: number of winners a ballot supports → ballots, from 0 to the most there are, none left out.
    `average_winners` and `share_without` are over all ballots, empty ones too; 0 without any.
    """

    fund_fen: Exact
    spent_fen: Exact
    left_fen: Exact
    by_category: tuple[GroupSummary, ...]
    by_community: tuple[GroupSummary, ...]
    voter_count: int
    voters_by_winners: tuple[int, ...]
    average_winners: Fraction
    share_without: Fraction


def summarise(election: Election, winners: Iterable[str]) -> Summary:
    """The summary of an outcome, of any rule. Groups in menu order. A mark that gives nothing is no support."""
    won = frozenset(winners)
    votes = item_scores(election.profile)
    spent_fen = sum(item.cost_fen for item in election.items if item.number in won)
    by_winners = _voters_by_winners(election.profile, won)
    voter_count = election.profile.voter_count
    return Summary(
        fund_fen=election.fund_fen,
        spent_fen=tidy(spent_fen),
        left_fen=tidy(election.fund_fen - spent_fen),
        by_category=summarise_groups(election.items, votes, won, Dimension.CATEGORY),
        by_community=summarise_groups(election.items, votes, won, Dimension.COMMUNITY),
        voter_count=voter_count,
        voters_by_winners=by_winners,
        average_winners=_share(sum(held * count for held, count in enumerate(by_winners)), voter_count),
        share_without=_share(by_winners[0], voter_count),
    )


def summarise_groups(
    items: Iterable[Item], votes: Mapping[str, Exact], winners: Iterable[str], dimension: Dimension
) -> tuple[GroupSummary, ...]:
    """The categories or the communities, in menu order: from totals alone, so it may be told where ballots are not."""
    won = frozenset(winners)
    members: dict[str, list[Item]] = {}
    for item in items:
        members.setdefault(item.groups[dimension], []).append(item)
    groups = {group: _Group.of(held, votes, won) for group, held in members.items()}
    all_votes = sum(group.votes for group in groups.values())
    all_spent = sum(group.spent_fen for group in groups.values())
    return tuple(group.summary(name, all_votes, all_spent) for name, group in groups.items())


@dataclass(frozen=True, slots=True)
class _Group:
    """The items of one group, before the shares are known."""

    items: list[Item]
    winners: list[Item]
    votes: Exact

    @classmethod
    def of(cls, items: list[Item], votes: Mapping[str, Exact], won: frozenset[str]) -> "_Group":
        winners = [item for item in items if item.number in won]
        return cls(items, winners, sum(votes[item.number] for item in items))

    @property
    def spent_fen(self) -> Exact:
        return sum(item.cost_fen for item in self.winners)

    def summary(self, name: str, all_votes: Exact, all_spent: Exact) -> GroupSummary:
        return GroupSummary(
            group=name,
            item_count=len(self.items),
            winner_count=len(self.winners),
            cost_fen=tidy(sum(item.cost_fen for item in self.items)),
            spent_fen=tidy(self.spent_fen),
            votes=tidy(self.votes),
            votes_share=_share(self.votes, all_votes),
            spent_share=_share(self.spent_fen, all_spent),
        )


def _voters_by_winners(profile: Profile, won: frozenset[str]) -> tuple[int, ...]:
    """Ballots by the number of winners that they support."""
    is_won = np.array([number in won for number in profile.item_numbers], bool)
    counts_for = is_won[profile.marks] & (profile.weights > 0).astype(bool)
    held: Integers = np.bincount(profile.rows_of_marks[counts_for], minlength=len(profile.counts))
    ballots = np.zeros(int(held.max(initial=0)) + 1, np.int64)
    np.add.at(ballots, held, profile.counts)
    return tuple(ballots.tolist())


def _share(part: Exact, whole: Exact) -> Fraction:
    return Fraction(part) / whole if whole > 0 else Fraction(0)
