"""What an outcome means, by hand and against single ballots."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.budget import Election, GroupSummary, summarise
from tests.elections import an_election, approval_elections


def test_a_summary_by_hand() -> None:
    election = an_election({"1": 60, "2": 30, "3": 10}, 100, ["1,2,3", "1", "3", ""])
    places = {"1": ("works", "north"), "2": ("works", "south"), "3": ("goods", "north")}
    items = tuple(
        replace(item, category=places[item.number][0], community=places[item.number][1]) for item in election.items
    )
    summary = summarise(replace(election, items=items), ["1", "3"])
    assert (summary.spent_fen, summary.left_fen, summary.voter_count) == (70, 30, 4)
    assert summary.by_community == (
        GroupSummary("north", 2, 2, 70, 70, 4, Fraction(4, 5), Fraction(1)),
        GroupSummary("south", 1, 0, 30, 0, 1, Fraction(1, 5), Fraction(0)),
    )
    assert [(group.group, group.winner_count, group.spent_fen) for group in summary.by_category] == [
        ("works", 1, 60),
        ("goods", 1, 10),
    ]
    assert summary.voters_by_winners == (1, 2, 1)
    assert (summary.average_winners, summary.share_without) == (1, Fraction(1, 4))


def test_without_ballots_all_shares_are_nothing() -> None:
    summary = summarise(an_election({"1": 1}, 1, []), [])
    assert (summary.voters_by_winners, summary.average_winners, summary.share_without) == ((0,), 0, 0)


@settings(deadline=None)
@given(approval_elections(), st.data())
def test_every_ballot_is_counted_once(election: Election, data: st.DataObject) -> None:
    winners = data.draw(st.sets(st.sampled_from([item.number for item in election.items])))
    summary = summarise(election, winners)
    held = [len(winners & set(ballot.marks)) for ballot in election.profile.ballots for _ in range(ballot.count)]
    assert sum(summary.voters_by_winners) == len(held)
    assert all(held.count(number) == count for number, count in enumerate(summary.voters_by_winners))
    assert sum(group.spent_fen for group in summary.by_category) == summary.spent_fen
