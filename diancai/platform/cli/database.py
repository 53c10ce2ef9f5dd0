"""`diancai db`."""

from tempfile import TemporaryDirectory

import click
from alembic import command

from diancai.platform.cli.context import load_settings
from diancai.platform.core.db import open_engine
from diancai.platform.core.migrate import alembic_config, upgrade


@click.group()
def db() -> None:
    """The database."""


@db.command(name="upgrade")
def upgrade_database() -> None:
    """Bring the database to the newest schema and write its triggers anew."""
    settings = load_settings()
    upgrade(settings.database_url)
    click.echo("数据库已是最新 / the database is up to date")


@db.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration from the models, against an empty database brought up to now; read it before you commit it."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.db"
        upgrade(url)
        engine = open_engine(url)
        with engine.begin() as connection:
            command.revision(alembic_config(connection), message, autogenerate=True)
        engine.dispose()
