"""What a rule book must keep to (count.md, vote.md): asked at drafting, and again before it is signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from diancai.budget import Binding, Completion, Method, Rule, Utility, check_rule_book_rule
from diancai.errors import InvalidInput
from diancai.platform.divisions.operations.offices import LEAST_WORKING_DAYS
from diancai.platform.notices.queries import DEFAULT_WORKING_DAYS
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.rules import mark_kind_of
from diancai.platform.rounds.states import ONLINE_CHANNELS, ItemOrder, Publication, VotingChannel
from diancai.voting import BallotType, TieRule

MOST_PUBLISHED_MARKS = 5
"""Ballots with more marks could be recognised when all are published (vote.md 3)."""
YOUNGEST = 15
"""Under 14 a guardian's consent would be needed (domain B.9)."""
MOST_WORKING_DAYS = 60
MOST_HOUSEHOLD_PICK_UPS = 5
MOST_PROXIES = 3
"""As for people's congresses: nobody votes for more than three others (选举法, article 42)."""
TIE_RULES = (TieRule.COST_THEN_LOT, TieRule.LOT)
"""What a rule book may name; the others exist to compare with other engines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRules:
    """Every field of a rule book. Parameters that the method does not use are None.

    At most k marks: `min_marks` 1, `max_marks` k; exactly k: both k; a ranking has `max_marks` places. `fund_fen` is
    what the round draws from its fund. `closes_at` may be extended to `latest_close_at` and no further.
    """

    title: str
    year: int
    fund_id: int
    fund_fen: int
    opens_at: datetime
    closes_at: datetime
    latest_close_at: datetime
    min_age: int = YOUNGEST
    is_per_household: bool = False
    area: str = ""
    channels: tuple[VotingChannel, ...] = (VotingChannel.PHONE, VotingChannel.TERMINAL)
    household_pick_up_limit: int = 0
    proxy_limit: int = 0
    ballot_type: BallotType = BallotType.TICK
    min_marks: int = 1
    max_marks: int = 5
    method: Method = Method.GREEDY
    utility: Utility | None = None
    completion: Completion | None = None
    binding: Binding | None = None
    seat_count: int | None = None
    tie_rule: TieRule = TieRule.COST_THEN_LOT
    item_order: ItemOrder = ItemOrder.DRAWN
    publication: Publication = Publication.TOTALS
    min_turnout_percent: int = 0
    min_ballots: int = 0
    candidate_notice_days: int = DEFAULT_WORKING_DAYS
    register_check_days: int = DEFAULT_WORKING_DAYS
    scrutineer_count: int = 3

    def column_values(self) -> dict[str, object]:
        """As the columns of a round hold them."""
        values = {name: getattr(self, name) for name in RoundRules.__dataclass_fields__}
        return values | {
            "title": self.title.strip(),
            "area": self.area.strip(),
            "channels": ",".join(self.channels),
        }


def rules_in(round_: Round) -> RoundRules:
    """The rules that a round has now. Not for imported rounds, which have no fund."""
    names = set(RoundRules.__dataclass_fields__) - {"channels"}
    channels = tuple(VotingChannel(name) for name in round_.channel_names)
    return RoundRules(channels=channels, **{name: getattr(round_, name) for name in names})


def check_rules(rules: RoundRules) -> None:
    """Raises the first of `rule_problems`."""
    for problem in rule_problems(rules):
        raise problem


def rule_problems(rules: RoundRules) -> Iterator[InvalidInput]:
    """Everything that is wrong with a rule book, each with the `field` it stands in."""
    for check in (
        _text_problems,
        _date_problems,
        _ballot_problems,
        _method_problems,
        _publication_problems,
        _floor_problems,
        _publicity_problems,
        _handing_out_problems,
    ):
        yield from check(rules)


def _text_problems(rules: RoundRules) -> Iterator[InvalidInput]:
    if not rules.title.strip():
        yield InvalidInput("round.title_missing", field="title")
    if not 2000 <= rules.year <= 2100:
        yield InvalidInput("round.year", field="year")
    if rules.fund_fen <= 0:
        yield InvalidInput("round.fund_missing", field="fund_fen")
    if not rules.channels:
        yield InvalidInput("round.channel_missing", field="channels")
    if rules.min_age < YOUNGEST:
        yield InvalidInput("round.too_young", field="min_age", least=YOUNGEST)


def _date_problems(rules: RoundRules) -> Iterator[InvalidInput]:
    if rules.opens_at >= rules.closes_at:
        yield InvalidInput("round.closes_before_opening", field="closes_at")
    if rules.closes_at > rules.latest_close_at:
        yield InvalidInput("round.latest_before_close", field="latest_close_at")


def _ballot_problems(rules: RoundRules) -> Iterator[InvalidInput]:
    if not 1 <= rules.min_marks <= rules.max_marks:
        yield InvalidInput("round.marks", field="max_marks")
    if set(rules.channels) - ONLINE_CHANNELS and rules.item_order is ItemOrder.RANDOM:
        yield InvalidInput("round.order_not_online", field="item_order")
    if rules.tie_rule not in TIE_RULES:
        yield InvalidInput("round.tie_rule", field="tie_rule")


def _method_problems(rules: RoundRules) -> Iterator[InvalidInput]:
    """Ballot type × rule (count.md), and parameters exactly where the method uses them."""
    try:
        check_rule_book_rule(_rule(rules), mark_kind_of(rules.ballot_type))
    except InvalidInput as problem:
        yield InvalidInput(problem.code, **(problem.facts | {"field": RULE_FIELDS.get(problem.code, "method")}))
    for field, method in PARAMETERS.items():
        has_value = getattr(rules, field) is not None
        if has_value and rules.method is not method:
            yield InvalidInput("round.parameter_unused", field=field, method=rules.method)
        elif not has_value and rules.method is method and field != "seat_count":
            yield InvalidInput("round.parameter_missing", field=field, method=rules.method)


def _rule(rules: RoundRules) -> Rule:
    """A utility that is missing is told as such, not as one that does not go with the ballot."""
    by_default = Utility.SCORE if rules.ballot_type is BallotType.RANKING else Utility.COST
    return Rule(
        rules.method,
        rules.seat_count,
        utility=rules.utility or by_default,
        completion=rules.completion or Completion.NONE,
    )


RULE_FIELDS = {
    "rule.no_seat_count": "seat_count",
    "rule.utility_not_for_ballot": "utility",
    "rule.completion_not_for_ballot": "completion",
    "rule.completion_not_for_rule_book": "completion",
}
"""Where a refusal of the rule stands when it is not the method itself."""
NEED_BALLOTS = frozenset({Method.EQUAL_SHARES, Method.PHRAGMEN})
"""Totals are not enough to count these again (vote.md 3)."""
PARAMETERS = {
    "utility": Method.EQUAL_SHARES,
    "completion": Method.EQUAL_SHARES,
    "binding": Method.TOP_K,
    "seat_count": Method.TOP_K,
}
"""Which method uses a parameter."""


def _publication_problems(rules: RoundRules) -> Iterator[InvalidInput]:
    is_published = rules.publication is Publication.BALLOTS
    if is_published and rules.max_marks > MOST_PUBLISHED_MARKS:
        yield InvalidInput("round.too_many_to_publish", field="publication", most=MOST_PUBLISHED_MARKS)
    if rules.method in NEED_BALLOTS and not is_published:
        yield InvalidInput("round.rule_unpublished", field="publication", method=rules.method)


def _floor_problems(rules: RoundRules) -> Iterator[InvalidInput]:
    if not 0 <= rules.min_turnout_percent <= 100:
        yield InvalidInput("round.turnout", field="min_turnout_percent")
    if rules.min_ballots < 0:
        yield InvalidInput("round.min_ballots", field="min_ballots")
    if not 2 <= rules.scrutineer_count <= 15:
        yield InvalidInput("round.scrutineer_count", field="scrutineer_count", least=2)


def _publicity_problems(rules: RoundRules) -> Iterator[InvalidInput]:
    for field in ("candidate_notice_days", "register_check_days"):
        days = getattr(rules, field)
        if days and not LEAST_WORKING_DAYS <= days <= MOST_WORKING_DAYS:
            yield InvalidInput("round.notice_days", field=field, least=LEAST_WORKING_DAYS, most=MOST_WORKING_DAYS)


def _handing_out_problems(rules: RoundRules) -> Iterator[InvalidInput]:
    """代领 needs others of the same door on the register; 委托投票 has its legal limit."""
    most = {"household_pick_up_limit": MOST_HOUSEHOLD_PICK_UPS, "proxy_limit": MOST_PROXIES}
    for field, limit in most.items():
        if not 0 <= getattr(rules, field) <= limit:
            yield InvalidInput("round.handing_out_limit", field=field, most=limit)
    if rules.is_per_household and rules.household_pick_up_limit:
        yield InvalidInput("round.one_a_household", field="household_pick_up_limit")
