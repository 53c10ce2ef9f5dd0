"""Bring a database to the newest schema: Alembic's steps, then every trigger anew.

Alembic is imported where it has something to do: it takes longer than all else at the start of a process.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

import diancai
from diancai.platform.core.db import open_engine
from diancai.platform.core.triggers import create_triggers

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(diancai.__file__).parent / "migrations"
_REVISION = re.compile(r"^revision = '(\w+)'", re.MULTILINE)


def alembic_config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(database_url: str) -> None:
    """Run every migration that is missing, in one transaction, and re-create the triggers."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        if not is_current(connection):
            from alembic import command

            command.upgrade(alembic_config(connection), "head")
        create_triggers(connection)
    engine.dispose()


def is_current(connection: Connection) -> bool:
    """Does the database stand at the newest migration?"""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision())


def newest_revision() -> str:
    """That of the last migration: their files are named by their day."""
    last = max((FOLDER / "versions").glob("*.py"))
    found = _REVISION.search(last.read_text("utf-8"))
    assert found is not None
    return found[1]
