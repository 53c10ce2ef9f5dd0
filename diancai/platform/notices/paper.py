"""A notice as an official paper, from nothing but what was frozen when it was posted."""

from datetime import date
from typing import Any

from diancai.budget import ItemCategory, show_yuan
from diancai.platform.core.texts import show_day, show_time, title_of
from diancai.platform.documents.content import Block, Check, Column, Facts, Heading, Paper, Paragraph, Table
from diancai.platform.notices.models import Notice

RULE_BOOK = "表决办法校验码"
"""The particular whose hash a result's notice carries as a QR code."""


def notice_paper(notice: Notice, address: str) -> Paper:
    """`address` is where the notice stands; a paper on the board leads there."""
    facts = notice.fact_values
    return Paper(
        title=notice.title,
        blocks=(*_text(facts), *_items(facts["items"]), *_particulars(facts), *_window(notice)),
        issuer=facts["office"]["office_name"],
        dated=date.fromisoformat(facts["signed_on"]),
        checks=_checks(facts, address),
    )


def _text(facts: dict[str, Any]) -> list[Block]:
    basis = [Paragraph(f"依据：{facts['basis']}")] if facts["basis"] else []
    return [*basis, *(Paragraph(text) for text in facts["paragraphs"])]


def _items(items: list[dict[str, Any]]) -> list[Block]:
    """The columns that say something, as on the page of the notice."""
    if not items:
        return []
    kept = [name for name in CELLS if name in ("number", "name") or any(item[name] not in (None, "") for item in items)]
    columns = tuple(Column(CELLS[name][0], is_figure=name in ("cost_fen", "votes")) for name in kept)
    rows = tuple(tuple(CELLS[name][1](item[name]) for name in kept) for item in items)
    return [Heading("项目"), Table(columns, rows)]


def _text_or_dash(value: str | None) -> str:
    return value or "—"


def _category(value: str | None) -> str:
    return title_of(ItemCategory(value)) if value else "—"


def _money(fen: int | None) -> str:
    return "—" if fen is None else show_yuan(fen)


def _count(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


def _day(day: str | None) -> str:
    return show_day(date.fromisoformat(day)) if day else "—"


CELLS: dict[str, tuple[str, Any]] = {
    "number": ("编号", _text_or_dash),
    "name": ("项目", _text_or_dash),
    "community": ("社区", _text_or_dash),
    "category": ("类别", _category),
    "cost_fen": ("金额（元）", _money),
    "votes": ("票数", _count),
    "outcome": ("结果", _text_or_dash),
    "responsible_unit": ("实施单位", _text_or_dash),
    "completes_on": ("完成期限", _day),
}
"""Of each fact of an item: the head of its column, and how it is said."""


def _particulars(facts: dict[str, Any]) -> list[Block]:
    rows = tuple((term, value) for term, value in facts["particulars"])
    return [Heading("核对"), Facts(rows)] if rows else []


def _window(notice: Notice) -> list[Block]:
    office = notice.fact_values["office"]
    first, last = show_time(notice.posted_at), show_day(notice.last_day)
    said = f"起止日期：{first} 至 {last}，共{notice.working_days}个工作日（发布当天不算）。"
    if notice.tentative_year:
        said += f"暂定（{notice.tentative_year}年调休安排尚未公布）。"
    contacts = (
        ("联系人", office["contact_name"]),
        ("联系电话", office["help_phone"]),
        ("受理地址", office["address"]),
        ("受理时间", office["office_hours"]),
        ("监督电话", office["supervision_phone"]),
    )
    return [Heading("公示期和异议"), Paragraph(said), Facts(contacts)]


def _checks(facts: dict[str, Any], address: str) -> tuple[Check, ...]:
    """The rule book's hash, where there is one already, and the page itself."""
    hashes = tuple(Check(term, value) for term, value in facts["particulars"] if term == RULE_BOOK)
    return (*hashes, Check("本公示的网页", address))
