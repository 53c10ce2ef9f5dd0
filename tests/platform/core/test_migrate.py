"""A database of an earlier release, with rounds in it, is brought to the newest schema."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Connection, DateTime, Engine, Integer, MetaData, Table, text
from sqlalchemy.exc import IntegrityError

from diancai.platform.core.db import open_engine
from diancai.platform.core.migrate import alembic_config, is_current, newest_revision, upgrade


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """Of a database without tables."""
    opened = open_engine(empty_database_url)
    yield opened
    opened.dispose()


def test_rounds_of_the_first_release_are_kept_and_bound_by_the_new_rules(
    engine: Engine, empty_database_url: str
) -> None:
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        _insert(connection, "division", level="district", code="110102000000", name="示范区")
        _insert(connection, "fund", street_id=1, amount_fen=5, state="draft")
        states = {"state": "announced", "kind": "regular", "min_age": 15, "min_marks": 1, "max_marks": 1}
        dates = {"opens_at": datetime(2026, 9, 1, tzinfo=UTC), "announced_at": datetime(2026, 8, 1, tzinfo=UTC)}
        enums = {"ballot_type": "tick", "method": "greedy", "publication": "totals"}
        more = {"tie_rule": "lot", "item_order": "drawn", "is_provisional": True}
        dates["closes_at"] = dates["latest_close_at"] = datetime(2026, 9, 8, tzinfo=UTC)
        _insert(connection, "round", street_id=1, fund_id=1, fund_fen=5, **(more | states | dates | enums))
    upgrade(empty_database_url)
    with engine.begin() as connection:
        assert is_current(connection)
        assert connection.execute(text("SELECT fund_fen, granted_fen FROM round")).all() == [(5, None)]
        with pytest.raises(IntegrityError):
            connection.execute(text("UPDATE round SET state = 'final'"))


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_file_is_whole_after_its_schema_was_rewritten(engine: Engine, empty_database_url: str) -> None:
    upgrade(empty_database_url)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
        assert connection.scalar(text("PRAGMA writable_schema")) == 0


def test_a_word_that_is_none_stops_the_migration_with_its_place(engine: Engine) -> None:
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0005")
        _insert(connection, "division", level="district", code="110102000000", name="示范区")
        day = date(2026, 1, 1)
        _insert(connection, "fund", street_id=1, amount_fen=5, state="spent", approval_reference="1", approved_on=day)
    with engine.begin() as connection, pytest.raises(RuntimeError, match=r"fund\.state holds 'spent'"):
        command.upgrade(alembic_config(connection), "head")


def _insert(connection: Connection, to: str, **values: Any) -> None:
    """One row; what must not be NULL and is not given gets the least that its type allows."""
    table = Table(to, MetaData(), autoload_with=connection)
    for column in table.columns:
        if not column.nullable and not column.primary_key and column.name not in values:
            values[column.name] = _least(column.type)
    connection.execute(table.insert().values(id=1, **values))


def _least(kind: Any) -> Any:
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, DateTime):
        return datetime(2026, 1, 1, tzinfo=UTC)
    if isinstance(kind, Integer):
        return 1
    return datetime(2026, 1, 1, tzinfo=UTC).date() if kind.python_type.__name__ == "date" else ""


def test_the_newest_revision_is_where_the_migrations_lead() -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config()).get_current_head()
