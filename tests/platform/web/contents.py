"""What a database holds, in one figure, so that a test can say that nothing changed."""

import hashlib

from sqlalchemy import Engine, MetaData, inspect, select

from diancai.platform.core.db import Base


def content_hash(engine: Engine) -> str:
    """SHA-256 over every row of every table."""
    return hashlib.sha256("".join(table_hashes(engine).values()).encode()).hexdigest()


def table_hashes(engine: Engine) -> dict[str, str]:
    """By table; rows in any order count the same."""
    known: MetaData = Base.metadata
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) - {"alembic_version"} == set(known.tables)
        found = {}
        for name, table in sorted(known.tables.items()):
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found
