"""`diancai keys`."""

from pathlib import Path

import click

from diancai.platform.core.keys import new_keys, read_keys, write_keys
from diancai.platform.settings import SettingsError


@click.group()
def keys() -> None:
    """The installation's secrets, in a file outside the database. Back it up apart from the database."""


@keys.command(name="new")
@click.argument("path", type=click.Path(path_type=Path))
def new_file(path: Path) -> None:
    """Write five new keys to a file that only its owner can read. Never overwrites."""
    try:
        write_keys(path, new_keys())
    except FileExistsError as problem:
        raise click.ClickException(f"{path} exists already; keys are never overwritten") from problem
    click.echo(f"{path}")


@keys.command(name="check")
@click.argument("path", type=click.Path(path_type=Path))
def check_file(path: Path) -> None:
    """Say whether a keys file would be accepted, and the public key that seals are verified with."""
    try:
        click.echo(read_keys(path).public_key_hex)
    except SettingsError as problem:
        raise click.ClickException(str(problem)) from problem
