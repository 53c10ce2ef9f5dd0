"""Reading notices and objections."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.core.keys import keys_of
from diancai.platform.divisions.models import StreetOffice
from diancai.platform.notices.models import Notice, NoticeKind, Objection

DEFAULT_WORKING_DAYS = 5
"""公示期: no statute says how long; five working days are common (domain B.8)."""


def notice_by_id(session: Session, notice_id: int) -> Notice | None:
    return session.get(Notice, notice_id)


def notices_about(session: Session, subject: str, kind: NoticeKind | None = None) -> list[Notice]:
    """Newest first."""
    query = select(Notice).where(Notice.subject == subject)
    if kind is not None:
        query = query.where(Notice.kind == kind)
    return list(session.scalars(query.order_by(Notice.posted_at.desc(), Notice.id.desc())))


def newer_than(session: Session, notice: Notice) -> Notice | None:
    """The newest notice of the same kind about the same thing, where this one is not it."""
    newest = notices_about(session, notice.subject, notice.kind)[0]
    return None if newest.id == notice.id else newest


def notices_of(session: Session, street_ids: Collection[int]) -> list[Notice]:
    rows = select(Notice).where(Notice.street_id.in_(street_ids))
    return list(session.scalars(rows.order_by(Notice.posted_at.desc(), Notice.id.desc())))


def is_running(notice: Notice, at: datetime) -> bool:
    """Objections are taken until the end of the last day."""
    return notice.posted_at <= at < notice.ends_at


def working_days_of(session: Session, street_id: int) -> int:
    """How long notices of a street stand."""
    days = session.scalar(select(StreetOffice.publicity_working_days).where(StreetOffice.street_id == street_id))
    return DEFAULT_WORKING_DAYS if days is None else days


def objections_to(session: Session, notice: Notice) -> list[Objection]:
    return list(session.scalars(select(Objection).filter_by(notice_id=notice.id).order_by(Objection.number)))


def open_objections(session: Session, notice: Notice) -> list[Objection]:
    """Those without an answer: a result cannot become final over them."""
    return [objection for objection in objections_to(session, notice) if objection.outcome is None]


def objections_waiting(session: Session, street_ids: Collection[int]) -> list[tuple[Objection, Notice]]:
    """What is due: unanswered objections, those whose notice ends first first."""
    rows = (
        select(Objection, Notice)
        .join(Notice, Notice.id == Objection.notice_id)
        .where(Notice.street_id.in_(street_ids), Objection.outcome.is_(None))
        .order_by(Notice.ends_at, Objection.id)
    )
    return list(session.execute(rows).all())


def objection_in(session: Session, notice: Notice, objection_id: int) -> Objection | None:
    return session.scalar(select(Objection).filter_by(id=objection_id, notice_id=notice.id))


def objection_by_code(session: Session, look_up_code: str) -> Objection | None:
    """By what its sender was given; dashes, spaces and small letters are fine."""
    plain = "".join(character for character in look_up_code.upper() if character.isalnum())
    return session.scalar(select(Objection).filter_by(look_up_code=plain)) if plain else None


def contact_of(session: Session, objection: Objection) -> str:
    """Name and phone as they were left; empty when none were."""
    return keys_of(session).open_text(objection.contact) if objection.contact else ""
