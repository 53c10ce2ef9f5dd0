"""The database under every feature: one typed Base, column types, SQLite's manners, transactions without Flask."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Delete,
    Engine,
    Enum,
    MetaData,
    Update,
    create_engine,
    event,
    text,
)
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from diancai.platform.core.sqlite_turns import end_turns, take_turn

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def stored_enum(members: type[StrEnum], name: str) -> Enum:
    """Stored by value as text, with a CHECK of its own."""
    return Enum(
        members,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda enum: [member.value for member in enum],
    )


REST_SECONDS = 2.0

Fen = Annotated[int, mapped_column(BigInteger)]
Identity = Annotated[int, mapped_column(primary_key=True)]


class Base(DeclarativeBase):
    """Every table's root. The type map stands on the registry: Flask-SQLAlchemy refuses one on the class."""

    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: Instant})


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "secure_delete=ON",
        "busy_timeout=10000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    if kind == "IMMEDIATE":
        take_turn(connection)
    connection.connection.driver_connection.execute(f"BEGIN {kind}")


def _mark_rest(_connection: Any, record: Any) -> None:
    record.info["rests_since"] = time.monotonic()


def _ping_after_rest(connection: Any, record: Any, _proxy: Any) -> None:
    """A server that was restarted closed the connections that rested here: such a one is replaced before it is used.

    SQLAlchemy's own pre-ping asks before every use, which costs a cast as much as one of its statements.
    """
    if time.monotonic() - record.info.get("rests_since", time.monotonic()) < REST_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as problem:
        raise DisconnectionError("the connection was closed while it rested") from problem


def prepare_engine(engine: Engine) -> Engine:
    """Give an engine SQLite's pragmas, or a look at connections that rested."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        end_turns(engine)
    else:
        event.listen(engine, "checkin", _mark_rest)
        event.listen(engine, "checkout", _ping_after_rest)
    return engine


def engine_options(database_url: str) -> dict[str, Any]:
    """Engine settings shared by the web application, the command line and the worker."""
    options: dict[str, Any] = {"hide_parameters": True}
    if not database_url.startswith("sqlite"):
        options |= {"pool_size": 10, "max_overflow": 20}
    return options


def open_engine(database_url: str) -> Engine:
    return prepare_engine(create_engine(database_url, **engine_options(database_url)))


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE past the loaded objects and say how many rows it met: the compare-and-set."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount


def log_outlives_seal(session: Session) -> bool:
    """PostgreSQL keeps old log segments when it archives or recycles them: two people must accept that in writing."""
    if session.get_bind().dialect.name != "postgresql":
        return False
    query = text("SELECT name, setting FROM pg_settings WHERE name IN ('archive_mode', 'wal_recycle')")
    settings = {str(row.name): str(row.setting) for row in session.execute(query)}
    return settings.get("archive_mode", "off") != "off" or settings.get("wal_recycle", "on") != "off"


def begin_write(session: Session) -> None:
    """Start the transaction as a writer. On SQLite a reader that turns writer fails at once with 'locked'."""
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction begun as a writer, without a session: commits at the end, rolls back on any error."""
    with engine.connect() as connection:
        connection = connection.execution_options(sqlite_begin="IMMEDIATE")
        with connection.begin():
            yield connection


@contextmanager
def transaction(engine: Engine, **info: Any) -> Iterator[Session]:
    """One unit of work outside a request: commits at the end, rolls back on any error."""
    with Session(engine, info=info) as session, session.begin():
        begin_write(session)
        yield session


@contextmanager
def one_moment(engine: Engine, **info: Any) -> Iterator[Session]:
    """A unit of work that sees the whole database as of its beginning, whatever others commit meanwhile."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with transaction(engine, **info) as session:
        yield session
