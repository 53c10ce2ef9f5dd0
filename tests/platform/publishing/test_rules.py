"""The rule book in plain words, the phases of a round, and dates as a notice says them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import diancai
from diancai.budget import Binding, Completion, Method, Utility
from diancai.platform.core import texts
from diancai.platform.core.timeline import TimelineEntry
from diancai.platform.core.words import WORDS
from diancai.platform.publishing.life import happened, life_of
from diancai.platform.publishing.moments import end_moment, moment
from diancai.platform.publishing.phases import Phase, TimeLeft, phase_of, time_left
from diancai.platform.publishing.rules import Sentence, rules_in_words
from diancai.platform.rounds.cards import summary_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import ItemOrder, Publication, RoundKind, RoundState
from diancai.voting import BallotType, TieRule
from tests.factories import AT


def a_rule(**columns: Any) -> Round:
    facts: dict[str, Any] = {
        "kind": RoundKind.REGULAR,
        "state": RoundState.VOTING,
        "min_age": 16,
        "is_per_household": False,
        "area": "",
        "ballot_type": BallotType.TICK,
        "min_marks": 1,
        "max_marks": 5,
        "fund_fen": 300_000_000,
        "method": Method.GREEDY,
        "tie_rule": TieRule.COST_THEN_LOT,
        "min_turnout_percent": 0,
        "min_ballots": 0,
        "candidate_notice_days": 0,
        "register_check_days": 0,
        "household_pick_up_limit": 0,
        "proxy_limit": 0,
        "item_order": ItemOrder.DRAWN,
        "publication": Publication.TOTALS,
        "opens_at": AT,
        "closes_at": AT + timedelta(days=7),
        "latest_close_at": AT + timedelta(days=14),
    }
    return Round(**(facts | columns))


def said(round_: Round) -> str:
    return "\n".join(sentence for line in rules_in_words(round_) for sentence in in_words(line.sentences))


def in_words(sentences: tuple[Sentence, ...]) -> Iterator[str]:
    return (texts.say(sentence.code, **sentence.facts) for sentence in sentences)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "从菜单里选1到5项。"),
        ({"min_marks": 3, "max_marks": 3}, "选满3项"),
        ({"min_marks": 2}, "选2到5项"),
        ({"ballot_type": BallotType.RANKING}, "排出前5位"),
        ({"ballot_type": BallotType.RANKING}, "排第1位得5分"),
        ({"ballot_type": BallotType.KNAPSACK}, "以内，想选几项选几项"),
        ({"method": Method.GREEDY_NO_SKIP}, "到此为止"),
        ({"method": Method.TOP_K, "binding": Binding.NONE, "seat_count": 4}, "取前4项。"),
        (
            {"method": Method.EQUAL_SHARES, "utility": Utility.COST, "completion": Completion.GREEDY},
            "再按票数从高到低补选",
        ),
        ({"is_per_household": True}, "一户一票"),
        ({"area": "河沿社区"}, "范围：河沿社区。"),
        ({"min_turnout_percent": 10, "min_ballots": 200}, "投票率不低于10%"),
        ({"min_ballots": 200}, "投票不少于200张"),
        ({}, "没有最低票数要求"),
        ({"candidate_notice_days": 5}, "候选项目公示满5个工作日"),
        ({"register_check_days": 3}, "名册核对满3个工作日"),
        ({"publication": Publication.BALLOTS}, "全部选票内容"),
        ({}, "最晚延到2026年9月15日 10:00"),
    ],
)
def test_each_rule_is_said_in_plain_words(columns: dict[str, Any], words: str) -> None:
    assert words in said(a_rule(**columns))


@pytest.mark.parametrize("ballot_type", BallotType)
@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("tie_rule", TieRule)
@pytest.mark.parametrize("binding", Binding)
def test_no_rule_book_lacks_words(ballot_type: BallotType, method: Method, tie_rule: TieRule, binding: Binding) -> None:
    for utility in Utility:
        assert said(
            a_rule(
                ballot_type=ballot_type,
                method=method,
                tie_rule=tie_rule,
                binding=binding,
                seat_count=3,
                utility=utility,
            )
        )


def test_every_public_state_has_a_phase_with_words() -> None:
    for state in set(RoundState) - {RoundState.DRAFT}:
        phase = phase_of(a_rule(state=state), AT)
        assert texts.title_of(phase)
        assert texts.say(f"phase.{phase.value}.now")


def test_the_clock_ends_voting_before_the_worker_does() -> None:
    round_ = a_rule()
    assert phase_of(round_, round_.closes_at - timedelta(seconds=1)) is Phase.OPEN
    assert phase_of(round_, round_.closes_at) is Phase.CLOSING


@pytest.mark.parametrize(
    ("span", "left"),
    [
        ({"days": 3, "hours": 23}, TimeLeft("days", 3)),
        ({"hours": 23, "minutes": 59}, TimeLeft("hours", 23)),
        ({"minutes": 59}, TimeLeft("minutes", 59)),
        ({"seconds": 5}, TimeLeft("minutes", 1)),
        ({"seconds": 0}, None),
    ],
)
def test_time_left_is_said_in_the_largest_whole_unit(span: dict[str, int], left: TimeLeft | None) -> None:
    assert time_left(AT + timedelta(**span), AT) == left


def test_midnight_ends_the_day_before_and_begins_its_own() -> None:
    midnight = datetime(2026, 11, 28, 16, 0, tzinfo=UTC)
    assert end_moment(midnight) == "11月28日周六 24:00"
    assert moment(midnight) == "11月29日周日 00:00"
    assert end_moment(midnight, "en") == "Sat 28 November 24:00"
    assert end_moment(midnight + timedelta(hours=1)) == "11月29日周日 01:00"


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.VOID])
def test_a_life_goes_from_done_over_now_to_next(phase: Phase) -> None:
    statuses = [step.status for step in life_of(a_rule(), phase, [])]
    assert statuses == sorted(statuses, key=["done", "now", "next"].index)
    assert statuses.count("now") <= 1


def test_an_imported_election_was_voted_elsewhere() -> None:
    codes = [step.code for step in life_of(a_rule(kind=RoundKind.IMPORTED), Phase.FINAL, [])]
    assert codes == ["life.counting", "life.published", "life.final"]


def test_the_newest_happening_comes_first_with_instants_again() -> None:
    facts = '{"closes_at": "2026-09-08T02:00:00+00:00", "reason": "大雪"}'
    entries = [
        TimelineEntry(subject="round:1", code="round.opened", facts="{}", at=AT),
        TimelineEntry(subject="round:1", code="round.extended", facts=facts, at=AT + timedelta(days=1)),
    ]
    newest, oldest = happened(entries)
    assert texts.say(newest.code, **newest.facts) == "截止时间延到 2026年9月8日 10:00：大雪"
    assert oldest.code == "round.opened"


def test_a_summary_is_the_first_sentence_or_as_much_as_a_card_holds() -> None:
    assert summary_of("加装扶手。共三处。") == "加装扶手"
    assert len(summary_of("长" * 200)) == 48


def test_whatever_is_noted_on_a_timeline_has_words() -> None:
    noted = re.compile(r'\bnote\(\s*session,[^"\n]*?(?:f"round:[^"]*",\s*)?"([a-z_]+\.[a-z_.]+)"')
    sources = Path(diancai.__file__).parent.joinpath("platform").rglob("*.py")
    codes = {code for source in sources for code in noted.findall(source.read_text())}
    assert "round.opened" in codes
    assert codes <= WORDS.keys()


@pytest.mark.parametrize("code", ["extended", "suspended", "resumed", "collecting"])
def test_a_signed_note_beside_the_rule_book_has_a_title_and_a_line_on_the_timeline(code: str) -> None:
    assert {f"addendum.{code}", f"round.{code}"} <= WORDS.keys()


def test_who_may_collect_for_whom_is_said_where_anybody_may() -> None:
    assert "谁来领票" not in {texts.say(line.term) for line in rules_in_words(a_rule())}
    words = said(a_rule(household_pick_up_limit=2, proxy_limit=1))
    assert "同一户的人可以签名代领，每人最多代领2份" in words
    assert "书面委托别人投票，每人最多受1人委托" in words
