"""The rule that a file names, on files made here and on real ones: who wins, and what is said about a miss."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from diancai.budget import Completion, Method, Reserve, Tie
from diancai.budget.official import (
    Note,
    OfficialCount,
    count_official,
    names_known_rule,
    official_rule,
    official_winners,
)
from diancai.errors import InvalidInput
from diancai.voting import PabulibFile, TieOrder, TieRule, parse_pabulib, read_pabulib
from tests.elections import real_files

TIES = TieOrder()
UNREAD = ("selected", "votes", "score")
EIGHTY = "#1: … if the remaining budget is enough to fund at least 80% of that project, we fund it as well"
REPRODUCED = {
    "Netherlands_Assen_2024",
    "Poland_Gdynia_2020_Grabowek__large",
    "Poland_Katowice_2023",
    "Poland_Krakow_2020_Wzgorza_Krzeslawickie",
    "Poland_Krakow_2023_Bienczyce",
    "Poland_Krakow_2024",
    "Poland_Lodz_2022",
    "Poland_Poznan_2023_3_-_Piatkowo_Polnoc_Piatkowo",
    "Poland_Swiecie_2023",
    "Poland_Warszawa_2020_Praga-Poludnie",
    "Poland_Warszawa_2026",
    "Poland_Wieliczka_2023_Green_Budget",
    "Poland_Wroclaw_2015_150_-_500",
}
TIES_IN_REAL_FILES = {
    "Poland_Gdynia_2020_Babie_Doly__small": ("5", "1"),
    "Poland_Lodz_2024_Katedralna": ("S039KA", "S004KA"),
}


def a_file(
    rule: str,
    projects: Sequence[str],
    ballots: Sequence[str],
    *,
    budget: str = "100",
    columns: str = "project_id;cost;selected",
    vote_type: str = "approval",
    **meta: str,
) -> PabulibFile:
    """Projects as "id;cost;selected", ballots as "1,2", or "1,2;5,3" with points."""
    pairs = {"budget": budget, "vote_type": vote_type, "rule": rule, **meta}
    votes = "voter_id;vote;points" if any(";" in ballot for ballot in ballots) else "voter_id;vote"
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in pairs.items())]
    lines += ["PROJECTS", columns, *projects, "VOTES", votes]
    lines += [f"{voter};{ballot}" for voter, ballot in enumerate(ballots)]
    return parse_pabulib("\n".join(lines))


def counted(file: PabulibFile, exclusive: Sequence[Sequence[str]] = ()) -> OfficialCount:
    return count_official(file, TIES, exclusive=exclusive)


def a_real_file(name: str) -> PabulibFile:
    path = next((path for path in real_files() if path.stem == name), None)
    if path is None:
        pytest.skip(f"{name}.pb is not in ../shared/data/pabulib")
    return read_pabulib(path)


def codes_of(count: OfficialCount) -> list[str]:
    return [note.code for note in count.notes]


# Votes: A has 4, B has 3, C has 2, D has 1.
BALLOTS = ("A,B,C,D", "A,B,C", "A,B", "A")


@pytest.mark.parametrize(
    ("rule", "meta", "winners"),
    [
        ("greedy", {}, ("A", "C", "D")),
        ("greedy-threshold", {"min_project_score_threshold": "2"}, ("A", "C")),
        ("greedy", {"min_project_score_threshold": "2"}, ("A", "C")),
        ("greedy-no-skip", {}, ("A",)),
        ("greedy-exclusive", {}, ("A", "C", "D")),
        ("greedy-custom", {"comment": EIGHTY}, ("A", "B")),
    ],
)
def test_each_greedy_rule_does_as_its_name_says(rule: str, meta: dict[str, str], winners: tuple[str, ...]) -> None:
    costs = ("A;60;1", "B;50;0", "C;30;0", "D;10;0")
    assert counted(a_file(rule, costs, BALLOTS, **meta)).allocation.winners == winners


@pytest.mark.parametrize("name", [" Greedy-No-Skip ", "GREEDY-NO-SKIP", "greedy-no-skip"])
def test_capitals_and_spaces_do_not_matter(name: str) -> None:
    assert official_rule(a_file(name, ["A;60;1"], BALLOTS[3:])).method is Method.GREEDY_NO_SKIP


@pytest.mark.parametrize(
    ("name", "completion"),
    [("equalshares/add1", Completion.ADD1_FULL), ("equalshares/add1-comparison", Completion.COMPARISON_FULL)],
)
def test_cities_raise_shares_until_the_next_step_overspends(name: str, completion: Completion) -> None:
    file = a_file(name, ["A;60;1", "B;40;1"], ["A", "A", "B"], min_project_score_threshold="9")
    rule = official_rule(file)
    assert (rule.method, rule.completion, rule.constraints.least_score) == (Method.EQUAL_SHARES, completion, 0)
    assert counted(file).is_reproduced


@pytest.mark.parametrize(("text", "least"), [("50", 50), ("50.0", 50), ("0,5", Fraction(1, 2)), ("1 000", 1000)])
def test_thresholds_are_read_as_people_write_them(text: str, least: object) -> None:
    file = a_file("greedy-threshold", ["A;60;1"], BALLOTS[3:], min_project_score_threshold=text)
    assert official_rule(file).constraints.least_score == least


def test_a_threshold_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        official_rule(a_file("greedy", ["A;60;1"], BALLOTS[3:], min_project_score_threshold="many"))
    assert refused.value.code == "official.bad_threshold"


@pytest.mark.parametrize(
    ("rule", "comment"),
    [("unknown", ""), ("", ""), ("equalshares", ""), ("greedy-custom", ""), ("greedy-custom", "#1: 8 0% or 180%")],
)
def test_an_unknown_rule_and_a_custom_one_without_its_comment_are_refused(rule: str, comment: str) -> None:
    file = a_file(rule, ["A;60;1"], BALLOTS[3:], comment=comment)
    assert not names_known_rule(file)
    with pytest.raises(InvalidInput) as refused:
        official_rule(file)
    assert refused.value.code == "official.unknown_rule"


def test_the_eighty_percent_rule_completes_the_first_that_does_not_fit_whatever_is_missing() -> None:
    file = a_file("greedy-custom", ["A;60;1", "B;50;2", "C;1;3", "D;9;0"], BALLOTS, comment=EIGHTY)
    count = counted(file)
    assert count.rule.constraints.reserve == Reserve(Fraction(4, 5), 120_00)
    assert (count.winners, count.is_reproduced) == (("A", "B"), True)
    assert Note("official.other_money", {"numbers": ("C",)}) in count.notes


def test_what_other_money_pays_is_no_official_win_elsewhere() -> None:
    file = a_file("greedy", ["A;60;1", "B;50;2", "C;70;3"], ["A,B,C", "A,B", "A"])
    count = counted(file)
    assert (count.winners, count.is_reproduced) == (("A",), True)
    assert codes_of(count) == ["official.reproduced", "official.other_money"]


def test_exclusive_groups_come_from_outside() -> None:
    file = a_file("greedy-exclusive", ["A;10;1", "B;10;0", "C;10;1"], ["A,B,C", "A"])
    without, with_group = counted(file), counted(file, [("A", "B")])
    assert without.is_reproduced is False
    assert codes_of(without) == ["official.differs", "official.no_exclusive"]
    assert (with_group.is_reproduced, codes_of(with_group)) == (True, ["official.reproduced"])
    assert with_group.allocation.reasons["B"].code == "lost.excluded"


def test_a_miss_that_another_order_among_equals_mends_is_a_tie() -> None:
    count = counted(a_file("greedy-no-skip", ["A;60;1", "B;50;1", "C;40;0"], ["A,B", "A,C"]))
    facts = {"tied": ("C", "B"), "missing": ("B",), "extra": ("C",)}
    assert count.allocation.ties == (Tie(("C", "B"), "cost"),)
    assert count.is_reproduced is False
    assert count.notes == (Note("official.differs", {"missing": ("B",), "extra": ("C",)}),)
    count = counted(a_file("greedy-no-skip", ["A;50;1", "B;50;1", "C;40;0"], ["A,B", "A,C"]))
    assert count.notes == (Note("official.tie", facts),)


def test_without_winners_there_is_nothing_to_reproduce() -> None:
    bare = a_file("greedy", ["A;60", "B;50"], BALLOTS[2:], columns="project_id;cost")
    none = a_file("greedy", ["A;60;0", "B;50;"], BALLOTS[2:])
    for file in (bare, none):
        count = counted(file)
        assert (official_winners(file), count.is_reproduced, codes_of(count)) == ((), None, ["official.none_stated"])


def test_the_unsupported_may_win_what_is_left() -> None:
    assert counted(a_file("greedy", ["A;60;1", "B;40;1"], ["A"])).is_reproduced


def test_a_placeholder_for_a_cost_stops_nothing() -> None:
    count = counted(a_file("greedy-no-skip", ["A;60;1", "B;999999999;0", "C;40;1"], BALLOTS[1:3]))
    assert count.is_reproduced
    assert Note("official.placeholder", {"numbers": ("B",)}) in count.notes


def test_points_and_places_are_scores() -> None:
    points = a_file("greedy", ["A;60;0", "B;60;1"], ["A,B;1,2", "A;0"], vote_type="cumulative")
    places = a_file("greedy", ["A;60;0", "B;60;1"], ["B,A", "B,A"], vote_type="ordinal", max_length="3")
    assert counted(points).is_reproduced
    assert counted(places).is_reproduced


def test_amounts_may_have_a_decimal_comma() -> None:
    assert counted(a_file("greedy", ["A;60,50;1", "B;39,50;1"], ["A,B"], budget="100,00")).is_reproduced


@pytest.mark.parametrize("name", [*sorted(REPRODUCED), *TIES_IN_REAL_FILES])
def test_real_cities_are_reproduced_or_their_tie_is_named(name: str) -> None:
    count = counted(a_real_file(name))
    if name in REPRODUCED:
        assert (count.is_reproduced, count.notes[0].code) == (True, "official.reproduced")
    else:
        assert (count.is_reproduced, count.notes[0].code) == (False, "official.tie")
        assert count.notes[0].facts["tied"] == TIES_IN_REAL_FILES[name]


def test_the_count_reads_neither_winners_nor_votes_nor_scores() -> None:
    for path in real_files():
        file = read_pabulib(path)
        if names_known_rule(file):
            stripped = counted(without_columns(file, UNREAD))
            assert stripped.is_reproduced is None
            assert stripped.allocation.winners == counted(file).allocation.winners, path.stem


def test_the_two_projects_of_bemowo_exclude_each_other() -> None:
    file = a_real_file("Poland_Warszawa_2022_Bemowo")
    assert counted(file).is_reproduced is False
    assert counted(file, [("773", "153")]).is_reproduced


def test_listed_and_id_order_are_for_comparison() -> None:
    file = a_file("greedy", ["B;60;1", "A;50;0"], ["A,B"])
    assert count_official(file, TieOrder(TieRule.LISTED)).allocation.ties == (Tie(("B", "A"), "listed"),)
    assert count_official(file, TieOrder(TieRule.ID)).allocation.ties == (Tie(("A", "B"), "id"),)


def without_columns(file: PabulibFile, names: Sequence[str]) -> PabulibFile:
    kept = [place for place, name in enumerate(file.project_columns) if name not in names]
    return replace(
        file,
        project_columns=tuple(file.project_columns[place] for place in kept),
        projects=tuple(tuple(row[place] for place in kept) for row in file.projects),
    )
