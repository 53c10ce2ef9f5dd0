"""代领、委托投票: who collected for whom. It stands beside the register and goes with it; of a slip it says nothing."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, stored_enum


class PickUpKind(StrEnum):
    """By whom the means to vote may be collected for another, where the rule book allows it."""

    HOUSEHOLD = "household"
    PROXY = "proxy"


class PickUp(Base):
    """`entry_id` was given the means to vote through `collector_id`."""

    __tablename__ = "pick_up"
    __table_args__ = (
        CheckConstraint("collector_id <> entry_id", name="another_person"),
        CheckConstraint("length(document) > 0", name="document"),
    )

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("register_entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    collector_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PickUpKind] = mapped_column(stored_enum(PickUpKind, "kind"))
    document: Mapped[str] = mapped_column(String(40))
    """The line of the list that the collector signed (代领登记表), or the number of the written authorisation."""
