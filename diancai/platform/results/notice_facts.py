"""The full content of a result's notice (公示): all that it must carry, taken from frozen data when it is posted.

An official paper: Chinese, and without the platform's name.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from diancai.budget import show_yuan
from diancai.platform.core.clock import local_day
from diancai.platform.notices.facts import NoticeItem, notice_facts
from diancai.platform.polling.models import ClosingMinute
from diancai.platform.results.models import Result
from diancai.platform.results.queries import ItemOutcome, outcomes_of, published_results
from diancai.platform.rounds.models import Round, RuleBook
from diancai.voting import BallotType

TITLE_LENGTH = 120
WORDS = {"won": "入选", "lost": "未入选", "withdrawn": "已撤下"}


def notice_title(round_: Round, result: Result) -> str:
    ending = "投票结果公示" if result.version == 1 else f"投票结果公示（第{result.version}版）"
    return f"{round_.title[: TITLE_LENGTH - len(ending)]}{ending}"


def result_notice_facts(
    session: Session, round_: Round, result: Result, *, minute_number: str, at: datetime
) -> dict[str, Any]:
    """依据, items with 金额, 票数, 实施单位 and 期限, the hashes to check by; contacts and 落款 come with the office."""
    outcomes = outcomes_of(session, round_, result)
    return notice_facts(
        session,
        round_.street_id,
        basis=f"《{round_.title}表决办法》、{minute_number}",
        paragraphs=_paragraphs(round_, result, outcomes) + _version_words(session, round_, result),
        items=[_item(outcome) for outcome in outcomes],
        particulars=_particulars(session, round_, result),
        signed_on=local_day(at),
    )


def _paragraphs(round_: Round, result: Result, outcomes: list[ItemOutcome]) -> list[str]:
    winner_count = sum(outcome.is_selected for outcome in outcomes)
    money = f"入选 {winner_count} 项，共 {show_yuan(result.spent_fen)} 元；资金 {show_yuan(result.fund_fen)} 元"
    said = [f"{money}，余 {show_yuan(result.left_fen)} 元。票箱封存后启封计票，监票人已签认，现将结果公示。"]
    if round_.is_imported:
        said.insert(0, f"本结果按导入的投票数据（{round_.area}）重新计算，不是本街道组织的投票，金额以原文件的币种计。")
    if round_.is_provisional:
        said.insert(0, "本结果为拟安排，以区人大批准为准：批准后生效；批准的金额不同的，用同一批选票重新计票并公示。")
    if result.fund_fen != round_.fund_fen:
        said.append(
            f"公告时资金为 {show_yuan(round_.fund_fen)} 元，区人大批准后核定为 {show_yuan(result.fund_fen)} 元，按核定的金额计票。"
        )
    if round_.ballot_type is BallotType.RANKING:
        said.append(f"“票数”一栏为得分：排第1位得{round_.max_marks}分，往后每位少1分。")
    return said


def _version_words(session: Session, round_: Round, result: Result) -> list[str]:
    if result.version == 1:
        return []
    earlier = [other for other in published_results(session, round_) if other.version < result.version]
    kept = "以前公布的各版仍可查阅。" if earlier else "以前各版没有公布。"
    return [f"本公示为第{result.version}版，原因：{result.reason} {kept}"]


def _particulars(session: Session, round_: Round, result: Result) -> list[tuple[str, str]]:
    rule_book = session.get_one(RuleBook, round_.id)
    minute = session.get_one(ClosingMinute, round_.id)
    counts = [("投票数", f"{result.ballot_count:,}")]
    if not round_.is_imported:
        counts.insert(0, ("领票数", f"{minute.given_count:,}"))
    return [
        *counts,
        ("表决办法校验码", rule_book.sha256),
        ("封存校验码", minute.root_a),
        ("选票校验码", minute.hash_b),
        ("核验文件校验码（SHA-256）", result.bundle_sha256),
    ]


def _item(outcome: ItemOutcome) -> NoticeItem:
    return NoticeItem(
        number=outcome.number,
        name=outcome.name,
        community=outcome.community,
        category=outcome.category.value if outcome.category else None,
        cost_fen=outcome.cost_fen,
        votes=outcome.score,
        outcome=WORDS[outcome.outcome],
        responsible_unit=outcome.responsible_unit,
        completes_on=outcome.completes_on,
    )
