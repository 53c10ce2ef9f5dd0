"""`diancai count` and `diancai verify`."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from diancai import verify as verifier
from diancai.budget import Method, allocate, election_from_pabulib, fairness_of, summarise
from diancai.budget.official import count_official
from diancai.platform.cli.count_options import (
    BINDINGS,
    COMPLETIONS,
    OFFICIAL,
    RULES,
    TIES,
    UTILITIES,
    CountOptions,
    exclusive_groups,
    fund_fen_of,
    rule_name_of,
    rule_of,
)
from diancai.platform.cli.count_page import Counted, count_page
from diancai.platform.cli.count_words import CountWords, completion_of, utility_of
from diancai.platform.cli.plain import money_text, plain_facts, plain_reasons, plain_summary, plain_ties, plain_warnings
from diancai.platform.cli.terminal import OneLineCommand, Progress, refusing, shown_progress, terminal_locale
from diancai.voting import PabulibFile, read_pabulib


@click.command(cls=OneLineCommand)
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", type=click.Choice(RULES), help="Left out: the rule that the file names, else greedy.")
@click.option("--utility", type=click.Choice(UTILITIES), help="equal-shares and bos only.  [default: cost]")
@click.option("--completion", type=click.Choice(COMPLETIONS), help="equal-shares only.  [default: none]")
@click.option("--ties", type=click.Choice(list(TIES)), default="votes-cost-lot", show_default=True)
@click.option("--seed", default="", help="Text of the lot's seed.")
@click.option("--budget", help="Another fund, in the main unit of the file's currency.")
@click.option("--unsupported", is_flag=True, help="Items without support may win money that is left.")
@click.option("--k", type=click.IntRange(min=1), help="Number of winners; top-k only.")
@click.option("--fund", type=click.Choice(BINDINGS), help="How the fund binds; top-k only.  [default: skip]")
@click.option("--exclusive", multiple=True, metavar="A,B", help="Of these projects one may win; once for each group.")
@click.option("--json", "is_json", is_flag=True, help="Plain data instead of a page.")
def count(path: Path, is_json: bool, **typed: Any) -> None:
    """Count a Pabulib file by a rule: who wins in which order, why, and what is left."""
    locale = terminal_locale()
    with refusing(path.name):
        counted = _counted(path, CountOptions(**typed), locale)
    if is_json:
        click.echo(json.dumps(_plain(counted, locale), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(count_page(counted, locale)))


def _counted(path: Path, options: CountOptions, locale: str) -> Counted:
    beginning = perf_counter()
    file = read_pabulib(path)
    read_s = perf_counter() - beginning
    name = rule_name_of(options, file, locale)
    count_one = _count_official if name == OFFICIAL else _count_by_rule
    beginning = perf_counter()
    with shown_progress(locale) as progress:
        counted = count_one(file, name, options, locale, progress)
    return replace(counted, read_s=read_s, count_s=perf_counter() - beginning)


def _count_by_rule(file: PabulibFile, name: str, options: CountOptions, locale: str, progress: Progress) -> Counted:
    election = election_from_pabulib(file)
    fund_fen = fund_fen_of(options, locale)
    if fund_fen is not None:
        election = replace(election, fund_fen=fund_fen)
    rule = rule_of(options, Method(name), exclusive_groups(options, file, locale))
    allocation = allocate(election, rule, options.tie_order, progress.reach)
    return Counted(file, election, name, rule, allocation, None, 0, 0)


def _count_official(file: PabulibFile, name: str, options: CountOptions, locale: str, progress: Progress) -> Counted:
    groups, fund_fen = exclusive_groups(options, file, locale), fund_fen_of(options, locale)
    official = count_official(file, options.tie_order, exclusive=groups, fund_fen=fund_fen, report=progress.reach)
    return Counted(file, official.election, name, official.rule, official.allocation, official, 0, 0)


def _plain(counted: Counted, locale: str) -> dict[str, Any]:
    allocation, official = counted.allocation, counted.official
    answer: dict[str, Any] = {
        "rule": counted.rule_name,
        "utility": utility_of(counted.rule),
        "completion": completion_of(counted.rule),
        "budget": money_text(counted.election.fund_fen),
        "currency": counted.file.value("currency"),
        "voters": counted.election.profile.voter_count,
        "warnings": plain_warnings(counted.file),
        "selected": list(allocation.winners),
        "cost": money_text(allocation.spent_fen),
        "remaining": money_text(allocation.left_fen),
        "reasons": plain_reasons(allocation.reasons),
        "ties": plain_ties(allocation.ties),
        "summary": plain_summary(
            summarise(counted.election, allocation.winners),
            fairness_of(counted.election, counted.rule, allocation.winners),
        ),
    }
    if official:
        notes = [{"code": note.code, **plain_facts(note.facts)} for note in official.notes]
        answer["official"] = {
            "rule": official.rule_name,
            "winners": list(official.winners),
            "reproduced": official.is_reproduced,
            "note": CountWords.of(counted.file, locale).notes(official.notes),
            "notes": notes,
        }
    return {**answer, "elapsed": {"read_s": round(counted.read_s, 6), "count_s": round(counted.count_s, 6)}}


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify(arguments: tuple[str, ...]) -> None:
    """Check the bundle of a published result: BUNDLE [--expect HASH]. The same as the stand-alone verify.py."""
    sys.exit(verifier.main(list(arguments)))
