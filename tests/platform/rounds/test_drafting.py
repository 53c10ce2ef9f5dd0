"""A draft keeps to the rule-book checks of count.md and vote.md."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from diancai.budget import RULE_BOOK_COMPLETIONS, Binding, Completion, Method, Utility
from diancai.errors import Conflict, InvalidInput, LimitReached, WrongState
from diancai.platform.core.audit import AuditEntry
from diancai.platform.funds.operations import FundPlan, draft_fund
from diancai.platform.rounds import operations
from diancai.platform.rounds.checks import check_rules, rule_problems
from diancai.platform.rounds.queries import items_of, rounds_of, rounds_public
from diancai.platform.rounds.states import ItemOrder, Publication, RoundState
from diancai.voting import BallotType, TieRule
from tests.factories import AT
from tests.platform.rounds.conftest import MILLION, Office

EQUAL_SHARES = {
    "method": Method.EQUAL_SHARES,
    "utility": Utility.COST,
    "completion": Completion.GREEDY,
    "publication": Publication.BALLOTS,
}
PHRAGMEN = {"method": Method.PHRAGMEN, "publication": Publication.BALLOTS}
RANKED_SHARES = EQUAL_SHARES | {"ballot_type": BallotType.RANKING, "utility": Utility.SCORE}
TOP_K = {"method": Method.TOP_K, "binding": Binding.SKIP, "seat_count": 5}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"method": Method.GREEDY_NO_SKIP},
        {"ballot_type": BallotType.RANKING},
        {"ballot_type": BallotType.KNAPSACK, "max_marks": 24},
        EQUAL_SHARES,
        EQUAL_SHARES | {"ballot_type": BallotType.KNAPSACK, "utility": Utility.CARDINALITY, "max_marks": 5},
        RANKED_SHARES,
        *(EQUAL_SHARES | {"completion": completion} for completion in RULE_BOOK_COMPLETIONS),
        {"method": Method.GREEDY_PER_COST, "ballot_type": BallotType.KNAPSACK},
        PHRAGMEN,
        TOP_K,
        TOP_K | {"ballot_type": BallotType.RANKING, "binding": Binding.NONE},
        {"min_marks": 3, "max_marks": 3},
        {"item_order": ItemOrder.RANDOM},
        {"household_pick_up_limit": 5, "proxy_limit": 3},
    ],
)
def test_these_rules_are_fine_and_the_database_agrees(office: Office, changes: dict[str, object]) -> None:
    round_ = office.draft(**changes)
    assert operations.rules_in(round_) == office.rules(**changes)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"title": "  "}, "round.title_missing", "title"),
        ({"fund_fen": 0}, "round.fund_missing", "fund_fen"),
        ({"proxy_limit": 4}, "round.handing_out_limit", "proxy_limit"),
        ({"household_pick_up_limit": -1}, "round.handing_out_limit", "household_pick_up_limit"),
        (
            {"household_pick_up_limit": 1, "is_per_household": True},
            "round.one_a_household",
            "household_pick_up_limit",
        ),
        ({"channels": ()}, "round.channel_missing", "channels"),
        ({"min_age": 14}, "round.too_young", "min_age"),
        ({"closes_at": AT + timedelta(days=20)}, "round.closes_before_opening", "closes_at"),
        ({"latest_close_at": AT + timedelta(days=26)}, "round.latest_before_close", "latest_close_at"),
        ({"min_marks": 4}, "round.marks", "max_marks"),
        ({"channels": ("hall",), "item_order": ItemOrder.RANDOM}, "round.order_not_online", "item_order"),
        ({"tie_rule": TieRule.LISTED}, "round.tie_rule", "tie_rule"),
        (EQUAL_SHARES | {"ballot_type": BallotType.RANKING}, "rule.utility_not_for_ballot", "utility"),
        (EQUAL_SHARES | {"utility": Utility.SCORE}, "rule.utility_not_for_ballot", "utility"),
        (
            RANKED_SHARES | {"completion": Completion.PHRAGMEN},
            "rule.completion_not_for_ballot",
            "completion",
        ),
        (
            EQUAL_SHARES | {"completion": Completion.COMPARISON_FULL},
            "rule.completion_not_for_rule_book",
            "completion",
        ),
        ({"method": Method.BOS}, "rule.not_for_rule_book", "method"),
        ({"method": Method.GREEDY_PER_COST, "ballot_type": BallotType.RANKING}, "rule.not_for_ballot", "method"),
        (PHRAGMEN | {"ballot_type": BallotType.RANKING}, "rule.not_for_ballot", "method"),
        (PHRAGMEN | {"publication": Publication.TOTALS}, "round.rule_unpublished", "publication"),
        (TOP_K | {"seat_count": None}, "rule.no_seat_count", "seat_count"),
        (TOP_K | {"binding": None}, "round.parameter_missing", "binding"),
        ({"utility": Utility.COST}, "round.parameter_unused", "utility"),
        ({"seat_count": 3}, "round.parameter_unused", "seat_count"),
        (EQUAL_SHARES | {"completion": None}, "round.parameter_missing", "completion"),
        (EQUAL_SHARES | {"publication": Publication.TOTALS}, "round.rule_unpublished", "publication"),
        ({"publication": Publication.BALLOTS, "max_marks": 6}, "round.too_many_to_publish", "publication"),
        ({"min_turnout_percent": 101}, "round.turnout", "min_turnout_percent"),
        ({"min_ballots": -1}, "round.min_ballots", "min_ballots"),
        ({"scrutineer_count": 1}, "round.scrutineer_count", "scrutineer_count"),
    ],
)
def test_a_rule_book_that_cannot_hold_is_refused(
    office: Office, changes: dict[str, object], code: str, field: str
) -> None:
    problems = list(rule_problems(office.rules(**changes)))
    assert [(problem.code, problem.facts["field"]) for problem in problems] == [(code, field)]
    with pytest.raises(InvalidInput, match=code):
        check_rules(office.rules(**changes))


def test_a_round_draws_at_most_what_its_fund_has(office: Office) -> None:
    with pytest.raises(LimitReached) as refusal:
        office.draft(fund_fen=3 * MILLION + 1)
    assert refusal.value.code == "round.over_fund"
    assert refusal.value.facts["excess_fen"] == 1


def test_the_fund_must_be_the_streets_own(office: Office) -> None:
    with pytest.raises(InvalidInput, match=r"round\.no_such_fund"):
        office.draft(fund_id=office.fund.id + 99)


def test_of_two_officers_with_the_same_page_the_second_is_told(office: Office) -> None:
    round_ = office.draft(items=0)
    page = round_.revision
    operations.edit_round(office.session, round_, office.rules(title="新名称"), revision=page, by=office.officer, at=AT)
    with pytest.raises(Conflict, match=r"round\.edited_meanwhile"):
        operations.edit_round(office.session, round_, office.rules(), revision=page, by=office.officer, at=AT)
    assert round_.title == "新名称"
    last = office.session.scalars(select(AuditEntry.facts).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert '"changed": ["title"]' in last


def test_last_years_round_is_a_start_for_this_years(office: Office) -> None:
    source = office.announce(office.draft())
    plan = FundPlan(year=2027, name="专项资金", budget_line="2120201", amount_fen=3 * MILLION)
    fund = draft_fund(office.session, office.street.id, plan, by=office.officer, at=AT)
    copy = operations.copy_round(office.session, source, fund=fund, year=2027, by=office.officer, at=AT)
    assert copy.title == "2027年家门口的小实事"
    assert copy.opens_at.date() == date(2027, 9, 21)
    assert [item.name for item in items_of(office.session, copy)] == ["第1道菜", "第2道菜", "第3道菜", "第4道菜"]
    assert items_of(office.session, copy)[0].completes_on is None
    assert copy.state is RoundState.DRAFT


def test_a_discarded_draft_was_never_public(office: Office) -> None:
    round_ = office.draft()
    operations.discard_draft(office.session, round_, reason="重复建立", by=office.officer, at=AT)
    assert round_.state is RoundState.VOID
    assert rounds_public(office.session) == []
    assert rounds_of(office.session, [office.street.id]) == []
    assert rounds_of(office.session, [office.street.id], state=RoundState.VOID) == [round_]
    with pytest.raises(WrongState, match=r"round\.not_draft"):
        operations.discard_draft(office.session, round_, reason="再次", by=office.officer, at=AT)


def test_a_discarded_draft_says_why(office: Office) -> None:
    with pytest.raises(InvalidInput, match=r"round\.reason_missing"):
        operations.discard_draft(office.session, office.draft(items=0), reason=" ", by=office.officer, at=AT)


def test_rules_survive_their_columns(office: Office) -> None:
    rules = replace(office.rules(), area="第一社区", is_per_household=True, min_ballots=50)
    round_ = operations.draft_round(office.session, office.street.id, rules, by=office.officer, at=AT)
    office.session.expire_all()
    assert operations.rules_in(round_) == rules
