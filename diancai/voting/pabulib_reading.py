"""Reading election files of the Pabulib format: whole and exact, or refused with line, column and reason.

Two readers give the same: a careful one, which alone decides what is refused and where, and a quick one for files whose
votes are regular lines, which leaves everything unusual to the careful one.
"""

import re
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import NoReturn

import numpy as np

from diancai.errors import InvalidInput
from diancai.voting.exact import is_exact
from diancai.voting.pabulib import PabulibFile, VoteType
from diancai.voting.pabulib_checks import (
    REQUIRED_COLUMNS,
    WITH_POINTS,
    check_columns,
    check_meta,
    check_projects,
    check_votes,
    meta_of,
)
from diancai.voting.pabulib_lines import regular_lines
from diancai.voting.pabulib_sections import Section, is_title, refuse, sections_in

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# The title of the votes and the line of their columns.
_VOTES_BEGIN = re.compile(rb"(?:\A|[\r\n])[ \t]*VOTES[ \t;]*[\r\n]+[^\r\n]*(?:\r\n|\r|\n|\Z)", re.IGNORECASE)


def read_pabulib(path: str | PathLike[str]) -> PabulibFile:
    """Read a .pb file. Raises OSError, and InvalidInput as `parse_pabulib` does."""
    return parse_pabulib(Path(path).read_bytes())


def parse_pabulib(content: bytes | str) -> PabulibFile:
    """Read the text of a .pb file, UTF-8 with or without a byte order mark; every vote type.

    Amounts may have a decimal point or comma. Raises InvalidInput `pabulib.<reason>`, with `line` and `column` where
    the fault has a place: encoding, quoting, missing_section, repeated_section, no_section, missing_column,
    repeated_column, too_many_values, missing_value, missing_key, repeated_key, bad_number, negative_number,
    unknown_vote_type, repeated_project, unknown_project, points_mismatch.
    """
    encoded = _encoded(content)
    return parse_regular(encoded) or parse_carefully(encoded)


def parse_carefully(content: bytes) -> PabulibFile:
    """What `parse_pabulib` gives or raises for any valid UTF-8, row by row."""
    sections = sections_in(content.decode())
    meta, vote_type, known = _check_head(sections)
    check_votes(sections["VOTES"], vote_type, known)
    return _file(sections, meta, tuple(row for _, row in sections["VOTES"].rows))


def parse_regular(content: bytes) -> PabulibFile | None:
    """What `parse_carefully` gives for valid UTF-8, in a fraction of the time; None where that one has to decide."""
    begin = _VOTES_BEGIN.search(content)
    if begin is None:
        return None
    try:
        sections = sections_in(content[: begin.end()].decode())
        meta, vote_type, known = _check_head(sections)
    except InvalidInput:
        return None
    *_, last = sections
    votes = sections["VOTES"]
    if last != "VOTES" or not votes.columns or votes.rows:
        return None
    lines = regular_lines(content[begin.end() :], len(votes.columns))
    if lines is None or any(map(is_title, lines.only_firsts())) or lines.has_blank(votes.columns.index("voter_id")):
        return None
    file = _file(sections, meta, lines)
    return file if _are_sound(file, vote_type, known) else None


def _encoded(content: bytes | str) -> bytes:
    """The content in UTF-8, known to be valid, without its byte order mark."""
    try:
        encoded = content.encode() if isinstance(content, str) else content
        if isinstance(content, bytes) and not content.isascii():
            content.decode()
    except UnicodeError as error:
        _refuse_encoding(error)
    return encoded.removeprefix(_BYTE_ORDER_MARK)


def _refuse_encoding(error: UnicodeError) -> NoReturn:
    assert isinstance(error, UnicodeDecodeError | UnicodeEncodeError)
    before = error.object[: error.start]
    text = before if isinstance(before, str) else before.decode()
    refuse("encoding", line=text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1)


def _check_head(sections: dict[str, Section]) -> tuple[dict[str, str], VoteType, frozenset[str]]:
    """META, the vote type and the project ids, once everything but the rows of VOTES is as it must be."""
    meta = meta_of(sections["META"])
    vote_type = check_meta(meta, sections["META"])
    for name, required in REQUIRED_COLUMNS.items():
        check_columns(sections[name], required)
    known = check_projects(sections["PROJECTS"])
    if vote_type in WITH_POINTS:
        check_columns(sections["VOTES"], ("points",))
    return meta, vote_type, known


def _are_sound(file: PabulibFile, vote_type: VoteType, known: frozenset[str]) -> bool:
    """Whether every mark is a project and every point a number of its own."""
    votes = file.vote_lists("vote")
    if not known.issuperset(votes.parts):
        return False
    if vote_type not in WITH_POINTS:
        return True
    points = file.vote_lists("points")
    return np.array_equal(points.lengths, votes.lengths) and all(map(is_exact, points.parts))


def _file(sections: dict[str, Section], meta: dict[str, str], votes: Sequence[tuple[str, ...]]) -> PabulibFile:
    return PabulibFile(
        meta=tuple(meta.items()),
        project_columns=sections["PROJECTS"].columns,
        projects=tuple(row for _, row in sections["PROJECTS"].rows),
        vote_columns=sections["VOTES"].columns,
        votes=votes,
    )
