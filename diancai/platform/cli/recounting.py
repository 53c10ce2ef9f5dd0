"""`diancai recount`."""

import sys

import click

from diancai.platform.cli.context import unit_of_work
from diancai.platform.core.texts import say
from diancai.platform.results.recounting import recount as recount_box
from diancai.platform.rounds.models import Round


@click.command()
@click.argument("round_id", metavar="ROUND", type=int)
@click.option("--version", type=click.IntRange(min=1), help="Left out: the version in force, else the newest.")
def recount(round_id: int, version: int | None) -> None:
    """Count the sealed box of a round again and compare it with the stored and published result: exit code 0 or 1."""
    with unit_of_work() as session:
        round_ = session.get(Round, round_id)
        if round_ is None:
            raise click.ClickException(say("recount.no_round"))
        found = recount_box(session, round_, version)
        for one in found.differences:
            item = f" {one.number}" if one.number else ""
            click.echo(f"≠ {one.what}{item}: {one.stored} ≠ {one.counted}")
        code = "recount.differs" if found.differences else "recount.same"
        winners = "、".join(found.winners)
        click.echo(say(code, version=found.result.version, ballots=found.ballot_count, winners=winners))
    sys.exit(1 if found.differences else 0)
