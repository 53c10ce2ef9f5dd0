"""A published result as files, within the round's publication: the bundle, a Pabulib file, a spreadsheet."""

import json
from typing import Any

from sqlalchemy.orm import Session

from diancai.budget import show_yuan
from diancai.platform.core.clock import local_day
from diancai.platform.core.sheets import write_sheet
from diancai.platform.core.texts import title_of
from diancai.platform.results.models import Result
from diancai.platform.results.queries import ItemOutcome, outcomes_of
from diancai.platform.results.wording import Wording
from diancai.platform.rounds.models import Round
from diancai.voting import BallotType, PabulibFile, item_order_key, pabulib_text

PROJECT_COLUMNS = ("project_id", "cost", "votes", "name", "selected")
TITLES = ("编号", "名称", "类别", "社区", "造价（元）", "得票", "结果", "理由", "翻转票数", "责任单位", "完成时间")
PROVISIONAL = "拟安排，以区人大批准为准"
OUTCOMES = {"won": "入选", "lost": "未入选", "withdrawn": "已撤下"}


def pabulib_of(session: Session, round_: Round, result: Result) -> str:
    """The election as a .pb file. Its ballots are those of the bundle, in order of their texts: none where it has none."""
    ballots = json.loads(result.bundle)["ballots"]
    outcomes = sorted(outcomes_of(session, round_, result), key=lambda outcome: item_order_key(outcome.number))
    file = PabulibFile(
        meta=tuple(_meta(round_, result, len(outcomes))),
        project_columns=PROJECT_COLUMNS,
        projects=tuple(_project(outcome) for outcome in outcomes),
        vote_columns=("voter_id", "vote"),
        votes=tuple((str(number), text) for number, text in enumerate(ballots or [], 1)),
    )
    return pabulib_text(file)


def sheet_of(session: Session, round_: Round, result: Result) -> bytes:
    """Every item with its reason, as xlsx. Text stays text: nothing in it becomes a formula."""
    words = Wording(round_.ballot_type, "zh")
    rows = [_row(outcome, words) for outcome in outcomes_of(session, round_, result)]
    ending = "（拟安排）" if round_.is_provisional else ""
    return write_sheet(f"结果第{result.version}版{ending}", TITLES, rows)


def _meta(round_: Round, result: Result, item_count: int) -> list[tuple[str, str]]:
    ranking = round_.ballot_type is BallotType.RANKING
    pairs = [
        ("description", round_.title),
        ("country", "" if round_.is_imported else "China"),
        ("unit", round_.area),
        ("instance", str(round_.year)),
        ("num_projects", str(item_count)),
        ("num_votes", str(result.ballot_count)),
        ("budget", _amount(result.fund_fen)),
        ("vote_type", "ordinal" if ranking else "approval"),
        ("rule", str(round_.method)),
        ("date_begin", f"{local_day(round_.opens_at):%d.%m.%Y}"),
        ("date_end", f"{local_day(round_.closes_at):%d.%m.%Y}"),
        ("min_length", "0" if round_.is_imported else str(round_.min_marks)),
        ("max_length", str(round_.max_marks)),
        ("currency", _currency(result)),
    ]
    if round_.is_provisional:
        pairs.append(("comment", PROVISIONAL))
    if round_.ballot_type is BallotType.KNAPSACK:
        pairs.append(("max_sum_cost", _amount(round_.fund_fen)))
    if ranking:
        pairs.append(("scoring_fn", "Borda"))
    return [(key, value) for key, value in pairs if value]


def _currency(result: Result) -> str:
    book: dict[str, Any] = json.loads(result.bundle)["rule_book"]
    return str(book["round"].get("currency", "CNY"))


def _project(outcome: ItemOutcome) -> tuple[str, ...]:
    score, selected = str(outcome.score), "1" if outcome.is_selected else "0"
    return (outcome.number, _amount(outcome.cost_fen), score, outcome.name, selected)


def _amount(fen: int) -> str:
    """In the main unit, without thousands separators and without decimals that say nothing."""
    return show_yuan(fen).replace(",", "").removesuffix(".00")


def _row(outcome: ItemOutcome, words: Wording) -> tuple[Any, ...]:
    return (
        outcome.number,
        outcome.name,
        title_of(outcome.category) if outcome.category else "",
        outcome.community,
        outcome.cost_fen // 100 if outcome.cost_fen % 100 == 0 else show_yuan(outcome.cost_fen),
        outcome.score,
        OUTCOMES[outcome.outcome],
        words.reason(outcome),
        words.margin(outcome),
        outcome.responsible_unit,
        outcome.completes_on.isoformat() if outcome.completes_on else "",
    )
