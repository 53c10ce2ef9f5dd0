"""What a database holds, in one figure, so that a test can say that nothing changed."""

import hashlib

from sqlalchemy import Engine, MetaData, inspect, select

from diancai.platform.core.db import Base


def content_hash(engine: Engine) -> str:
    """SHA-256 over every row of every table; rows in any order count the same."""
    known: MetaData = Base.metadata
    digest = hashlib.sha256()
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) - {"alembic_version"} == set(known.tables)
        for name, table in sorted(known.tables.items()):
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            digest.update("\n".join([name, *rows]).encode())
    return digest.hexdigest()
