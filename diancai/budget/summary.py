"""What an outcome means: the money, the groups of items, and how many winners each voter has."""

from collections.abc import Iterable
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
    spent_fen = sum(item.cost_fen for item in election.items if item.number in won)
    by_winners = _voters_by_winners(election.profile, won)
    voter_count = election.profile.voter_count
    return Summary(
        fund_fen=election.fund_fen,
        spent_fen=tidy(spent_fen),
        left_fen=tidy(election.fund_fen - spent_fen),
        by_category=_groups(election, won, Dimension.CATEGORY),
        by_community=_groups(election, won, Dimension.COMMUNITY),
        voter_count=voter_count,
        voters_by_winners=by_winners,
        average_winners=_share(sum(held * count for held, count in enumerate(by_winners)), voter_count),
        share_without=_share(by_winners[0], voter_count),
    )


def _groups(election: Election, won: frozenset[str], dimension: Dimension) -> tuple[GroupSummary, ...]:
    scores = item_scores(election.profile)
    members: dict[str, list[Item]] = {}
    for item in election.items:
        members.setdefault(item.groups[dimension], []).append(item)
    all_votes = sum(scores.values())
    all_spent = sum(item.cost_fen for item in election.items if item.number in won)
    return tuple(
        _group(group, items, [item for item in items if item.number in won], votes, all_votes, all_spent)
        for group, items in members.items()
        for votes in [sum(scores[item.number] for item in items)]
    )


def _group(
    group: str, items: list[Item], winners: list[Item], votes: Exact, all_votes: Exact, all_spent: Exact
) -> GroupSummary:
    spent_fen = sum(item.cost_fen for item in winners)
    return GroupSummary(
        group=group,
        item_count=len(items),
        winner_count=len(winners),
        cost_fen=tidy(sum(item.cost_fen for item in items)),
        spent_fen=tidy(spent_fen),
        votes=tidy(votes),
        votes_share=_share(votes, all_votes),
        spent_share=_share(spent_fen, all_spent),
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
