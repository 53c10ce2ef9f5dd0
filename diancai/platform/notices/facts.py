"""What a notice says (公示 with its full content): plain values, frozen as JSON with the notice."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from diancai.platform.divisions.models import StreetOffice


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """One line of a notice's table. What does not apply stays None and its column is left out."""

    number: str
    name: str
    community: str = ""
    category: str | None = None
    cost_fen: int | None = None
    votes: int | None = None
    outcome: str = ""
    responsible_unit: str = ""
    completes_on: date | None = None


def notice_facts(
    session: Session,
    street_id: int,
    *,
    basis: str,
    paragraphs: Sequence[str] = (),
    items: Sequence[NoticeItem] = (),
    particulars: Sequence[tuple[str, str]] = (),
    signed_on: date,
) -> dict[str, Any]:
    """The facts for `post_notice`: 依据, text, items with 金额, 票数, 实施单位 and 期限, further particulars (term, value), and
    from the street's office 联系人, 电话, 地址, 受理时间, 监督电话 and 落款. The days of the window stand in the notice itself.
    """
    return {
        "basis": basis,
        "paragraphs": list(paragraphs),
        "items": [_plain(item) for item in items],
        "particulars": [list(pair) for pair in particulars],
        "office": _office_part(session, street_id),
        "signed_on": signed_on.isoformat(),
    }


def _plain(item: NoticeItem) -> dict[str, Any]:
    values = asdict(item)
    return values | {"completes_on": item.completes_on.isoformat() if item.completes_on else None}


def _office_part(session: Session, street_id: int) -> dict[str, str]:
    office = session.get(StreetOffice, street_id)
    names = ("office_name", "contact_name", "help_phone", "address", "office_hours", "supervision_phone")
    return {name: getattr(office, name) if office else "" for name in names}
