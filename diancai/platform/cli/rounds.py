"""`diancai round`."""

from pathlib import Path

import click
from sqlalchemy import select

from diancai.budget import RULE_BOOK_COMPLETIONS, RULE_BOOK_METHODS, Binding, Completion, Method, Rule, Utility
from diancai.platform.cli.context import unit_of_work
from diancai.platform.cli.people import find_division
from diancai.platform.core import clock
from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.texts import title_of
from diancai.platform.results.operations.counting import count_round
from diancai.platform.results.operations.importing import import_election
from diancai.platform.rounds.models import Round
from diancai.voting import read_pabulib


@click.group(name="round")
def round_() -> None:
    """Rounds."""


@round_.command(name="list")
def list_rounds() -> None:
    """Every round with its number and state."""
    with unit_of_work() as session:
        for found in session.scalars(select(Round).order_by(Round.id)):
            click.echo(f"{found.id:>5}  {title_of(found.state)}  {found.closes_at:%Y-%m-%d}  {found.title}")


@round_.command(name="import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", required=True)
@click.option("--street", "street_code", default="", help="12-digit code; the only street when left out.")
@click.option(
    "--rule", "method", type=click.Choice([member.value for member in RULE_BOOK_METHODS]), default=Method.GREEDY.value
)
@click.option("--utility", type=click.Choice([member.value for member in Utility]), default=Utility.COST.value)
@click.option(
    "--completion",
    type=click.Choice([member.value for member in RULE_BOOK_COMPLETIONS]),
    default=Completion.NONE.value,
    help="What becomes of the money that equal shares leave.",
)
@click.option("--seats", type=int, default=None, help="Number of winners; top-k only.")
@click.option("--binding", type=click.Choice([member.value for member in Binding]), default=Binding.SKIP.value)
def import_round(
    path: Path,
    title: str,
    street_code: str,
    method: str,
    utility: str,
    completion: str,
    seats: int | None,
    binding: str,
) -> None:
    """Import an election held elsewhere from a Pabulib file, with its ballots, and count it."""
    rule = Rule(Method(method), seats, Binding(binding), Utility(utility), Completion(completion))
    at = clock.now()
    with unit_of_work() as session:
        street = find_division(session, street_code, clock.local_day(at))
        imported = import_election(session, street.id, read_pabulib(path), rule=rule, title=title, by=SYSTEM, at=at)
        result = count_round(session, imported, by=SYSTEM, at=at)
        click.echo(f"{imported.id}  {result.ballot_count} ballots  {result.bundle_sha256}")
