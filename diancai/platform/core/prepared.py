"""Statements that a thousand people may send within a minute: compiled once for each database, sent by its driver.

SQLAlchemy's way from a statement to its rows takes some ten times what the driver takes (docs/capacity.md). Types are
converted and errors wrapped as it does: with the parameters hidden, and with a lost connection given up.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]


class Prepared:
    """One statement over bare tables, for any number of databases."""

    def __init__(self, statement: Select[Any] | Update | Insert) -> None:
        self.statement = statement
        self._by_dialect: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What a SELECT finds. `values`: one for each `bindparam` without a value of its own."""
        compiled = self._on(connection.dialect)
        return [compiled.converted(row) for row in self._sent(connection, compiled, values).fetchall()]

    def row_count(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows an UPDATE or INSERT met."""
        return int(self._sent(connection, self._on(connection.dialect), values).rowcount)

    def _on(self, dialect: Dialect) -> "_Compiled":
        if dialect.name not in self._by_dialect:
            self._by_dialect[dialect.name] = _Compiled(self.statement, dialect)
        return self._by_dialect[dialect.name]

    def _sent(self, connection: Connection, compiled: "_Compiled", values: Mapping[str, Any]) -> Any:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(compiled.text, compiled.parameters(values))
        except compiled.driver_error as problem:
            if compiled.dialect.is_disconnect(problem, connection.connection, cursor):  # type: ignore[arg-type]
                connection.invalidate(problem)
            raise DBAPIError.instance(
                compiled.text, None, problem, compiled.driver_error, hide_parameters=True, dialect=compiled.dialect
            ) from problem
        return cursor


class _Compiled:
    """The text for one database, and how values go in and come out."""

    def __init__(self, statement: Select[Any] | Update | Insert, dialect: Dialect) -> None:
        self._statement = statement
        self._compiled = statement.compile(dialect=dialect)
        self.dialect = dialect
        self.text = str(self._compiled)
        assert dialect.dbapi is not None
        self.driver_error: type[Exception] = dialect.dbapi.Error

    def parameters(self, values: Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
        given = [convert(values[key]) if key else fixed for _, key, fixed, convert in self._binds]
        if self._compiled.positional:
            return given
        return dict(zip((name for name, *_ in self._binds), given, strict=True))

    def converted(self, row: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(convert(value) for convert, value in zip(self._results, row, strict=True))

    @cached_property
    def _binds(self) -> list[tuple[str, str, Any, Convert]]:
        """Of each place in the text: its name, the key that its value comes by or "", the value it always has, its type."""
        names = self._compiled.positiontup if self._compiled.positional else list(self._compiled.binds)
        found: list[tuple[str, str, Any, Convert]] = []
        for name in names or ():
            bind = self._compiled.binds[name]
            convert = bind.type.dialect_impl(self.dialect).bind_processor(self.dialect) or _as_it_is
            key = bind.key if bind.required else ""
            found.append((name, key, None if key else convert(bind.effective_value), convert))
        return found

    @cached_property
    def _results(self) -> list[Convert]:
        if not isinstance(self._statement, Select):
            return []
        types = (column.type.dialect_impl(self.dialect) for column in self._statement.selected_columns)
        return [kind.result_processor(self.dialect, None) or _as_it_is for kind in types]


def _as_it_is(value: Any) -> Any:
    return value
