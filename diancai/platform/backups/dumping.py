"""The whole database as lines of text, the same from SQLite and PostgreSQL, and back into an empty one.

The first line says what it is and of which schema; then every table with its columns and rows, parents before children
and in order of the primary key, so that no order of writing is left; the last line counts the rows.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from diancai.errors import InvalidInput
from diancai.platform.core.db import Base
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
            yield json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":"))
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
        _move_sequences(connection)
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
    connection.execute(insert(table), [{name: _value(value) for name, value in row.items()} for row in rows])
    return len(rows)


def _move_sequences(connection: Connection) -> None:
    """Numbers go on behind those that came with the rows."""
    for table in _tables():
        key = list(table.primary_key)
        if len(key) == 1 and key[0].autoincrement is not False and key[0].type.python_type is int:
            last = connection.scalar(select(func.max(key[0])))
            name = connection.scalar(select(func.pg_get_serial_sequence(table.name, key[0].name)))
            if last is not None and name is not None:
                connection.execute(select(func.setval(name, last)))


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as problem:
        raise InvalidInput("backup.not_one") from problem


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"at": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value


def _value(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    [(kind, said)] = value.items()
    if kind == "bytes":
        return base64.b64decode(said)
    return datetime.fromisoformat(said) if kind == "at" else date.fromisoformat(said)


def batched_text(lines: Iterable[str]) -> Iterator[bytes]:
    """Pieces of some hundred lines, for a compressor."""
    stream = iter(lines)
    while piece := list(islice(stream, _ROWS_AT_ONCE)):
        yield ("\n".join(piece) + "\n").encode()
