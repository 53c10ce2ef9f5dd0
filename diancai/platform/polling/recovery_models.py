"""After a restore from a backup: which desks have said what they handed out since."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base


class StationRecovery(Base):
    """A station whose journal was replayed since its round was restored."""

    __tablename__ = "station_recovery"

    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), primary_key=True, autoincrement=False)
    replayed_at: Mapped[datetime]
    replayed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
