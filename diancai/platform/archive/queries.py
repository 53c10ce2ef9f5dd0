"""Reads of archives."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.archive.models import ArchiveBundle, PostingPhoto
from diancai.platform.core.audit import AuditEntry
from diancai.platform.notices.models import Notice
from diancai.platform.rounds.models import Round


def archives_of(session: Session, round_: Round) -> list[ArchiveBundle]:
    """The newest first."""
    rows = select(ArchiveBundle).filter_by(round_id=round_.id)
    return list(session.scalars(rows.order_by(ArchiveBundle.version.desc())))


def latest_archive(session: Session, round_: Round) -> ArchiveBundle | None:
    return next(iter(archives_of(session, round_)), None)


def archive_of_version(session: Session, round_id: int, version: int) -> ArchiveBundle | None:
    return session.scalar(select(ArchiveBundle).filter_by(round_id=round_id, version=version))


def photo_twin(session: Session, notice: Notice, sha256: str) -> PostingPhoto | None:
    return session.scalar(select(PostingPhoto).filter_by(notice_id=notice.id, picture_sha256=sha256))


def photo_in(session: Session, round_id: int, photo_id: int) -> PostingPhoto | None:
    rows = select(PostingPhoto).join(Notice, Notice.id == PostingPhoto.notice_id)
    return session.scalar(rows.where(PostingPhoto.id == photo_id, Notice.subject == f"round:{round_id}"))


def ended_at(session: Session, round_: Round) -> datetime | None:
    """When the round became final or void. None for a draft that was given up: it was never public."""
    if round_.final_at is not None:
        return round_.final_at
    voided = select(AuditEntry).where(AuditEntry.street_id == round_.street_id, AuditEntry.event == "RoundVoided")
    rows = session.scalars(voided.order_by(AuditEntry.id))
    return next((row.at for row in rows if json.loads(row.facts)["round_id"] == round_.id), None)
