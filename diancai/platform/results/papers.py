"""计票记录 as an official paper: what its page says, in Chinese, with places for hands and the seal."""

from sqlalchemy.orm import Session

from diancai.budget import show_yuan, yuan_in_words
from diancai.platform.core.texts import show_money_short, show_time
from diancai.platform.divisions.models import StreetOffice
from diancai.platform.documents.content import Block, Check, Column, Facts, Hands, Heading, Paper, Paragraph, Table
from diancai.platform.polling.models import ClosingMinute
from diancai.platform.results import queries
from diancai.platform.results.models import Result
from diancai.platform.results.notice_facts import WORDS
from diancai.platform.results.queries import ItemOutcome
from diancai.platform.results.wording import Wording
from diancai.platform.rounds.models import Round, RuleBook
from diancai.platform.rounds.queries import scrutineers_of


def tally_paper(session: Session, round_: Round, result: Result) -> Paper:
    words = Wording(round_.ballot_type, "zh", in_yuan=True)
    outcomes = queries.outcomes_of(session, round_, result)
    return Paper(
        title=f"{round_.title}\n计票记录",
        blocks=(
            *imported_words(round_),
            *answer_blocks(session, round_, result, outcomes, words),
            Heading("封存和计票"),
            Facts(_facts(session, round_, result)),
            Heading("各项结果"),
            _table(outcomes, words),
            Heading("监票人"),
            Hands(_hands(session, round_, result)),
        ),
        issuer=office_name(session, round_),
        dated=None,
        checks=(rule_book_check(session, round_), Check("核对包校验码（SHA-256）", result.bundle_sha256)),
    )


def office_name(session: Session, round_: Round) -> str:
    office = session.get(StreetOffice, round_.street_id)
    return office.office_name if office else ""


def rule_book_check(session: Session, round_: Round) -> Check:
    return Check("表决办法校验码（SHA-256）", session.get_one(RuleBook, round_.id).sha256)


def imported_words(round_: Round) -> list[Block]:
    if not round_.is_imported:
        return []
    source = f"来源：{round_.area}，金额按原文件的币种。" if round_.area else ""
    return [Paragraph(f"外部导入，不是本平台组织的投票。{source}")]


def answer_blocks(
    session: Session, round_: Round, result: Result, outcomes: list[ItemOutcome], words: Wording
) -> list[Block]:
    """What was decided, what is left, and the amount in capital numerals; of another currency there are none."""
    turnout = queries.turnout_of(session, round_)
    left = words.money_left(result) + (f"；{words.turnout(turnout)}" if turnout else "")
    said = [Paragraph(f"{words.answer(result, outcomes)}。{left}。")]
    if not round_.is_imported:
        said.append(Paragraph(f"入选项目合计（大写）：{spent_in_words(result)}。"))
    return [*said, *_fund_words(round_, result)]


def spent_in_words(result: Result) -> str:
    return f"人民币{yuan_in_words(result.spent_fen)}"


def _fund_words(round_: Round, result: Result) -> list[Block]:
    if round_.is_provisional:
        return [Paragraph("拟安排，以区人大批准为准。批准以后才生效；批准的金额不同的，用同一批选票重新计票并公示。")]
    if result.fund_fen == round_.fund_fen:
        return []
    announced, granted = show_money_short(round_.fund_fen), show_money_short(result.fund_fen)
    return [Paragraph(f"公告时资金为{announced}，区人大批准后核定为{granted}，按核定的金额计票。")]


def _facts(session: Session, round_: Round, result: Result) -> tuple[tuple[str, str], ...]:
    minute = session.get_one(ClosingMinute, round_.id)
    draw = queries.draw_of(session, round_)
    own = (
        ("领票（人）", f"{minute.given_count:,}"),
        ("已用投票码（个）", f"{minute.used_code_count:,}"),
        ("查询码根", minute.root_a),
    )
    sheets = f"有效{minute.sheet_count}，无效{minute.invalid_sheet_count}"
    return (
        ("版本", f"第{result.version}版"),
        ("原因", result.reason),
        ("封存时间", show_time(minute.sealed_at)),
        *(() if round_.is_imported else own),
        ("纸质票（张）", sheets if minute.sheet_count or minute.invalid_sheet_count else ""),
        ("票箱选票（张）", f"{minute.ballot_count:,}"),
        ("抽签结果", draw.text if draw else ""),
        ("计票时间", show_time(result.counted_at)),
        ("选票校验码", minute.hash_b),
    )


def _table(outcomes: list[ItemOutcome], words: Wording) -> Table:
    votes = "得分" if words.is_points else "得票"
    return Table(
        (
            Column("编号"),
            Column("项目"),
            Column(votes, is_figure=True),
            Column("结果"),
            Column("造价（元）", is_figure=True),
            Column("翻转票数"),
        ),
        tuple(
            (row.number, row.name, f"{row.score:,}", WORDS[row.outcome], show_yuan(row.cost_fen), words.margin(row))
            for row in outcomes
        ),
    )


def _hands(session: Session, round_: Round, result: Result) -> tuple[tuple[str, str], ...]:
    signed = {row.staff_id for row in queries.signatures_of(session, result)}
    return tuple(
        (
            person.name + ("（总监票人）" if row.is_chief else ""),
            row.chosen_by + ("；已在系统签认" if row.staff_id in signed else ""),
        )
        for row, person in scrutineers_of(session, round_)
    )
