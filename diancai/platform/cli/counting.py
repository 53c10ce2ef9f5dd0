"""`diancai count` and `diancai verify`."""

import json
import sys
from fractions import Fraction
from pathlib import Path

import click

from diancai import verify as verifier
from diancai.budget import Completion, Method, Rule, Utility, allocate, election_from_pabulib
from diancai.errors import DomainError
from diancai.platform.core.texts import say_error
from diancai.voting import TieOrder, TieRule, file_seed, read_pabulib


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", "method", type=click.Choice([member.value for member in Method]), default=Method.GREEDY.value)
@click.option("--utility", type=click.Choice([member.value for member in Utility]), default=Utility.COST.value)
@click.option("--completion", type=click.Choice([member.value for member in Completion]), default=Completion.NONE.value)
@click.option("--seats", type=int, default=None, help="Number of winners; top-k only.")
@click.option("--ties", type=click.Choice([member.value for member in TieRule]), default=TieRule.COST_THEN_LOT.value)
@click.option("--seed", default="", help="Text of the lot's seed.")
def count(path: Path, method: str, utility: str, completion: str, seats: int | None, ties: str, seed: str) -> None:
    """Count a Pabulib file and print the winners in order of selection, as JSON."""
    rule = Rule(Method(method), seats, utility=Utility(utility), completion=Completion(completion))
    try:
        election = election_from_pabulib(read_pabulib(path))
        allocation = allocate(election, rule, TieOrder(TieRule(ties), file_seed(seed)))
    except DomainError as refusal:
        raise click.ClickException(say_error(refusal)) from refusal
    answer = {
        "winners": list(allocation.winners),
        "spent": str(Fraction(allocation.spent_fen) / 100),
        "left": str(Fraction(allocation.left_fen) / 100),
    }
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1))


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify(arguments: tuple[str, ...]) -> None:
    """Check the bundle of a published result: BUNDLE [--expect HASH]. The same as the stand-alone verify.py."""
    sys.exit(verifier.main(list(arguments)))
