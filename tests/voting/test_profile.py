"""Ballots are counted as a multiset and scored by what they say."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.errors import InvalidInput
from diancai.voting import (
    BallotForm,
    BallotType,
    MarkKind,
    VoteType,
    WeightedBallot,
    approval_counts,
    item_scores,
    parse_canonical,
    parse_pabulib,
    profile_from_pabulib,
    profile_from_texts,
    read_pabulib,
)
from tests.elections import real_files

TICKS = BallotForm(BallotType.TICK, ("1", "2", "10"), (1, 1, 1), 1, 3)
PLACES = BallotForm(BallotType.RANKING, ("1", "2", "10"), (1, 1, 1), 1, 3)


def a_file(vote_type: str, votes: str, *meta: str) -> str:
    return "\n".join(
        [
            *("META", "key;value", "budget;10", f"vote_type;{vote_type}", *meta),
            *("PROJECTS", "project_id;cost", "1;1", "2;1", "10;1", "VOTES", "voter_id;vote;points", votes),
        ]
    )


def test_equal_ballots_are_held_once() -> None:
    profile = profile_from_texts(TICKS, ["1,10", "2", "1,10"])
    assert profile.ballots == (WeightedBallot(("1", "10"), (), 2), WeightedBallot(("2",), (), 1))
    assert profile.voter_count == 3
    assert item_scores(profile) == approval_counts(profile) == {"1": 2, "2": 1, "10": 2}


def test_a_text_that_the_form_does_not_allow_is_not_counted_but_refused() -> None:
    with pytest.raises(InvalidInput):
        profile_from_texts(TICKS, ["10,1"])


def test_places_score_three_two_one() -> None:
    profile = profile_from_texts(PLACES, ["10,1,2", "10,2"])
    assert profile.mark_kind is MarkKind.RANKING
    assert item_scores(profile) == {"1": 2, "2": 3, "10": 6}
    assert approval_counts(profile) == {"1": 1, "2": 2, "10": 2}


def test_a_repeated_project_counts_once_and_an_empty_ballot_counts_as_a_voter() -> None:
    profile = profile_from_pabulib(parse_pabulib(a_file("approval", "a;10,1,10;\nb;1,10;\nc;;")))
    assert profile.ballots == (WeightedBallot((), (), 1), WeightedBallot(("1", "10"), (), 2))
    assert profile.voter_count == 3


def test_points_are_taken_as_given() -> None:
    profile = profile_from_pabulib(parse_pabulib(a_file("cumulative", "a;10,1;0.5,2\nb;1,10;2,0.5\nc;2;3")))
    assert profile.ballots[0] == WeightedBallot(("1", "10"), (2, Fraction(1, 2)), 2)
    assert item_scores(profile) == {"1": 4, "2": 3, "10": 1}


def test_a_scoring_file_scores_the_unnamed_by_its_default() -> None:
    profile = profile_from_pabulib(parse_pabulib(a_file("scoring", "a;10;5\nb;1;-2", "default_score;1")))
    assert item_scores(profile) == {"1": -1, "2": 2, "10": 6}


@pytest.mark.parametrize(("meta", "scores"), [((), (2, 3, 1)), (("max_length;2",), (1, 2, 0))])
def test_places_of_a_file_are_its_limit_or_all_projects(meta: tuple[str, ...], scores: tuple[int, ...]) -> None:
    profile = profile_from_pabulib(parse_pabulib(a_file("ordinal", "a;2,1,10;", *meta)))
    assert tuple(item_scores(profile).values()) == scores


@given(
    st.lists(st.sampled_from(["1", "1,2", "2,10", "10"])).flatmap(lambda t: st.tuples(st.just(t), st.permutations(t)))
)
def test_the_order_of_ballots_changes_nothing(texts: tuple[list[str], list[str]]) -> None:
    assert profile_from_texts(TICKS, texts[0]) == profile_from_texts(TICKS, texts[1])


def test_scores_of_real_files_are_those_their_cities_published() -> None:
    for path in real_files():
        file = read_pabulib(path)
        column = "votes" if file.vote_type in {VoteType.APPROVAL, VoteType.CHOOSE_1} else "score"
        published = dict(zip(file.project_ids, map(int, file.project_values(column)), strict=True))
        scores = item_scores(profile_from_pabulib(file))
        differences = {
            number: (scores[number], published[number]) for number in scores if scores[number] != published[number]
        }
        # Amsterdam counted a project twice that stood twice in one ballot: four projects, one vote each.
        expected = 4 if path.stem == "Netherlands_Amsterdam_604" else 0
        assert len(differences) == expected, (path.name, differences)


FORMS = (
    TICKS,
    PLACES,
    BallotForm(BallotType.TICK, ("b", "2", "10", "02"), (1, 1, 1, 1), 0, 2),
    BallotForm(BallotType.KNAPSACK, ("1", "2", "10"), (1, 2, 3), 1, 3, 4),
    BallotForm(BallotType.KNAPSACK, ("1", "2", "10"), (2**62, 2**62, 2**62), 1, 3, 2**63),
)
NUMBERS = st.sampled_from(["1", "2", "10", "b", "02", "", " 1", "1\n2", "99"])


@given(st.sampled_from(FORMS), st.lists(st.lists(NUMBERS, max_size=4).map(",".join), max_size=6))
def test_texts_are_counted_or_refused_as_each_by_itself(form: BallotForm, texts: list[str]) -> None:
    try:
        ballots = [parse_canonical(form, text) for text in dict.fromkeys(texts)]
    except InvalidInput as refused:
        with pytest.raises(InvalidInput, match=refused.code):
            profile_from_texts(form, texts)
        return
    counts = Counter(texts)
    profile = profile_from_texts(form, texts)
    assert {ballot.marks: ballot.count for ballot in profile.ballots} == {
        marks: counts[",".join(marks)] for marks in ballots
    }
