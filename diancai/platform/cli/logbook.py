"""`diancai log`."""

import click

from diancai.platform.cli.context import unit_of_work
from diancai.platform.core.audit import broken_entries


@click.group()
def log() -> None:
    """The administrative log."""


@log.command()
def verify() -> None:
    """Check every link of the hash chain; exit 1 at the first broken ones."""
    with unit_of_work() as session:
        broken = list(broken_entries(session))
    if broken:
        raise click.ClickException(f"日志链在这些条目断开 / the chain is broken at: {', '.join(map(str, broken[:20]))}")
    click.echo("日志链完整 / the chain holds")
