"""A count of a file in sentences: amounts in the file's own currency, reasons, ties, the official result."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from diancai.budget import Completion, Method, Reason, Rule, Tie, Utility
from diancai.budget.official import Note
from diancai.platform.cli.plain import decimal_text
from diancai.platform.core.texts import joined_clauses, say, title_of
from diancai.platform.results.wording import score_in_words, sentence_of
from diancai.voting import Exact, PabulibFile, VoteType

_WITH_UTILITY = (Method.EQUAL_SHARES, Method.BOS)


@dataclass(frozen=True, slots=True)
class CountWords:
    """How one count is said."""

    locale: str
    currency: str
    is_points: bool

    @classmethod
    def of(cls, file: PabulibFile, locale: str) -> "CountWords":
        return cls(locale, file.value("currency"), file.vote_type not in (VoteType.APPROVAL, VoteType.CHOOSE_1))

    def amount(self, amount_fen: Exact) -> str:
        """1,331,751.10, or 1,331,751 without cents."""
        whole, point, decimals = _grouped(Fraction(amount_fen) / 100).partition(".")
        return f"{whole}{point}{decimals.ljust(2, '0')}" if point else whole

    def money(self, amount_fen: Exact) -> str:
        """1,331,751.11 PLN"""
        return f"{self.amount(amount_fen)} {self.currency}".rstrip()

    def score(self, count: Exact) -> str:
        return score_in_words(_grouped(count), self.is_points, self.locale)

    def rule(self, rule: Rule) -> str:
        """The rule with all that is not its default."""
        parts = [title_of(rule.method, self.locale)]
        if rule.method is Method.TOP_K:
            parts = [say("count.top_k", self.locale, k=rule.seat_count), title_of(rule.binding, self.locale)]
        if rule.method in _WITH_UTILITY:
            parts.append(title_of(rule.utility, self.locale))
        if rule.method is Method.EQUAL_SHARES and rule.completion is not Completion.NONE:
            parts.append(title_of(rule.completion, self.locale))
        parts += self._constraints(rule)
        return joined_clauses(parts, self.locale)

    def _constraints(self, rule: Rule) -> Iterable[str]:
        constraints = rule.constraints
        if constraints.least_score:
            yield say("count.least_score", self.locale, score=self.score(constraints.least_score))
        if constraints.reserve:
            percent = decimal_text(constraints.reserve.share * 100)
            yield say("count.reserve", self.locale, percent=percent)
        for group in constraints.exclusive:
            yield say("count.exclusive", self.locale, numbers=self.numbers(group))

    def reason(self, reason: Reason) -> str:
        code = f"reason.{sentence_of(reason.code, reason.facts)}"
        facts = {name.removesuffix("_fen"): self._shown(name, value) for name, value in reason.facts.items()}
        facts["score"] = self.score(_exact(reason.facts["votes"]))
        return say(code, self.locale, **facts)

    def tie(self, tie: Tie) -> str:
        decided = say(f"tie.{tie.decided_by}", self.locale)
        return say("count.tie", self.locale, numbers=self.numbers(tie.numbers), decided=decided)

    def notes(self, notes: Iterable[Note]) -> str:
        gap = "" if self.locale == "zh" else " "
        return gap.join(say(note.code, self.locale, **self._note_facts(note.facts)) for note in notes)

    def warnings(self, file: PabulibFile) -> Iterator[str]:
        """What makes a file doubtful, though it can be read."""
        for key, said, found in file.miscounts:
            yield say(f"count.{key}_differ", self.locale, said=f"{said:,}", found=f"{found:,}")

    def numbers(self, numbers: Iterable[str]) -> str:
        return say("join.list", self.locale).join(numbers) or say("count.none", self.locale)

    def _note_facts(self, facts: Mapping[str, object]) -> dict[str, object]:
        return {name: self.numbers(value) if isinstance(value, tuple) else value for name, value in facts.items()}

    def _shown(self, name: str, value: object) -> object:
        if isinstance(value, (int, Fraction)) and name.endswith("_fen"):
            return self.money(value)
        if isinstance(value, (int, Fraction)) and name == "needed":
            return self.score(value)
        return value


def short_rule(rule: Rule) -> str:
    """The rule as the command line names it: `equal-shares cost add1`."""
    parts = [rule.method.value]
    if rule.method in _WITH_UTILITY:
        parts.append(rule.utility.value)
    if rule.completion is not Completion.NONE:
        parts.append(f"+ {rule.completion.value}")
    return " ".join(parts)


def utility_of(rule: Rule) -> Utility | None:
    return rule.utility if rule.method in _WITH_UTILITY else None


def completion_of(rule: Rule) -> Completion | None:
    return rule.completion if rule.method is Method.EQUAL_SHARES else None


def _exact(value: object) -> Exact:
    assert isinstance(value, (int, Fraction))
    return value


def _grouped(number: Exact) -> str:
    whole, point, decimals = decimal_text(number).partition(".")
    return f"{int(whole):,}{point}{decimals}" if "/" not in whole else whole
