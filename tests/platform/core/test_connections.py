"""Connections that rested while their server was restarted."""

import pytest
from sqlalchemy import Engine, text

from diancai.platform.core import db
from diancai.platform.core.db import open_engine

WHO = text("SELECT pg_backend_pid()")


@pytest.mark.postgres
@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_connection_that_was_closed_while_it_rested_is_replaced(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "REST_SECONDS", 0)
    with engine.connect() as connection:
        before = connection.scalar(WHO)
    other = open_engine(database_url)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": before})
    other.dispose()
    with engine.connect() as connection:
        assert connection.scalar(WHO) != before
