"""Election files of the Pabulib format (.pb; http://pabulib.org/format): what a file says, and writing it.

Reading stands in `pabulib_reading`. Rows are kept as written, with columns and keys we do not know: nothing is lost.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from os import PathLike
from pathlib import Path

from diancai.voting.exact import Exact, parse_exact
from diancai.voting.pabulib_lines import VoteLines
from diancai.voting.text_lists import LIST_SEPARATOR, TextLists, lists_in_texts, stripped


class VoteType(StrEnum):
    """How voters marked their ballots, by the format's own words."""

    APPROVAL = "approval"
    CHOOSE_1 = "choose-1"
    ORDINAL = "ordinal"
    CUMULATIVE = "cumulative"
    SCORING = "scoring"


@dataclass(frozen=True)
class PabulibFile:
    """One election file: META as pairs, PROJECTS and VOTES as columns and rows of text.

    `votes`: a tuple, or what `parse_pabulib` keeps instead, equal to one: it makes rows only when asked for them.
    Amounts are in the file's main currency unit. The properties may be trusted for a file that was read; one made by
    hand says nothing about itself until `pabulib_text` of it has been read back.
    """

    meta: tuple[tuple[str, str], ...]
    project_columns: tuple[str, ...]
    projects: tuple[tuple[str, ...], ...]
    vote_columns: tuple[str, ...]
    votes: Sequence[tuple[str, ...]]

    def value(self, key: str, default: str = "") -> str:
        """The META value of a key, or the default where the file has none or an empty one."""
        return self._values.get(key, "") or default

    def project_values(self, column: str) -> tuple[str, ...]:
        """One column of PROJECTS in file order. Raises ValueError where the file has no such column."""
        place = self.project_columns.index(column)
        return tuple(row[place].strip() for row in self.projects)

    def vote_values(self, column: str) -> tuple[str, ...]:
        """One column of VOTES in file order. Raises ValueError where the file has no such column."""
        return tuple(value.strip() for value in self._vote_texts(column))

    def vote_lists(self, column: str) -> TextLists:
        """One column of VOTES as `split_list` parts it. Raises ValueError where the file has no such column."""
        if isinstance(self.votes, VoteLines):
            return stripped(self.votes.lists(self.vote_columns.index(column)))
        return stripped(lists_in_texts(self._vote_texts(column)))

    def _vote_texts(self, column: str) -> tuple[str, ...]:
        place = self.vote_columns.index(column)
        return (
            self.votes.column(place) if isinstance(self.votes, VoteLines) else tuple(row[place] for row in self.votes)
        )

    @property
    def vote_type(self) -> VoteType:
        return VoteType(self.value("vote_type").lower())

    @property
    def budget(self) -> Exact:
        return parse_exact(self.value("budget"))

    @property
    def max_length(self) -> int | None:
        """The most projects a ballot may name; None where the file sets no limit."""
        return int(parse_exact(self.value("max_length"))) if self.value("max_length") else None

    @property
    def default_score(self) -> Exact:
        """What a scoring ballot gives to a project that it does not name."""
        return parse_exact(self.value("default_score", "0"))

    @property
    def miscounts(self) -> tuple[tuple[str, int, int], ...]:
        """What META counts otherwise than the file holds, as in one that was cut off: key, number there, number here."""
        held = (("num_projects", len(self.projects)), ("num_votes", len(self.votes)))
        said = ((key, self.value(key).strip(), found) for key, found in held)
        return tuple((key, int(text), found) for key, text, found in said if text.isdecimal() and int(text) != found)

    @property
    def project_ids(self) -> tuple[str, ...]:
        return self.project_values("project_id")

    @property
    def costs(self) -> tuple[Exact, ...]:
        return tuple(parse_exact(cost) for cost in self.project_values("cost"))

    @cached_property
    def _values(self) -> dict[str, str]:
        return {key: value.strip() for key, value in self.meta}


def pabulib_text(file: PabulibFile) -> str:
    """The file as text. Reading it back gives an equal `PabulibFile`."""
    # The csv module of Python 3.11 quotes only those line breaks that stand in the terminator: \r\n covers both.
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerows([["META"], ["key", "value"], *file.meta])
    writer.writerows([["PROJECTS"], file.project_columns, *file.projects])
    writer.writerows([["VOTES"], file.vote_columns, *file.votes])
    return stream.getvalue()


def write_pabulib(file: PabulibFile, path: str | PathLike[str]) -> None:
    """Write the file as UTF-8. Raises OSError."""
    Path(path).write_bytes(pabulib_text(file).encode())


def split_list(text: str) -> tuple[str, ...]:
    """A list inside one field: "12, 7" is 12 and 7; an empty field is an empty list."""
    return tuple(part.strip() for part in text.split(LIST_SEPARATOR)) if text.strip() else ()
