"""会场服务器: a laptop that holds a sitting without internet, as the office keeps account of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity, stored_enum


class HallServerState(StrEnum):
    """While `away`, its voters and its desks are the hall's alone."""

    AWAY = "away"
    BACK = "back"
    GIVEN_UP = "given_up"


HALL_SERVER_MOVES: dict[HallServerState, set[HallServerState]] = {
    HallServerState.AWAY: {HallServerState.BACK, HallServerState.GIVEN_UP},
    HallServerState.BACK: set(),
    HallServerState.GIVEN_UP: set(),
}


class HallServer(Base):
    __tablename__ = "hall_server"
    __table_args__ = (
        CheckConstraint("person_count >= 1", name="person_count"),
        CheckConstraint("approved_by <> requested_by", name="another_person"),
        CheckConstraint("pack_number >= 0", name="pack_number"),
        CheckConstraint("(pack_number = 0) = (public_key IS NULL)", name="public_key"),
        CheckConstraint("(pack_number = 0) = (identity IS NULL) OR state <> 'away'", name="identity"),
        CheckConstraint("(state = 'away') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'back') = (content_sha256 IS NOT NULL)", name="content"),
        CheckConstraint(
            "state <> 'given_up' OR (reason IS NOT NULL AND given_up_by IS NOT NULL AND given_up_with IS NOT NULL "
            "AND given_up_with <> given_up_by)",
            name="given_up",
        ),
        Index(
            "uq_hall_server_away",
            "sitting_id",
            unique=True,
            sqlite_where=text("state = 'away'"),
            postgresql_where=text("state = 'away'"),
        ),
    )

    id: Mapped[Identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("division.id"))
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    state: Mapped[HallServerState] = mapped_column(stored_enum(HallServerState, "state"), default=HallServerState.AWAY)
    person_count: Mapped[int]
    """Persons of all its rounds who can vote in the hall alone."""
    requested_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    approved_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    away_since: Mapped[datetime]
    pack_number: Mapped[int] = mapped_column(default=0)
    """How often it was packed: only what the newest pack hands back is taken."""
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # of the newest pack; NULL: not packed yet
    identity: Mapped[bytes | None] = mapped_column(LargeBinary)  # age, sealed: opens what it hands back; NULL: no pack
    ended_at: Mapped[datetime | None]  # NULL: away
    content_sha256: Mapped[str | None] = mapped_column(String(64))  # of what it handed back; NULL: away or given up
    log: Mapped[str | None] = mapped_column(Text)  # the hall's own administrative log; NULL: away or given up
    reason: Mapped[str | None] = mapped_column(String(400))  # NULL: not given up
    given_up_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: not given up
    given_up_with: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: not given up
