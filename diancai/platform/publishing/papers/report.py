"""征求民意情况报告 (X-14): the attachment to a budget application. 程序 and 内容 are what the finance bureau checks.

From frozen data alone: the rule book, the notices, the closing minute, one version of the result, objections and their answers.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.budget import show_yuan
from diancai.platform.core.clock import local_day
from diancai.platform.core.texts import show_day, show_time, title_of
from diancai.platform.documents.content import Block, Column, Facts, Heading, Paper, Paragraph, Table
from diancai.platform.notices.models import Notice, NoticeKind, Objection
from diancai.platform.notices.queries import notices_about, objections_to
from diancai.platform.polling.models import ClosingMinute
from diancai.platform.publishing.papers.common import checks_of, in_words, office_of
from diancai.platform.publishing.rules import allocation, ballot_rule, electorate
from diancai.platform.results.models import Result
from diancai.platform.results.notice_facts import WORDS
from diancai.platform.results.papers import answer_blocks, imported_words
from diancai.platform.results.queries import ItemOutcome, outcomes_of, published_results, signatures_of, subject_of
from diancai.platform.results.wording import Wording
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import items_of, latest_sign_off


def report_paper(
    session: Session, round_: Round, result: Result, *, number: str, addressee: str, address: str, at: datetime
) -> Paper:
    """`number` and `addressee` are the office's own words for this copy; `at` is the day that the report bears."""
    outcomes = outcomes_of(session, round_, result)
    notices = notices_about(session, f"round:{round_.id}")[::-1]
    words = Wording(round_.ballot_type, "zh", in_yuan=True)
    return Paper(
        title=f"关于“{round_.title}”\n征求民意情况的报告",
        number=number,
        addressee=addressee,
        blocks=(
            *_standing(session, round_, result),
            Paragraph(f"现将“{round_.title}”征求民意的程序、参加情况和结果报告如下，作为预算申请的附件。"),
            *imported_words(round_),
            Heading("征求民意的内容和办法"),
            *_matter(session, round_),
            Heading("程序"),
            _procedure(session, round_, result, notices),
            Heading("参加情况"),
            *_turnout(session, round_),
            Heading("结果"),
            *answer_blocks(session, round_, result, outcomes, words),
            _outcome_table(outcomes, words),
            Heading("公示和异议"),
            *_objections(session, notices),
        ),
        issuer=office_of(session, round_).office_name,
        dated=local_day(at),
        attachments=(*(notice.title for notice in notices), f"{round_.title}计票记录"),
        checks=checks_of(session, round_, address),
    )


def _standing(session: Session, round_: Round, result: Result) -> list[Block]:
    """A report on what is not published yet, or no longer holds, says so before anything else."""
    published = published_results(session, round_)
    if all(other.id != result.id for other in published):
        return [Paragraph("草稿：本版结果还没有公布，不得外传。")]
    if published[-1].id != result.id:
        return [Paragraph(f"本报告依据第{result.version}版结果；后来有了新的一版，以新版为准。")]
    return []


def _matter(session: Session, round_: Round) -> list[Block]:
    items = items_of(session, round_)
    total = sum(item.cost_fen for item in items)
    return [
        Paragraph(
            f"菜单共{len(items)}项，造价合计{show_yuan(total)}元；公告的资金为{show_yuan(round_.fund_fen)}元。"
            f"参加范围：{in_words(electorate(round_))}"
        ),
        Paragraph(f"投票办法：{in_words([ballot_rule(round_)])}入选办法：{in_words(allocation(round_))}"),
    ]


def _procedure(session: Session, round_: Round, result: Result, notices: list[Notice]) -> Table:
    rows = [*_before(session, round_, notices), *_voting(session, round_), *_after(session, round_, result, notices)]
    return Table((Column("环节"), Column("时间"), Column("说明")), tuple(rows))


def _before(session: Session, round_: Round, notices: list[Notice]) -> list[tuple[str, str, str]]:
    rows = [
        _window_row("候选项目公示" if notice.kind is NoticeKind.CANDIDATES else "名册核对", notice)
        for notice in notices
        if notice.kind in (NoticeKind.CANDIDATES, NoticeKind.REGISTER)
    ]
    paper = latest_sign_off(session, round_)
    if round_.announced_at:
        said = f"依据{paper.minute_number}，" if paper and paper.minute_number else ""
        rows.append(("公告表决办法", show_time(round_.announced_at), f"{said}公告时冻结，此后未改"))
    return rows


def _window_row(name: str, notice: Notice) -> tuple[str, str, str]:
    period = f"{show_day(local_day(notice.posted_at))} 至 {show_day(notice.last_day)}"
    return name, period, f"{notice.working_days}个工作日"


def _voting(session: Session, round_: Round) -> list[tuple[str, str, str]]:
    minute = session.get_one(ClosingMinute, round_.id)
    return [
        (
            "无记名投票",
            f"{show_time(round_.opens_at)} 至 {show_time(round_.closes_at)}",
            "一人（户）一票，查询码可核对",
        ),
        ("封存票箱", show_time(minute.sealed_at), f"{minute.ballot_count:,}张"),
    ]


def _after(session: Session, round_: Round, result: Result, notices: list[Notice]) -> list[tuple[str, str, str]]:
    rows = [("启封计票", show_time(result.counted_at), f"第{result.version}版")]
    if signatures := signatures_of(session, result):
        names = "、".join(signature.signer_name for signature in signatures)
        rows.append(("监票人签认", show_time(signatures[-1].signed_at), names))
    paper = latest_sign_off(session, round_, subject_of(result))
    if paper and paper.signed_at:
        rows.append(("签发", show_time(paper.signed_at), paper.minute_number or ""))
    rows += [_window_row("结果公示", notice) for notice in notices if notice.kind is NoticeKind.RESULT]
    if round_.final_at:
        rows.append(("结果生效", show_time(round_.final_at), "公示期满，异议都已答复"))
    return rows


def _turnout(session: Session, round_: Round) -> list[Block]:
    """By channel as far as secrecy lets it be known: phones and terminals use the same codes."""
    minute = session.get_one(ClosingMinute, round_.id)
    if round_.is_imported:
        return [Facts((("投票数（张）", f"{minute.ballot_count:,}"),))]
    paper = f"有效{minute.sheet_count:,}，无效{minute.invalid_sheet_count:,}"
    return [
        Facts(
            (
                ("名册（人）", f"{minute.register_count:,}"),
                ("其中现场补登（人）", f"{minute.late_count:,}"),
                ("领票（人）", f"{minute.given_count:,}"),
                ("投票数（张）", f"{minute.ballot_count:,}"),
                ("其中凭投票码，手机和公用终端（张）", f"{minute.used_code_count:,}"),
                ("其中纸质票（张）", paper if minute.sheet_count or minute.invalid_sheet_count else "没有使用"),
            )
        )
    ]


def _outcome_table(outcomes: list[ItemOutcome], words: Wording) -> Table:
    columns = (
        Column("编号"),
        Column("项目"),
        Column("社区"),
        Column("得分" if words.is_points else "得票", is_figure=True),
        Column("结果"),
        Column("造价（元）", is_figure=True),
        Column("责任单位"),
    )
    rows = (
        (
            row.number,
            row.name,
            row.community or "全街道",
            f"{row.score:,}",
            WORDS[row.outcome],
            show_yuan(row.cost_fen),
            row.responsible_unit or "—",
        )
        for row in outcomes
    )
    return Table(columns, tuple(rows))


def _objections(session: Session, notices: list[Notice]) -> list[Block]:
    """What was said and answered; who said it is kept sealed and stands in no paper."""
    found = [(notice, objection) for notice in notices for objection in objections_to(session, notice)]
    if not found:
        return [Paragraph(f"共发布公示{len(notices)}次，没有收到异议。")]
    answered = sum(objection.outcome is not None for _, objection in found)
    said = f"共发布公示{len(notices)}次，收到异议{len(found)}件，已答复{answered}件。"
    columns = (Column("公示"), Column("序号"), Column("方式"), Column("异议"), Column("处理"), Column("答复"))
    return [Paragraph(said), Table(columns, tuple(_objection_row(notice, one) for notice, one in found))]


def _objection_row(notice: Notice, objection: Objection) -> tuple[str, ...]:
    return (
        KINDS[notice.kind],
        str(objection.number),
        title_of(objection.channel),
        objection.text,
        title_of(objection.outcome) if objection.outcome else "待答复",
        objection.answer or "—",
    )


KINDS = {
    NoticeKind.CANDIDATES: "候选项目",
    NoticeKind.REGISTER: "名册",
    NoticeKind.ANNOUNCEMENT: "公告",
    NoticeKind.RESULT: "结果",
    NoticeKind.VOID: "作废",
}
