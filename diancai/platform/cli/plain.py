"""A count as plain data: what `--json` prints."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from diancai.budget import Fairness, GroupSummary, Reason, Summary, Tie, Utility, Witness
from diancai.voting import Exact, PabulibFile

_FEN = "_fen"


def decimal_text(number: Exact) -> str:
    """An exact number as a decimal: 1331751.11; as a fraction where no decimal is exact."""
    fraction = Fraction(number)
    places, rest = 0, fraction.denominator
    while rest % 2 == 0 or rest % 5 == 0:
        rest //= 10 if rest % 10 == 0 else 2 if rest % 2 == 0 else 5
        places += 1
    if rest != 1:
        return str(fraction)
    digits = str(abs(int(fraction * 10**places))).rjust(places + 1, "0")
    sign = "-" if fraction < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def money_text(amount_fen: Exact) -> str:
    """An amount in the file's main unit."""
    return decimal_text(Fraction(amount_fen) / 100)


def plain_facts(facts: Mapping[str, object]) -> dict[str, Any]:
    """Facts for JSON: `cost_fen` becomes `cost`, a decimal in the main unit."""
    return {name.removesuffix(_FEN): _plain(name, value) for name, value in facts.items()}


def plain_reasons(reasons: Mapping[str, Reason]) -> dict[str, dict[str, Any]]:
    return {number: {"code": reason.code, **plain_facts(reason.facts)} for number, reason in reasons.items()}


def plain_ties(ties: Iterable[Tie]) -> list[dict[str, Any]]:
    return [{"tied": list(tie.numbers), "decided_by": tie.decided_by} for tie in ties]


def plain_warnings(file: PabulibFile) -> list[dict[str, Any]]:
    """What makes a file doubtful, though it can be read: META counts otherwise than the file holds."""
    return [{"code": f"{key}_differ", "said": said, "found": found} for key, said, found in file.miscounts]


def plain_summary(summary: Summary, fairness: Fairness | None) -> dict[str, Any]:
    """What an outcome means; `fairness` is null where no rule is known."""
    return {
        "voters_by_winners": list(summary.voters_by_winners),
        "average_winners": decimal_text(summary.average_winners),
        "share_without": decimal_text(summary.share_without),
        "by_category": [_plain_group(group) for group in summary.by_category],
        "by_community": [_plain_group(group) for group in summary.by_community],
        "fairness": _plain_fairness(fairness) if fairness else None,
    }


def _plain_group(group: GroupSummary) -> dict[str, Any]:
    return {
        "group": group.group,
        "item_count": group.item_count,
        "winner_count": group.winner_count,
        "cost": money_text(group.cost_fen),
        "spent": money_text(group.spent_fen),
        "votes": decimal_text(group.votes),
        "votes_share": decimal_text(group.votes_share),
        "spent_share": decimal_text(group.spent_share),
    }


def _plain_fairness(fairness: Fairness) -> dict[str, Any]:
    return {
        "property": "EJR+ up to one",
        "utility": fairness.utility,
        "promised": fairness.is_promised,
        "holds": fairness.holds,
        "unchecked": fairness.unchecked,
        "witnesses": [_plain_witness(witness, fairness.utility) for witness in fairness.witnesses],
    }


def _plain_witness(witness: Witness, utility: Utility) -> dict[str, Any]:
    """Utilities by cost are money."""
    text = money_text if utility is Utility.COST else decimal_text
    return {
        "project": witness.number,
        "group_size": witness.group_size,
        "entitled": text(witness.entitled),
        "utilities": [{"utility": text(has), "voters": count} for has, count in witness.utilities],
    }


def _plain(name: str, value: object) -> Any:
    if name.endswith(_FEN) and isinstance(value, (int, Fraction)):
        return money_text(value)
    if isinstance(value, Fraction):
        return decimal_text(value)
    return list(value) if isinstance(value, tuple) else value
