"""What the sections of a Pabulib file must hold. Every check raises InvalidInput `pabulib.<reason>` with the place."""

from collections.abc import Callable, Sequence

from diancai.voting.exact import Exact, parse_exact
from diancai.voting.pabulib import VoteType, split_list
from diancai.voting.pabulib_sections import Section, refuse

REQUIRED_COLUMNS = {"PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}
WITH_POINTS = {VoteType.CUMULATIVE, VoteType.SCORING}


def meta_of(section: Section) -> dict[str, str]:
    """The keys and values of META. Raises missing_column, repeated_key."""
    if tuple(column.lower() for column in section.columns) != ("key", "value"):
        refuse("missing_column", line=section.columns_line, column="key;value")
    meta: dict[str, str] = {}
    for line, (key, value) in section.rows:
        # A line of spaces is as good as an empty one, which a writer would make of it.
        if not key.strip() and not value.strip():
            continue
        if meta.setdefault(key.strip(), value) != value:
            refuse("repeated_key", line=line, column=key.strip())
    return meta


def check_meta(meta: dict[str, str], section: Section) -> VoteType:
    """The vote type. Raises missing_key, bad_number, negative_number, unknown_vote_type."""
    lines = {row[0].strip(): line for line, row in section.rows}
    for key in ("budget", "vote_type"):
        if not meta.get(key, "").strip():
            refuse("missing_key", column=key)
    for key in ("budget", "max_length", "default_score"):
        if meta.get(key, "").strip():
            _check_number(meta[key], lines[key], key, may_be_negative=key == "default_score")
    try:
        return VoteType(meta["vote_type"].strip().lower())
    except ValueError:
        refuse("unknown_vote_type", line=lines["vote_type"], column="vote_type", value=meta["vote_type"])


def _check_number(text: str, line: int, column: str, *, may_be_negative: bool = False) -> Exact:
    try:
        number = parse_exact(text)
    except ValueError:
        refuse("bad_number", line=line, column=column, value=text)
    if number < 0 and not may_be_negative:
        refuse("negative_number", line=line, column=column, value=text)
    return number


def check_columns(section: Section, required: Sequence[str]) -> None:
    """Raises missing_column, repeated_column."""
    for column in required:
        if column not in section.columns:
            refuse("missing_column", line=section.columns_line, column=column)
    for place, column in enumerate(section.columns):
        if column in section.columns[:place]:
            refuse("repeated_column", line=section.columns_line, column=column)


def check_projects(section: Section) -> frozenset[str]:
    """The project ids of the file. Raises missing_value, repeated_project, bad_number, negative_number."""
    id_place, cost_place = section.columns.index("project_id"), section.columns.index("cost")
    known: set[str] = set()
    for line, row in section.rows:
        project_id = row[id_place].strip()
        if not project_id:
            refuse("missing_value", line=line, column="project_id")
        if project_id in known:
            refuse("repeated_project", line=line, column="project_id", value=project_id)
        known.add(project_id)
        _check_number(row[cost_place], line, "cost")
    return frozenset(known)


def check_votes(section: Section, vote_type: VoteType, known: frozenset[str]) -> None:
    """Raises missing_value, unknown_project, points_mismatch, bad_number."""
    voter_place, vote_place = section.columns.index("voter_id"), section.columns.index("vote")
    check_points = _points_check(section) if vote_type in WITH_POINTS else None
    for line, row in section.rows:
        if not row[voter_place].strip():
            refuse("missing_value", line=line, column="voter_id")
        marks = split_list(row[vote_place])
        if not known.issuperset(marks):
            unknown = next(mark for mark in marks if mark not in known)
            refuse("unknown_project", line=line, column="vote", value=unknown)
        if check_points:
            check_points(line, row, len(marks))


def _points_check(section: Section) -> Callable[[int, tuple[str, ...], int], None]:
    place = section.columns.index("points")

    def check(line: int, row: tuple[str, ...], mark_count: int) -> None:
        points = split_list(row[place])
        if len(points) != mark_count:
            refuse("points_mismatch", line=line, column="points", marks=mark_count, points=len(points))
        for point in points:
            _check_number(point, line, "points", may_be_negative=True)

    return check
