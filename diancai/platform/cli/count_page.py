"""`diancai count` for a person: the rule, each winner with cost and reason, what is left, who came next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diancai.budget import Allocation, Election, GroupSummary, Rule, fairness_of, summarise
from diancai.budget.official import OfficialCount
from diancai.platform.cli.count_words import CountWords
from diancai.platform.cli.terminal import columns_of, fitted, left, right
from diancai.platform.core.outcome_words import OutcomeWords
from diancai.platform.core.texts import say, show_percent
from diancai.voting import Exact, PabulibFile, item_scores

_WIDTH = 100
_LEAST_NAME = 16
_NEXT = 5
_MOST_GROUPS = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """One count of one file. `official`: where it was counted by the rule that the file names."""

    file: PabulibFile
    election: Election
    rule_name: str
    rule: Rule
    allocation: Allocation
    official: OfficialCount | None
    read_s: float
    count_s: float


def count_page(counted: Counted, locale: str) -> Iterator[str]:
    """The page, line by line."""
    words = CountWords.of(counted.file, locale)
    scores = item_scores(counted.election.profile)
    yield from _heading(counted, words)
    yield ""
    yield from _winners(counted, words, scores)
    yield ""
    yield _answer(counted, words)
    yield from _next(counted, words, scores)
    yield from _block("count.ties", [words.tie(tie) for tie in counted.allocation.ties], locale)
    if counted.official:
        yield from _block("count.official", [words.notes(counted.official.notes)], locale)
    yield from _block("count.summary", list(_summary(counted, words)), locale)


def _heading(counted: Counted, words: CountWords) -> Iterator[str]:
    yield counted.file.value("description") or counted.file.value("instance")
    rule = words.rule(counted.rule)
    if counted.official:
        yield say("count.rule_of_file", words.locale, rule=rule, name=counted.official.rule_name)
    else:
        yield say("count.rule", words.locale, rule=rule)
    yield say(
        "count.election",
        words.locale,
        fund=words.money(counted.election.fund_fen),
        ballot_count=f"{counted.election.profile.voter_count:,}",
        item_count=len(counted.election.items),
    )
    yield from words.warnings(counted.file)


def _winners(counted: Counted, words: CountWords, scores: dict[str, Exact]) -> Iterator[str]:
    """A line for each winner and its reason below it, each column as wide as it must be."""
    winners = counted.allocation.winners
    if not winners:
        yield say("count.nobody", words.locale)
        return
    costs = {item.number: item.cost_fen for item in counted.election.items}
    names = names_of(counted.file)
    rows = [
        (str(place), number, f"{scores[number]:,}", words.amount(costs[number]), names[number])
        for place, number in enumerate(winners, start=1)
    ]
    score = "count.column.points" if words.is_points else "count.column.score"
    columns = ("count.column.place", "count.column.number", score, "count.column.cost", "count.column.name")
    lines = aligned((tuple(say(column, words.locale) for column in columns), *rows), "rlrrl")
    yield next(lines)
    for line, number in zip(lines, winners, strict=True):
        yield line
        yield f"      {words.reason(counted.allocation.reasons[number])}"


def _answer(counted: Counted, words: CountWords) -> str:
    return say(
        "count.answer",
        words.locale,
        winner_count=len(counted.allocation.winners),
        spent=words.money(counted.allocation.spent_fen),
        left=words.money(counted.allocation.left_fen),
    )


def _next(counted: Counted, words: CountWords, scores: dict[str, Exact]) -> Iterator[str]:
    """Those that came next, and why they did not win."""
    won = set(counted.allocation.winners)
    losers = sorted((number for number in scores if number not in won), key=lambda number: -scores[number])
    names, shown = names_of(counted.file), losers[:_NEXT]
    lines = []
    for number in shown:
        reason = words.reason(counted.allocation.reasons[number])
        lines += [fitted(f"{number}  {names[number]}", _WIDTH - 2), f"    {reason}"]
    if len(losers) > len(shown):
        lines.append(say("count.rest", words.locale, count=len(losers) - len(shown)))
    yield from _block("count.next", lines, words.locale)


def _summary(counted: Counted, words: CountWords) -> Iterator[str]:
    """What the outcome means, in a few sentences."""
    election, winners = counted.election, counted.allocation.winners
    summary = summarise(election, winners)
    said = outcome_words(counted.file, election, words)
    yield said.voters(summary)
    yield said.fairness(fairness_of(election, counted.rule, winners))
    yield from _groups("count.by_category", summary.by_category, words)
    yield from _groups("count.by_community", summary.by_community, words)


def _groups(title: str, groups: Sequence[GroupSummary], words: CountWords) -> Iterator[str]:
    """Those with the most votes; nothing where the file has no groups to compare."""
    if len(groups) < 2:
        return
    most = sorted(groups, key=lambda group: -group.votes)[:_MOST_GROUPS]
    parts = [
        say(
            "count.group.points" if words.is_points else "count.group",
            words.locale,
            group=group.group or say("count.no_group", words.locale),
            votes=show_percent(group.votes_share),
            spent=show_percent(group.spent_share),
        )
        for group in most
    ]
    if len(groups) > len(most):
        parts.append(say("count.other_groups", words.locale, count=len(groups) - len(most)))
    yield say(title, words.locale, groups=say("join.clauses", words.locale).join(parts))


def outcome_words(file: PabulibFile, election: Election, words: CountWords) -> OutcomeWords:
    """The sentences about an outcome, in the currency of the file."""
    costs = {item.number: item.cost_fen for item in election.items}
    return OutcomeWords(words.locale, words.money, names_of(file), costs)


def _block(title: str, lines: Sequence[str], locale: str) -> Iterator[str]:
    if lines:
        yield ""
        yield say(title, locale)
        yield from (f"  {line}" for line in lines)


def names_of(file: PabulibFile) -> dict[str, str]:
    """The names of the projects, "" where the file has none."""
    names = file.project_values("name") if "name" in file.project_columns else ("",) * len(file.projects)
    return {number: " ".join(name.split()) for number, name in zip(file.project_ids, names, strict=True)}


def aligned(rows: Sequence[tuple[str, ...]], sides: str) -> Iterator[str]:
    """Rows as lines. `sides`: `l` or `r` for each column; the last one is cut where the line would be too long."""
    widths = [max(columns_of(row[place]) for row in rows) for place in range(len(sides))]
    room = max(_WIDTH - sum(widths[:-1]) - 2 * len(widths) + 2, _LEAST_NAME)
    for row in rows:
        cells = [
            right(text, width) if side == "r" else left(text, width)
            for text, width, side in zip(row[:-1], widths, sides, strict=False)
        ]
        last = fitted(row[-1], room)
        yield "  ".join([*cells, right(last, widths[-1]) if sides[-1] == "r" else last]).rstrip()
