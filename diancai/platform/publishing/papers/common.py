"""What the papers of a round share. Official papers are Chinese, whatever language the page has."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from diancai.platform.core.texts import say, show_money_short
from diancai.platform.divisions.models import StreetOffice
from diancai.platform.documents.content import Block, Check, Column, Paragraph, Table
from diancai.platform.polling.queries import stations_of
from diancai.platform.publishing.rules import Sentence
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import rule_book_row


def in_words(sentences: Iterable[Sentence]) -> str:
    """Rules as the public pages say them."""
    return "".join(_sentence(sentence) for sentence in sentences)


def _sentence(sentence: Sentence) -> str:
    facts = {
        name: show_money_short(value) if name in ("fund", "limit") else value for name, value in sentence.facts.items()
    }
    return say(sentence.code, **facts)


def office_of(session: Session, round_: Round) -> StreetOffice:
    return session.get_one(StreetOffice, round_.street_id)


def rule_book_check(session: Session, round_: Round) -> Check | None:
    """None for a round that was given up before it was announced."""
    book = rule_book_row(session, round_)
    return Check("表决办法校验码（SHA-256）", book.sha256) if book else None


def checks_of(session: Session, round_: Round, address: str) -> tuple[Check, ...]:
    book = rule_book_check(session, round_)
    page = Check("投票活动的网页：菜单、办法、结果都在这里", address)
    return (book, page) if book else (page,)


def station_blocks(session: Session, round_: Round) -> list[Block]:
    stations = stations_of(session, round_)
    if not stations:
        return [Paragraph("投票点另行公布。")]
    columns = (Column("投票点"), Column("地址"), Column("时间"), Column("电话"))
    rows = tuple((one.name, one.address, one.hours, one.phone or "—") for one in stations)
    return [Table(columns, rows)]


def provisional_words(round_: Round) -> list[Block]:
    return [Paragraph("本次资金为拟安排，以区人大批准为准。")] if round_.is_provisional else []
