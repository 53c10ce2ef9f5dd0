"""Bring a database to the newest schema: Alembic's steps, then every trigger anew."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import diancai
from diancai.platform.core.db import open_engine
from diancai.platform.core.triggers import create_triggers

FOLDER = Path(diancai.__file__).parent / "migrations"


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(database_url: str) -> None:
    """Run every migration that is missing, in one transaction, and re-create the triggers."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
        create_triggers(connection)
    engine.dispose()


def is_current(connection: Connection) -> bool:
    """Does the database stand at the newest migration?"""
    heads = set(ScriptDirectory.from_config(alembic_config()).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == heads
