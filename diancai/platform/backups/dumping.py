"""The whole database as lines of text, the same from SQLite and PostgreSQL, and back into an empty one.

The first line says what it is and of which schema; then every table with its columns and rows, parents before children
and in order of the primary key, so that no order of writing is left; the last line counts the rows.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text

from diancai.errors import InvalidInput
from diancai.platform.core.db import Base
from diancai.platform.core.rows import move_sequences, plain, value_of
from diancai.platform.core.triggers import create_triggers, drop_triggers

FORMAT = "diancai-backup/1"
LEFT_OUT = frozenset({"sign_in_session", "failure_count"})
"""Who is signed in, and which addresses mistyped: nothing that has to come back."""
_ROWS_AT_ONCE = 500


def dumped(connection: Connection, schema: str, at: datetime) -> Iterator[str]:
    """Lines without their ends. The caller's transaction decides which moment they show."""
    yield json.dumps({"format": FORMAT, "schema": schema, "taken_at": at.isoformat()})
    counts = {}
    for table in _tables():
        yield json.dumps({"table": table.name, "columns": [column.name for column in table.columns]})
        counts[table.name] = 0
        for row in connection.execute(select(table).order_by(*table.primary_key)):
            yield json.dumps([plain(value) for value in row], ensure_ascii=False, separators=(",", ":"))
            counts[table.name] += 1
    yield json.dumps({"rows": counts})


def load(connection: Connection, lines: Iterable[str], schema: str) -> dict[str, int]:
    """Fill empty tables, with no trigger in the way. Returns the number of rows of each.

    Raises InvalidInput backup.not_one, backup.other_schema (theirs, ours), backup.cut_off.
    """
    stream = iter(lines)
    _check_head(_parsed(next(stream, "")), schema)
    drop_triggers(connection)
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    counts = _load_tables(connection, stream)
    create_triggers(connection)
    if connection.dialect.name == "postgresql":
        move_sequences(connection, _tables())
    return counts


def _check_head(head: Any, schema: str) -> None:
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise InvalidInput("backup.not_one")
    if head["schema"] != schema:
        raise InvalidInput("backup.other_schema", theirs=head["schema"], ours=schema)


def _load_tables(connection: Connection, stream: Iterator[str]) -> dict[str, int]:
    tables = {table.name: table for table in _tables()}
    counts: dict[str, int] = {}
    table: Table | None = None
    columns: list[str] = []
    rows: list[dict[str, Any]] = []
    for line in stream:
        found = _parsed(line)
        if isinstance(found, list):
            rows.append(dict(zip(columns, found, strict=True)))
        if table is not None and rows and (isinstance(found, dict) or len(rows) == _ROWS_AT_ONCE):
            counts[table.name] += _insert(connection, table, rows)
            rows = []
        if isinstance(found, dict) and "rows" in found:
            if found["rows"] != counts:
                raise InvalidInput("backup.cut_off")
            return counts
        if isinstance(found, dict):
            table, columns = tables[found["table"]], found["columns"]
            counts[table.name] = 0
    raise InvalidInput("backup.cut_off")


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    connection.execute(insert(table), [{name: value_of(value) for name, value in row.items()} for row in rows])
    return len(rows)


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as problem:
        raise InvalidInput("backup.not_one") from problem


def batched_text(lines: Iterable[str]) -> Iterator[bytes]:
    """Pieces of some hundred lines, for a compressor."""
    stream = iter(lines)
    while piece := list(islice(stream, _ROWS_AT_ONCE)):
        yield ("\n".join(piece) + "\n").encode()
