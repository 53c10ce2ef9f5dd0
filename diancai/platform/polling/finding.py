"""Finding a person of the register at the desk, without opening any entry but those that are shown."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from diancai.platform.core.keys import keys_of
from diancai.platform.polling.models import RegisterEntry
from diancai.platform.polling.operations.persons import name_key, person_of
from diancai.platform.polling.operations.readings import reading_key, typed_reading
from diancai.platform.polling.queries import EntryState, community_names, state_of
from diancai.platform.polling.reading_models import NameReading
from diancai.platform.rounds.models import Round

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """A row of the register, opened for the desk."""

    entry: RegisterEntry
    name: str
    community: str
    has_namesake: bool
    """Another person of the round has the very same name."""

    @property
    def state(self) -> EntryState:
        return state_of(self.entry)

    @property
    def id(self) -> int:
        return self.entry.id


@dataclass(frozen=True, slots=True)
class EntryPage:
    entries: list[FoundEntry]
    total: int
    page: int

    @property
    def has_namesakes(self) -> bool:
        return any(found.has_namesake for found in self.entries)

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * PAGE_SIZE, self.total)


def search_register(
    session: Session, round_: Round, *, text: str = "", community_id: int | None = None, page: int = 1
) -> EntryPage:
    """Entries whose full name (also in pinyin, in full or by initials), 户号, year of birth or last four digits is what
    was typed; fifty a page.

    A name is looked up by its HMAC: no entry is opened but those that are shown. Several words narrow the search:
    "李明 3栋".
    """
    wanted = select(RegisterEntry).where(RegisterEntry.round_id == round_.id)
    if community_id is not None:
        wanted = wanted.where(RegisterEntry.community_id == community_id)
    wanted = _matching(session, round_, wanted, text)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    page = max(1, min(page, -(-total // PAGE_SIZE) or 1))
    order = (RegisterEntry.community_id, RegisterEntry.household, RegisterEntry.id)
    rows = session.scalars(wanted.order_by(*order).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return EntryPage(open_entries(session, round_, list(rows)), total, page)


def _matching(session: Session, round_: Round, wanted: Select[RegisterEntry], text: str) -> Select[RegisterEntry]:
    plain = unicodedata.normalize("NFKC", text).strip()
    whole_name = _name_fits(session, round_, plain)
    each_word = [_word_fits(session, round_, word) for word in plain.split()]
    for fits in each_word:
        wanted = wanted.where(or_(whole_name, fits))
    return wanted


def _word_fits(session: Session, round_: Round, word: str) -> ColumnElement[bool]:
    kinds = [
        _name_fits(session, round_, word),
        RegisterEntry.household.contains(word, autoescape=True),
        RegisterEntry.id_last_four == word.upper(),
    ]
    if word.isascii() and word.isdigit() and len(word) == 4:
        kinds.append(RegisterEntry.birth_year == int(word))
    return or_(*kinds)


def _name_fits(session: Session, round_: Round, text: str) -> ColumnElement[bool]:
    """The name as written, or as it may be typed in Latin letters."""
    keys = keys_of(session)
    is_name = RegisterEntry.name_key == name_key(keys, round_.id, text)
    if not (reading := typed_reading(text)):
        return is_name
    read_so = select(NameReading.entry_id).where(NameReading.reading_key == reading_key(keys, round_.id, reading))
    return or_(is_name, RegisterEntry.id.in_(read_so))


def open_entries(session: Session, round_: Round, entries: Sequence[RegisterEntry]) -> list[FoundEntry]:
    names, keys, shared = community_names(session, round_), keys_of(session), _shared_names(session, round_, entries)
    return [
        FoundEntry(row, person_of(keys, row).name, names.get(row.community_id, ""), row.name_key in shared)
        for row in entries
    ]


def _shared_names(session: Session, round_: Round, entries: Sequence[RegisterEntry]) -> set[bytes]:
    """Names among these that more than one person of the round has."""
    shared = (
        select(RegisterEntry.name_key)
        .where(RegisterEntry.round_id == round_.id, RegisterEntry.name_key.in_({row.name_key for row in entries}))
        .group_by(RegisterEntry.name_key)
        .having(func.count() > 1)
    )
    return set(session.scalars(shared))
