"""`diancai compare`: one file under every rule, side by side."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from time import perf_counter
from typing import Any

import click

from diancai.budget import (
    METHODS,
    Allocation,
    Completion,
    Election,
    Fairness,
    Method,
    Rule,
    Summary,
    Utility,
    fairness_of,
    summarise,
)
from diancai.budget.allocation import allocate_contest
from diancai.budget.contest import contest_of
from diancai.budget.official import (
    Note,
    count_official,
    names_known_rule,
    official_election,
    official_name,
    official_winners,
)
from diancai.platform.cli.count_page import aligned, names_of, outcome_words
from diancai.platform.cli.count_words import CountWords, completion_of, short_rule, utility_of
from diancai.platform.cli.plain import money_text, plain_summary, plain_ties, plain_warnings
from diancai.platform.cli.terminal import OneLineCommand, Progress, refusing, shown_progress, terminal_locale
from diancai.platform.core.texts import say
from diancai.voting import MarkKind, PabulibFile, TieOrder, item_scores, read_pabulib

_LISTS = (Method.GREEDY, Method.GREEDY_NO_SKIP, Method.GREEDY_PER_COST)
_COMPLETIONS = tuple(completion for completion in Completion if completion is not Completion.COMPARISON_FULL)
_LETTERS = ascii_uppercase + ascii_lowercase


@dataclass(frozen=True, slots=True)
class Outcome:
    """The file under one rule, named as the command line names it."""

    name: str
    rule: Rule
    allocation: Allocation
    count_s: float
    summary: Summary
    fairness: Fairness

    @classmethod
    def of(cls, name: str, rule: Rule, election: Election, allocation: Allocation, count_s: float) -> "Outcome":
        """With what it means."""
        winners = allocation.winners
        return cls(name, rule, allocation, count_s, summarise(election, winners), fairness_of(election, rule, winners))


@dataclass(frozen=True, slots=True)
class Comparison:
    """All outcomes, and the official winners where the file states them."""

    file: PabulibFile
    election: Election
    official: tuple[str, ...]
    notes: tuple[Note, ...]
    outcomes: tuple[Outcome, ...]


@click.command(cls=OneLineCommand)
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "is_json", is_flag=True, help="Plain data instead of a page.")
def compare(path: Path, is_json: bool) -> None:
    """Count a Pabulib file by every rule and put the winners side by side."""
    locale = terminal_locale()
    with refusing(path.name), shown_progress(locale) as progress:
        compared = _compared(read_pabulib(path), progress)
    if is_json:
        click.echo(json.dumps(_plain(compared), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_page(compared, locale)))


def rules_for(mark_kind: MarkKind) -> Iterator[Rule]:
    """Every rule that can count such ballots, without parameters of its own to be chosen."""
    utilities = [utility for utility in Utility if utility is not Utility.SCORE or mark_kind is not MarkKind.APPROVAL]
    yield from (Rule(method) for method in _LISTS)
    yield from (
        Rule(Method.EQUAL_SHARES, utility=utility, completion=completion)
        for utility in utilities
        for completion in _COMPLETIONS
    )
    if Method.BOS in METHODS:
        yield from (Rule(Method.BOS, utility=utility) for utility in utilities)
    if mark_kind is MarkKind.APPROVAL:
        yield Rule(Method.PHRAGMEN)


def _compared(file: PabulibFile, progress: Progress) -> Comparison:
    election = official_election(file)
    notes: tuple[Note, ...] = ()
    outcomes = []
    if names_known_rule(file):
        beginning = perf_counter()
        official = count_official(file, TieOrder(), report=progress.reach)
        notes = official.notes
        name = f"official ({official_name(file)})"
        count_s = perf_counter() - beginning
        outcomes.append(Outcome.of(name, official.rule, official.election, official.allocation, count_s))
    contest = contest_of(election, Rule(Method.GREEDY), TieOrder(), progress.reach)
    for rule in rules_for(election.profile.mark_kind):
        beginning = perf_counter()
        progress.begin(short_rule(rule))
        allocation = allocate_contest(replace(contest, rule=rule))
        count_s = perf_counter() - beginning
        outcomes.append(Outcome.of(short_rule(rule), rule, election, allocation, count_s))
    return Comparison(file, election, official_winners(file), notes, tuple(outcomes))


def _page(compared: Comparison, locale: str) -> Iterator[str]:
    words = CountWords.of(compared.file, locale)
    yield compared.file.value("description") or compared.file.value("instance")
    yield say(
        "count.election",
        locale,
        fund=words.money(compared.election.fund_fen),
        ballot_count=f"{compared.election.profile.voter_count:,}",
        item_count=len(compared.election.items),
    )
    yield from words.warnings(compared.file)
    yield ""
    yield from _rules(compared, words)
    yield ""
    yield say("compare.legend", locale)
    yield from _equals(compared, locale)
    yield ""
    yield say("compare.matrix", locale)
    yield from _matrix(compared, words)
    if compared.notes:
        yield ""
        yield say("count.official", locale)
        yield f"  {words.notes(compared.notes)}"


def _columns(compared: Comparison) -> list[tuple[str, tuple[str, ...]]]:
    """Letter and winners of each column; the file's own winners come first, under `*`."""
    columns: list[tuple[str, tuple[str, ...]]] = [("*", compared.official)] if compared.official else []
    outcomes = zip(_LETTERS, compared.outcomes, strict=False)
    return [*columns, *((letter, outcome.allocation.winners) for letter, outcome in outcomes)]


def _rules(compared: Comparison, words: CountWords) -> Iterator[str]:
    titles = ("rule", "winners", "spent", "left", "average", "without", "short")
    said = outcome_words(compared.file, compared.election, words)
    rows = [("", *(say(f"compare.column.{title}", words.locale) for title in titles))]
    if compared.official:
        costs = {item.number: item.cost_fen for item in compared.election.items}
        spent = sum(costs[number] for number in compared.official)
        left = words.amount(compared.election.fund_fen - spent)
        name = say("compare.official_winners", words.locale)
        meant = summarise(compared.election, compared.official)
        figures = (said.average(meant), said.without(meant), "")
        rows.append(("*", name, str(len(compared.official)), words.amount(spent), left, *figures))
    for letter, outcome in zip(_LETTERS, compared.outcomes, strict=False):
        allocation = outcome.allocation
        money = (words.amount(allocation.spent_fen), words.amount(allocation.left_fen))
        figures = (said.average(outcome.summary), said.without(outcome.summary), said.fairness_word(outcome.fairness))
        rows.append((letter, outcome.name, str(len(allocation.winners)), *money, *figures))
    return aligned(rows, "llrrrrrl")


def _equals(compared: Comparison, locale: str) -> Iterator[str]:
    """Which rules elect the same."""
    groups: dict[frozenset[str], list[str]] = {}
    for letter, winners in _columns(compared):
        groups.setdefault(frozenset(winners), []).append(letter)
    same = [letters for letters in groups.values() if len(letters) > 1]
    if same:
        yield ""
        yield from (say("compare.same", locale, letters=" ".join(letters)) for letters in same)


def _matrix(compared: Comparison, words: CountWords) -> Iterator[str]:
    """A line for each item that any rule elects, by score; a column for each rule."""
    columns = _columns(compared)
    scores, names = item_scores(compared.election.profile), names_of(compared.file)
    costs = {item.number: item.cost_fen for item in compared.election.items}
    elected = {number for _, winners in columns for number in winners}
    score = "count.column.points" if words.is_points else "count.column.score"
    titles = ("count.column.number", score, "count.column.cost")
    letters = " ".join(letter for letter, _ in columns)
    rows = [(*(say(title, words.locale) for title in titles), letters, say("count.column.name", words.locale))]
    for number in sorted(elected, key=lambda number: (-scores[number], number)):
        marks = " ".join("●" if number in winners else "·" for _, winners in columns)
        rows.append((number, f"{scores[number]:,}", words.amount(costs[number]), marks, names[number]))
    yield from aligned(rows, "lrrll")
    if len(elected) < len(scores):
        yield say("compare.never", words.locale, count=len(scores) - len(elected))


def _plain(compared: Comparison) -> dict[str, Any]:
    return {
        "budget": money_text(compared.election.fund_fen),
        "currency": compared.file.value("currency"),
        "voters": compared.election.profile.voter_count,
        "warnings": plain_warnings(compared.file),
        "official_winners": list(compared.official),
        "rules": [_plain_outcome(outcome) for outcome in compared.outcomes],
        "winners": {
            number: [outcome.name for outcome in compared.outcomes if number in outcome.allocation.winners]
            for number in _elected(compared.outcomes)
        },
    }


def _elected(outcomes: Sequence[Outcome]) -> list[str]:
    return list(dict.fromkeys(number for outcome in outcomes for number in outcome.allocation.winners))


def _plain_outcome(outcome: Outcome) -> dict[str, Any]:
    allocation = outcome.allocation
    return {
        "name": outcome.name,
        "rule": outcome.rule.method,
        "utility": utility_of(outcome.rule),
        "completion": completion_of(outcome.rule),
        "selected": list(allocation.winners),
        "winner_count": len(allocation.winners),
        "cost": money_text(allocation.spent_fen),
        "remaining": money_text(allocation.left_fen),
        "ties": plain_ties(allocation.ties),
        "summary": plain_summary(outcome.summary, outcome.fairness),
        "count_s": round(outcome.count_s, 6),
    }
