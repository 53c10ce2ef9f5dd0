"""Alembic's entry: the connection comes from the caller, the tables from the application."""

from alembic import context
from sqlalchemy import Connection, Enum

from diancai.platform.core.db import Base, Instant
from diancai.platform.tables import ALL_TABLES


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column types as what they are in the database."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.Enum({', '.join(map(repr, item.enums))}, name={item.name!r}, native_enum=False, length={item.length}, create_constraint=True)"
    return False


def migrate(connection: Connection) -> None:
    assert ALL_TABLES
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=True,
    )
    context.run_migrations()


migrate(context.config.attributes["connection"])
