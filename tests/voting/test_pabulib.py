"""Election files are read whole, written back without loss, or refused with line, column and reason."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.errors import InvalidInput
from diancai.voting import PabulibFile, VoteType, pabulib_text, parse_pabulib, read_pabulib, write_pabulib
from tests.elections import real_files

A_FILE = """META
key;value
budget;1000,50
vote_type;approval
unknown_key;"a;b ""c\"""
PROJECTS
project_id;cost;name
1;400.25;路灯
p/2;600;"two
lines"
VOTES
voter_id;vote;shoe size
x;1,p/2;43
y;;
"""


def with_change(old: str, new: str) -> str:
    assert old in A_FILE
    return A_FILE.replace(old, new, 1)


def test_a_file_is_read_with_all_it_holds() -> None:
    file = parse_pabulib(A_FILE)
    assert file.vote_type is VoteType.APPROVAL
    assert file.budget == Fraction(2001, 2)
    assert file.costs == (Fraction(1601, 4), 600)
    assert file.value("unknown_key") == 'a;b "c"'
    assert file.value("nothing", "else") == "else"
    assert file.project_values("name") == ("路灯", "two\nlines")
    assert file.vote_values("shoe size") == ("43", "")
    assert file.max_length is None


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + A_FILE,
        b"\xef\xbb\xbf" + A_FILE.encode(),
        A_FILE.replace("\n", "\n\n").replace("two\n\nlines", "two\nlines"),
        with_change("y;;\n", "y\n;;;;\n"),
        with_change("META\n", "META;;\n"),
        with_change("p/2;600;", "p/2;600.0;").replace("600.0", "600"),
    ],
)
def test_marks_and_empty_ends_of_spreadsheets_change_nothing(content: str | bytes) -> None:
    assert parse_pabulib(content) == parse_pabulib(A_FILE)


@pytest.mark.parametrize(
    ("content", "code", "facts"),
    [
        (A_FILE.encode("utf-16"), "encoding", {"line": 1}),
        (A_FILE.encode().replace(b"43", b"4\xff"), "encoding", {"line": 13}),
        (with_change('"two\nlines"', '"two\nlines'), "quoting", {"line": 9}),
        (with_change("VOTES\n", ""), "missing_section", {"section": "VOTES"}),
        (A_FILE[: A_FILE.index("VOTES")], "missing_section", {"section": "VOTES"}),
        ("hello;world\n" + A_FILE, "no_section", {"line": 1}),
        (A_FILE + "META\n", "repeated_section", {"line": 15, "section": "META"}),
        (with_change("key;value\n", ""), "missing_column", {"line": 2, "column": "key;value"}),
        (with_change("project_id;cost", "id;cost"), "missing_column", {"line": 7, "column": "project_id"}),
        (with_change("project_id;cost;name", "project_id;cost;cost"), "repeated_column", {"line": 7, "column": "cost"}),
        (with_change("budget;1000,50\n", ""), "missing_key", {"column": "budget"}),
        (with_change("budget;1000,50", "budget;1;2"), "too_many_values", {"line": 3, "expected": 2, "found": 3}),
        (
            with_change("budget;1000,50", "budget;1e9"),
            "bad_number",
            {"line": 3, "column": "budget", "value": "1e9"},
        ),
        (
            with_change("unknown_key", "budget"),
            "repeated_key",
            {"line": 5, "column": "budget"},
        ),
        (
            with_change("approval", "shouting"),
            "unknown_vote_type",
            {"line": 4, "column": "vote_type", "value": "shouting"},
        ),
        (with_change("400.25", "many"), "bad_number", {"line": 8, "column": "cost", "value": "many"}),
        (with_change("400.25", "-1"), "negative_number", {"line": 8, "column": "cost", "value": "-1"}),
        (with_change("p/2;600", "1;600"), "repeated_project", {"line": 9, "column": "project_id", "value": "1"}),
        (with_change("p/2;600", " ;600"), "missing_value", {"line": 9, "column": "project_id"}),
        (with_change("x;1,p/2", "x;1,3"), "unknown_project", {"line": 13, "column": "vote", "value": "3"}),
        (with_change("x;1,p/2", ";1,p/2"), "missing_value", {"line": 13, "column": "voter_id"}),
        (with_change("approval", "cumulative"), "missing_column", {"line": 12, "column": "points"}),
        (
            with_change("approval", "cumulative").replace("shoe size", "points"),
            "points_mismatch",
            {"line": 13, "column": "points", "marks": 2, "points": 1},
        ),
    ],
)
def test_a_malformed_file_is_refused_where_it_is_wrong(
    content: str | bytes, code: str, facts: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_pabulib(content)
    assert refused.value.code == f"pabulib.{code}"
    assert refused.value.facts == facts


def test_a_written_file_reads_back(tmp_path: Path) -> None:
    file = parse_pabulib(A_FILE)
    write_pabulib(file, tmp_path / "written.pb")
    assert read_pabulib(tmp_path / "written.pb") == file


ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)


@given(
    st.lists(ANY_TEXT, min_size=2, max_size=2),
    st.lists(st.sampled_from(["1", "p/2", "1,p/2", ""]), max_size=5),
    st.lists(ANY_TEXT, min_size=5, max_size=5),
)
def test_nothing_is_lost_by_writing_and_reading(names: list[str], votes: list[str], extras: list[str]) -> None:
    file = PabulibFile(
        meta=(("budget", "12.5"), ("vote_type", "approval"), ("comment", names[0])),
        project_columns=("name", "project_id", "cost"),
        projects=((names[0], "1", "3"), (names[1], "p/2", "4,25")),
        vote_columns=("voter_id", "vote", "anything"),
        votes=tuple((f"v{place}", vote, extras[place]) for place, vote in enumerate(votes)),
    )
    assert parse_pabulib(pabulib_text(file)) == file
    assert parse_pabulib(pabulib_text(file).encode()) == file


def test_every_real_file_is_read_and_written_without_loss() -> None:
    for path in real_files():
        file = read_pabulib(path)
        assert len(file.projects) == int(file.value("num_projects")), path.name
        assert len(file.votes) == int(file.value("num_votes")), path.name
        assert parse_pabulib(pabulib_text(file)) == file, path.name
