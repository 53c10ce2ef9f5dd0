"""What goes into an archive, in its order. An official record: Chinese, and nobody of the register in it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.budget import show_yuan
from diancai.platform.archive.files import File, table_file, text_file
from diancai.platform.archive.log_excerpt import log_excerpt
from diancai.platform.archive.models import PostingPhoto
from diancai.platform.archive.voting_files import voting_files
from diancai.platform.core.clock import LOCAL
from diancai.platform.core.pictures import Picture
from diancai.platform.core.texts import say, title_of
from diancai.platform.notices.models import Notice
from diancai.platform.notices.queries import objections_to
from diancai.platform.results.models import Result, SignatureKind
from diancai.platform.results.queries import draw_of, names_of, outcomes_of, results_of, signatures_of
from diancai.platform.results.wording import Wording
from diancai.platform.rounds.models import Round, SignOff
from diancai.platform.rounds.queries import addenda_of, rule_book_row

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
SIGNATURE_KINDS = {SignatureKind.HANDWRITING: "屏幕手写", SignatureKind.SCAN: "纸面扫描"}


def archive_files(session: Session, round_: Round) -> list[File]:
    """表决办法, 签发, 公示 and photos, register counts, stations, boxes, seals, count, signatures, objections, halls, log."""
    names = names_of(session)
    return [
        *_rule_book(session, round_, names),
        *_notices(session, round_),
        *voting_files(session, round_, names),
        *_results(session, round_),
        _objections(session, round_),
        log_excerpt(session, round_),
    ]


def notices_in_order(session: Session, round_: Round) -> list[Notice]:
    rows = select(Notice).where(Notice.subject == f"round:{round_.id}")
    return list(session.scalars(rows.order_by(Notice.posted_at, Notice.id)))


def photos_of(session: Session, notice: Notice) -> list[tuple[PostingPhoto, Picture]]:
    rows = select(PostingPhoto, Picture).join(Picture, Picture.sha256 == PostingPhoto.picture_sha256)
    found = session.execute(rows.where(PostingPhoto.notice_id == notice.id).order_by(PostingPhoto.id))
    return [(photo, picture) for photo, picture in found]


def _rule_book(session: Session, round_: Round, names: dict[int, str]) -> Iterator[File]:
    book = rule_book_row(session, round_)
    if book is not None:
        yield File("表决办法.json", book.text.encode())
    rows = [
        (row.at, say(f"addendum.{row.code}"), row.reason, row.closes_at, _yuan(row.fund_fen), row.signer_name)
        for row in addenda_of(session, round_)
    ]
    if rows:
        yield table_file("表决办法附件", ("时间", "事项", "原因", "新的截止时间", "资金（元）", "签署"), rows)
    papers = session.scalars(select(SignOff).filter_by(round_id=round_.id).order_by(SignOff.id))
    heads = (
        "文稿",
        "校验码",
        "状态",
        "拟稿",
        "拟稿时间",
        "审核",
        "审核时间",
        "签发",
        "签发时间",
        "会议纪要编号",
        "退回原因",
    )
    yield table_file("拟稿审核签发", heads, (_paper(row, names) for row in papers))


def _paper(row: SignOff, names: dict[int, str]) -> tuple[Any, ...]:
    subject = "公告" if row.subject == "round" else f"结果第{row.subject.partition(':')[2]}版"
    state = {"signed": "已签发", "reviewed": "已审核", "submitted": "已提交", "superseded": "已退回或失效"}[
        row.state.value
    ]
    return (
        subject, row.content_sha256, state, names.get(row.drafted_by), row.drafted_at, names.get(row.reviewed_by or 0),
        row.reviewed_at, names.get(row.signed_by or 0), row.signed_at, row.minute_number, row.return_reason,
    )  # fmt: skip


def _notices(session: Session, round_: Round) -> Iterator[File]:
    for number, notice in enumerate(notices_in_order(session, round_), 1):
        yield text_file(f"公示{number}-{notice.title}", _notice_lines(notice))
        for place, (photo, picture) in enumerate(photos_of(session, notice), 1):
            name = f"公示{number}-张贴照片{place}-{photo.taken_on}-{photo.place}"
            yield File(f"{name}.{ENDINGS[picture.media_type]}", picture.content)


def _notice_lines(notice: Notice) -> Iterator[str]:
    facts = notice.fact_values
    yield notice.title
    yield f"类别：{title_of(notice.kind)}"
    yield f"发布：{notice.posted_at.astimezone(LOCAL):%Y-%m-%d %H:%M}，公示{notice.working_days}个工作日，到{notice.last_day}"
    yield f"依据：{facts.get('basis', '')}"
    yield ""
    yield from facts.get("paragraphs", [])
    for item in facts.get("items", []):
        shown = {name: value for name, value in item.items() if value not in (None, "")}
        if "cost_fen" in shown:
            shown["cost_fen"] = _yuan(shown["cost_fen"])
        yield "　".join(f"{ITEM_WORDS[name]}：{value}" for name, value in shown.items() if name in ITEM_WORDS)
    for term, value in facts.get("particulars", []):
        yield f"{term}：{value}"
    office = facts.get("office", {})
    yield f"落款：{office.get('office_name', '')}　{facts.get('signed_on', '')}"
    yield f"联系：{office.get('contact_name', '')} {office.get('help_phone', '')}；监督：{office.get('supervision_phone', '')}"


ITEM_WORDS = {
    "number": "编号",
    "name": "项目",
    "community": "社区",
    "cost_fen": "造价（元）",
    "votes": "票数",
    "outcome": "结果",
    "responsible_unit": "责任单位",
    "completes_on": "完成时间",
}


def _results(session: Session, round_: Round) -> Iterator[File]:
    draw = draw_of(session, round_)
    if draw is not None:
        yield text_file("抽签", [f"{draw.drawn_at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}", draw.text])
    for result in results_of(session, round_):
        yield from _result(session, round_, result)


def _result(session: Session, round_: Round, result: Result) -> Iterator[File]:
    words, name = Wording(round_.ballot_type, "zh", in_yuan=True), f"结果第{result.version}版"
    yield File(f"{name}-核验文件.json", result.bundle.encode())
    outcomes = {"won": "入选", "lost": "未入选", "withdrawn": "已撤下"}
    rows = [
        (one.place, one.number, one.name, _yuan(one.cost_fen), one.score, outcomes[one.outcome], words.reason(one))
        for one in outcomes_of(session, round_, result)
    ]
    yield table_file(name, ("次序", "编号", "项目", "造价（元）", "得票", "结果", "理由"), rows)
    signatures = signatures_of(session, result)
    rows_signed = [(one.signer_name, SIGNATURE_KINDS[one.kind], one.signed_at) for one in signatures]
    yield table_file(f"{name}-签字", ("监票人", "方式", "时间"), rows_signed)
    for one in signatures:
        yield File(f"{name}-签字-{one.signer_name}.{ENDINGS[one.media_type]}", one.image)


def _objections(session: Session, round_: Round) -> File:
    """What was said and answered; who said it is left out."""
    rows = [
        (
            notice.title, one.number, title_of(one.channel), one.received_at, one.text,
            title_of(one.outcome) if one.outcome else "", one.answer, one.answered_at,
        )
        for notice in notices_in_order(session, round_)
        for one in objections_to(session, notice)
    ]  # fmt: skip
    return table_file("异议和答复", ("公示", "序号", "途径", "收到", "内容", "处理", "答复", "答复时间"), rows)


def _yuan(fen: int | None) -> str:
    return "" if fen is None else show_yuan(fen)
