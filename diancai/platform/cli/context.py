"""What every command needs: the settings, the keys, an engine, a refusal in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.core.db import open_engine, transaction
from diancai.platform.core.keys import Keys, read_keys
from diancai.platform.core.texts import say_error
from diancai.platform.settings import Settings, SettingsError


def load_settings() -> Settings:
    try:
        return Settings.from_env()
    except SettingsError as problem:
        raise click.ClickException(str(problem)) from problem


def load_keys(settings: Settings) -> Keys:
    assert settings.keys_file is not None
    try:
        return read_keys(settings.keys_file)
    except SettingsError as problem:
        raise click.ClickException(str(problem)) from problem


@contextmanager
def opened_engine(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction on the installation's database; a refusal ends the command with its words."""
    settings = load_settings()
    keys = load_keys(settings)
    with opened_engine(settings) as engine:
        try:
            with transaction(engine, keys=keys) as session:
                yield session
        except DomainError as refusal:
            raise click.ClickException(say_error(refusal)) from refusal
