"""What an installation was given to serve one hall without internet. At the office there is none, in the hall exactly one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from diancai.platform.core.db import Base


class HallCharge(Base):
    """The sitting that this installation holds for the office, and the key that signs what it hands back."""

    __tablename__ = "hall_charge"
    __table_args__ = (CheckConstraint("(handed_back_at IS NULL) = (content IS NULL)", name="handed_back"),)

    server_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The office's number of this hall server."""
    sitting_id: Mapped[int]
    street_id: Mapped[int]
    pack_number: Mapped[int]
    signing_key: Mapped[bytes] = mapped_column(LargeBinary)
    """Ed25519, sealed with this installation's own key."""
    recipient: Mapped[str] = mapped_column(String(80))
    """age public key of the office: only there can the file be opened."""
    handed_back_at: Mapped[datetime | None]  # NULL: still serving
    content: Mapped[bytes | None] = mapped_column(LargeBinary)  # what is handed back, as signed; NULL: still serving


def hall_charge(session: Session) -> HallCharge | None:
    return session.scalars(select(HallCharge).execution_options(populate_existing=True)).one_or_none()


def is_hall_server(session: Session) -> bool:
    return session.scalar(select(HallCharge.server_id).limit(1)) is not None
