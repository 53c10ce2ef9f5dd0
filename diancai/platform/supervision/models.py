"""督办意见: what the district's supervisor asks of a street, by when, and what the street answered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity


class SupervisionNote(Base):
    """Written once, answered once; neither is ever changed."""

    __tablename__ = "supervision_note"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="text"),
        CheckConstraint(
            "(reply IS NULL) = (replied_at IS NULL) AND (reply IS NULL) = (replied_by IS NULL)", name="replied"
        ),
        CheckConstraint("reply IS NULL OR length(reply) > 0", name="reply"),
    )

    id: Mapped[Identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    reply_by: Mapped[date]
    written_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    written_at: Mapped[datetime]
    reply: Mapped[str | None] = mapped_column(Text)  # NULL: not answered yet
    replied_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: not answered yet
    replied_at: Mapped[datetime | None]  # NULL: not answered yet
