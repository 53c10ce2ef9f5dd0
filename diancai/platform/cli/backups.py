"""`diancai backup` and `diancai restore`."""

import hashlib
import os
import time
from pathlib import Path

import click
import pyrage
from sqlalchemy import Engine, select

from diancai.errors import DomainError, WrongState
from diancai.platform.backups.models import Backup
from diancai.platform.backups.operations import destroy_backup, read_recipients, take_backup
from diancai.platform.backups.restoring import restore_backup
from diancai.platform.cli.context import load_keys, load_settings, opened_engine, unit_of_work
from diancai.platform.core import clock
from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.db import one_moment, transaction
from diancai.platform.core.keys import Keys
from diancai.platform.core.migrate import upgrade
from diancai.platform.core.texts import say_error


@click.group()
def backup() -> None:
    """Encrypted copies of the whole database, for the scrutineers alone. The keys file is kept apart."""


@backup.command(name="take")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", "recipients", type=click.Path(exists=True, path_type=Path), help="File of names and age keys.")
@click.option("--wait", "wait_minutes", default=0, help="While votes are taken: try so many minutes, until a seal.")
def take(path: Path, recipients: Path | None, wait_minutes: int) -> None:
    """Write a new backup. While votes are taken it is made together with a seal (25 ballots, 10 minutes)."""
    settings = load_settings()
    keys, source = load_keys(settings), recipients or settings.backup_recipients
    if source is None:
        raise click.ClickException("For whom? Name a file with --to, or set DIANCAI_BACKUP_RECIPIENTS.")
    until = time.monotonic() + 60 * wait_minutes
    with opened_engine(settings) as engine:
        while True:
            try:
                kept = _taken(engine, keys, path, source)
                break
            except WrongState as refusal:
                if time.monotonic() >= until:
                    raise click.ClickException(say_error(refusal)) from refusal
                time.sleep(20)
            except DomainError as refusal:
                raise click.ClickException(say_error(refusal)) from refusal
    click.echo(f"{path}  {kept}")


def _taken(engine: Engine, keys: Keys, path: Path, source: Path) -> str:
    """The SHA-256 of the file."""
    existed = path.exists()
    try:
        with one_moment(engine, keys=keys) as session:
            recipients = read_recipients(source.read_text("utf-8"))
            return take_backup(session, path, recipients, by=SYSTEM, at=clock.now()).sha256
    except BaseException:
        if not existed:
            path.unlink(missing_ok=True)
        raise


@backup.command(name="list")
def list_backups() -> None:
    """Backups on record, and which were destroyed."""
    with unit_of_work() as session:
        for kept in session.scalars(select(Backup).order_by(Backup.id)):
            state = f"destroyed {kept.destroyed_at:%Y-%m-%d %H:%M}" if kept.destroyed_at else "kept"
            click.echo(f"{kept.id:>5}  {kept.taken_at:%Y-%m-%d %H:%M}  {state}  {kept.path}  {kept.sha256}")


@backup.command(name="destroy")
@click.argument("number", type=int)
def destroy(number: int) -> None:
    """Remove a backup where it was written, and put that on record."""
    with unit_of_work() as session:
        kept = session.get(Backup, number)
        if kept is None:
            raise click.ClickException(f"There is no backup {number}.")
        destroy_backup(session, kept, by=SYSTEM, at=clock.now())


@backup.command(name="key")
@click.argument("path", type=click.Path(path_type=Path))
def new_key(path: Path) -> None:
    """Write a scrutineer's private key to a new file, and print the public one. Do this on their own device."""
    identity = pyrage.x25519.Identity.generate()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as problem:
        raise click.ClickException(f"{path} exists already; keys are never overwritten") from problem
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{identity}\n")
    click.echo(str(identity.to_public()))


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
def restore(path: Path, key_file: Path) -> None:
    """Fill an empty database from a backup. Rounds that were open are suspended until two people go on."""
    settings = load_settings()
    keys, content = load_keys(settings), path.read_bytes()
    upgrade(settings.database_url)
    sha256 = hashlib.sha256(content).hexdigest()
    with opened_engine(settings) as engine:
        try:
            with transaction(engine, keys=keys) as session:
                identity = key_file.read_text("ascii")
                restored = restore_backup(session, content, identity, sha256, by=SYSTEM, at=clock.now())
                click.echo(f"{sum(restored.row_counts.values()):,} rows in {len(restored.row_counts)} tables; {sha256}")
                for round_ in restored.suspended:
                    click.echo(f"中止 / suspended: {round_.id} {round_.title}")
        except DomainError as refusal:
            raise click.ClickException(say_error(refusal)) from refusal
