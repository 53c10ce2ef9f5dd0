"""The quick reader and the careful one give the same file, the same profile and the same refusal."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.errors import InvalidInput
from diancai.voting import (
    MarkKind,
    PabulibFile,
    Profile,
    approval_counts,
    item_scores,
    pabulib_text,
    parse_pabulib,
    profile_from_pabulib,
)
from diancai.voting.exact import parse_exact
from diancai.voting.pabulib import split_list
from diancai.voting.pabulib_reading import parse_carefully, parse_regular
from tests.elections import real_files
from tests.pabulib_texts import damaged_contents, pabulib_contents

MARK = b"\xef\xbb\xbf"
HEAD = b"META\nkey;value\nbudget;9\nvote_type;approval\nPROJECTS\nproject_id;cost\n1;1\n12;1\nMETA,x;1\n"


def ballots_row_by_row(file: PabulibFile) -> Counter[tuple[tuple[str, ...], tuple[object, ...]]]:
    """What `profile_from_pabulib` must hold, made without arrays; scoring with a default apart."""
    places = {number: place for place, number in enumerate(file.project_ids)}
    counts: Counter[tuple[tuple[str, ...], tuple[object, ...]]] = Counter()
    has_points = file.vote_type in {"cumulative", "scoring"}
    for row in file.votes:
        marks = split_list(row[file.vote_columns.index("vote")])
        points = split_list(row[file.vote_columns.index("points")]) if has_points else marks
        given = dict(reversed(list(zip(marks, points, strict=True))))
        order = list(dict.fromkeys(marks))
        if file.vote_type != "ordinal":
            order.sort(key=places.__getitem__)
        counts[tuple(order), tuple(parse_exact(given[mark]) for mark in order) if has_points else ()] += 1
    return counts


def ballots_of(profile: Profile) -> Counter[tuple[tuple[str, ...], tuple[object, ...]]]:
    """The ballots with their marks in menu order, or by rank."""
    places = {number: place for place, number in enumerate(profile.item_numbers)}
    counts: Counter[tuple[tuple[str, ...], tuple[object, ...]]] = Counter()
    for ballot in profile.ballots:
        order = list(range(len(ballot.marks)))
        if profile.mark_kind is not MarkKind.RANKING:
            order.sort(key=lambda index: places[ballot.marks[index]])
        marks = tuple(ballot.marks[index] for index in order)
        counts[marks, tuple(ballot.points[index] for index in order) if ballot.points else ()] += ballot.count
    return counts


def refusal_of(read: Callable[[bytes], PabulibFile], content: bytes) -> tuple[str, dict[str, object]] | None:
    try:
        read(content)
    except InvalidInput as refused:
        return refused.code, refused.facts
    return None


def same_by_both(content: bytes) -> PabulibFile:
    """The file, once both readers agree on it."""
    careful, quick = parse_carefully(content.removeprefix(MARK)), parse_regular(content.removeprefix(MARK))
    assert quick is not None
    assert quick == careful
    assert_same_arrays(profile_from_pabulib(quick), profile_from_pabulib(careful))
    return quick


def assert_same_arrays(one: Profile, other: Profile) -> None:
    assert (one.mark_kind, one.item_numbers, one.point_scale) == (
        other.mark_kind,
        other.item_numbers,
        other.point_scale,
    )
    for arrays in zip(*((p.starts, p.marks, p.counts, p.weights) for p in (one, other)), strict=True):
        assert np.array_equal(*arrays)


def test_all_real_files_are_read_the_same_by_both() -> None:
    for path in real_files():
        content = path.read_bytes()
        file = same_by_both(content)
        if len(content) < 200_000:
            assert ballots_of(profile_from_pabulib(file)) == ballots_row_by_row(file), path.name


@settings(deadline=None)
@given(pabulib_contents())
def test_any_file_is_read_the_same_by_both_and_written_without_loss(content: bytes) -> None:
    file = same_by_both(content)
    careful = parse_carefully(content.removeprefix(MARK))
    assert careful == file
    assert hash(careful) == hash(file)
    for column in careful.vote_columns:
        assert file.vote_values(column) == careful.vote_values(column)
    assert parse_pabulib(pabulib_text(file)) == file
    profile = profile_from_pabulib(file)
    assert profile.voter_count == len(file.votes)
    if file.vote_type != "scoring" or not file.default_score:
        assert ballots_of(profile) == ballots_row_by_row(file)
    assert sum(approval_counts(profile).values()) == sum(len(b.marks) * b.count for b in profile.ballots)


@settings(deadline=None)
@given(damaged_contents())
def test_a_damaged_file_is_read_the_same_by_both_or_refused(content: bytes) -> None:
    if refusal_of(parse_pabulib, content):
        return
    quick = parse_regular(content.removeprefix(MARK))
    careful = parse_carefully(content.removeprefix(MARK))
    assert quick is None or quick == careful
    assert parse_pabulib(pabulib_text(careful).encode()) == careful
    assert quick is None or profile_from_pabulib(quick) == profile_from_pabulib(careful)
    item_scores(profile_from_pabulib(careful))


@settings(deadline=None)
@given(damaged_contents())
def test_what_the_careful_reader_refuses_is_refused_in_its_words(content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError:
        assert refusal_of(parse_pabulib, content) is not None
        return
    assert refusal_of(parse_pabulib, content) == refusal_of(parse_carefully, content.removeprefix(MARK))


@settings(deadline=None)
@given(st.one_of(st.binary(), st.text().map(lambda text: text.encode(errors="surrogatepass"))))
def test_bytes_of_any_kind_are_refused_with_a_reason(content: bytes) -> None:
    refusal = refusal_of(parse_pabulib, content)
    assert refusal is not None
    assert refusal[0].startswith("pabulib.")


@pytest.mark.parametrize(
    "votes",
    [
        b'voter_id;vote\nv;"1"\n',
        b"voter_id;vote\nv;1\x00\n",
        b"voter_id;vote\nv;1;x\n",
        b"voter_id;vote\nv;3\n",
        b"voter_id;vote\nv;1,\n",
        b"voter_id;vote\n ;1\n",
        b"voter_id;vote\n;1\n",
        b"voter_id;vote\nv;1\nMETA\n",
        b"voter_id;vote\nv;1\n vote\xc5\xbf ;;\n",
        b"voter_id;vote;points;points\nv;1\n",
        b"voter_id;votes\nv;1\n",
        b"voter_id;vote\nv;" + b"1," * 70_000 + b"1\n",
    ],
)
def test_what_is_not_regular_is_left_to_the_careful_reader(votes: bytes) -> None:
    assert parse_regular(HEAD + b"VOTES\n" + votes) is None


def test_a_votes_section_before_another_is_left_to_the_careful_reader() -> None:
    start = HEAD.index(b"PROJECTS")
    content = HEAD[:start] + b"VOTES\nvoter_id;vote\nv;1,12\n" + HEAD[start:]
    assert parse_regular(content) is None
    assert parse_pabulib(content).vote_values("vote") == ("1,12",)


def test_a_title_of_the_votes_inside_quotes_is_no_title() -> None:
    content = HEAD.replace(b"budget;9\n", b'budget;9\ncomment;"a\nVOTES\nb"\n') + b"VOTES\nvoter_id;vote\nv;12\n"
    assert parse_pabulib(content).vote_values("vote") == ("12",)
    assert parse_pabulib(content).value("comment") == "a\nVOTES\nb"


def test_votes_kept_as_text_are_a_sequence_like_any_tuple() -> None:
    votes = parse_pabulib(HEAD + b"VOTES\nvoter_id;vote;age\na;1;7\nb\n;;\nc;12,1\n").votes
    rows = (("a", "1", "7"), ("b", "", ""), ("c", "12,1", ""))
    assert votes == rows
    assert rows == votes
    assert votes != rows[:2]
    assert votes != list(rows)
    assert (len(votes), votes[0], votes[-1], votes[1:]) == (3, rows[0], rows[2], rows[1:])
    assert rows[1] in votes
    with pytest.raises(IndexError):
        votes[3]


def test_lines_are_counted_whatever_ends_them() -> None:
    content = HEAD + b"\n\nVOTES\n\nvoter_id;votes\nv;1\n"
    for end in (b"\n", b"\r\n", b"\r"):
        assert refusal_of(parse_pabulib, content.replace(b"\n", end)) == (
            "pabulib.missing_column",
            {"line": 14, "column": "vote"},
        )
        broken = content.replace(b"v;1", b"v;\xff").replace(b"\n", end)
        assert refusal_of(parse_pabulib, broken) == ("pabulib.encoding", {"line": 15})


def test_a_line_that_looks_like_an_end_hides_nothing_behind_it() -> None:
    file = parse_pabulib(HEAD.replace(b"vote_type", b"\x00end;x\nvote_type") + b"VOTES\nvoter_id;vote\nv;1\n")
    assert file.value("\x00end") == "x"
    with pytest.raises(InvalidInput, match="pabulib.unknown_project"):
        parse_pabulib(HEAD + b"VOTES\nvoter_id;vote\nv;1\nw;\x00end\nv;99\n")
    with pytest.raises(InvalidInput, match="pabulib.missing_key"):
        parse_pabulib(b"META\nkey;value\n\x00end\nPROJECTS\nproject_id;cost\nVOTES\nvoter_id;vote\n")


def test_text_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_pabulib("META\nkey;value\n\ud800")
    assert (refused.value.code, refused.value.facts) == ("pabulib.encoding", {"line": 3})


def test_a_ballot_made_by_hand_is_counted_only_if_it_can_be() -> None:
    def by_hand(vote: str, points: str) -> PabulibFile:
        return PabulibFile(
            meta=(("budget", "1"), ("vote_type", "cumulative")),
            project_columns=("project_id", "cost"),
            projects=(("1", "1"), ("2", "1")),
            vote_columns=("voter_id", "vote", "points"),
            votes=(("v", vote, points), ("w", "", "")),
        )

    assert item_scores(profile_from_pabulib(by_hand("2, 1,2", "3,1.5,9"))) == {"1": parse_exact("1.5"), "2": 3}
    for vote, points, code in [
        ("3", "1", "unknown_project"),
        ("1", "1,2", "points_mismatch"),
        ("1", "x", "bad_number"),
        ("1,", "1,2", "unknown_project"),
    ]:
        with pytest.raises(InvalidInput, match=f"pabulib.{code}"):
            profile_from_pabulib(by_hand(vote, points))
