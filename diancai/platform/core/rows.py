"""Values of rows as JSON and back: for files that leave one database and are read into another."""

import base64
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Table, func, select


def plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"at": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value


def value_of(plain_value: Any) -> Any:
    """What `plain` was given, but for enums: columns know their own."""
    if not isinstance(plain_value, Mapping):
        return plain_value
    [(kind, said)] = plain_value.items()
    if kind == "bytes":
        return base64.b64decode(said)
    return datetime.fromisoformat(said) if kind == "at" else date.fromisoformat(said)


def move_sequences(connection: Connection, tables: Iterable[Table]) -> None:
    """On PostgreSQL: numbers go on behind those that came with the rows."""
    for table in tables:
        key = list(table.primary_key)
        if len(key) == 1 and key[0].autoincrement is not False and key[0].type.python_type is int:
            last = connection.scalar(select(func.max(key[0])))
            name = connection.scalar(select(func.pg_get_serial_sequence(table.name, key[0].name)))
            if last is not None and name is not None:
                connection.execute(select(func.setval(name, last)))
