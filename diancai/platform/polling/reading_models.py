"""How a name of the register may be typed in Latin letters, as keyed hashes beside the entry."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base


class NameReading(Base):
    """One reading of one name. It goes with its entry when the register is purged."""

    __tablename__ = "name_reading"
    __table_args__ = ({"sqlite_with_rowid": False},)

    reading_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("register_entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
