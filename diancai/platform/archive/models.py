"""归档包: the numbered file set of a round that is over, and photos of notices as they were posted."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity
from diancai.platform.core.pictures import Picture


class PostingPhoto(Base):
    """张贴照片: that a notice hung where residents pass. Of the picture nothing but its pixels is kept."""

    __tablename__ = "posting_photo"
    __table_args__ = (UniqueConstraint("notice_id", "picture_sha256"),)

    id: Mapped[Identity]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    picture_sha256: Mapped[str] = mapped_column(ForeignKey(Picture.sha256))
    place: Mapped[str] = mapped_column(String(80))
    taken_on: Mapped[date]
    added_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    added_at: Mapped[datetime]


class ArchiveBundle(Base):
    """One version of the file set; a later one stands beside it, for example because photos were added."""

    __tablename__ = "archive_bundle"
    __table_args__ = (
        UniqueConstraint("round_id", "version"),
        CheckConstraint("byte_count > 0 AND file_count > 0", name="not_empty"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    byte_count: Mapped[int]
    file_count: Mapped[int]
    """Without the list of files itself."""
    keep_until: Mapped[date]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: by the worker
    made_at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
