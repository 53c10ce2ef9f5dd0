"""Three stores that nothing joins (vote.md 1): the register, the codes, the box. And what surrounds them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity, stored_enum


class GivenKind(StrEnum):
    """What a person was handed to vote with. `hall`: nothing yet; a hall without internet alone may hand it out."""

    SLIP = "slip"
    POSTED = "posted"
    PAPER = "paper"
    HALL = "hall"


HANDED_OUT = (GivenKind.SLIP, GivenKind.POSTED, GivenKind.PAPER)


class CodeState(StrEnum):
    """`kiosk` works at one terminal alone until that one has ended; nowhere else is it cast from."""

    LIVE = "live"
    KIOSK = "kiosk"
    USED = "used"
    VOID = "void"


class BatchKind(StrEnum):
    BEARER = "bearer"
    DELIVERED = "delivered"


class BatchState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    PRINTED = "printed"
    DECLINED = "declined"
    VOID = "void"


BATCH_MOVES: dict[BatchState, set[BatchState]] = {
    BatchState.REQUESTED: {BatchState.APPROVED, BatchState.DECLINED},
    BatchState.APPROVED: {BatchState.PRINTED, BatchState.VOID},
    BatchState.PRINTED: {BatchState.VOID},
    BatchState.DECLINED: set(),
    BatchState.VOID: set(),
}


class Station(Base):
    """投票点: a desk where slips are handed out, with the balance it signs at the end."""

    __tablename__ = "station"
    __table_args__ = (
        UniqueConstraint("round_id", "name"),
        CheckConstraint("unused_count IS NULL OR unused_count >= 0", name="unused"),
        CheckConstraint("spoiled_count IS NULL OR spoiled_count >= 0", name="spoiled"),
        CheckConstraint("(ended_at IS NULL) = (unused_count IS NULL)", name="ended"),
        CheckConstraint(
            "leftovers_confirmed_by IS NULL OR (ended_at IS NOT NULL AND leftovers_confirmed_by <> ended_by)",
            name="leftovers_by_two",
        ),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(120))
    hours: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(40))
    # the end of issuing: slips printed = unused + spoiled + issued
    ended_at: Mapped[datetime | None]  # NULL: still issuing
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: still issuing
    unused_count: Mapped[int | None]  # NULL: still issuing
    spoiled_count: Mapped[int | None]  # NULL: still issuing
    leftovers_confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: counted by one so far
    """剪角封存: who counted the unused and the spoiled again."""
    difference_reason: Mapped[str | None] = mapped_column(String(400))  # NULL: it balances
    difference_accepted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: it balances


class RegisterEntry(Base):
    """投票人名册. What became of the means to vote is never written here."""

    __tablename__ = "register_entry"
    __table_args__ = (
        UniqueConstraint("round_id", "identity_key"),
        Index("ix_register_entry_name", "round_id", "name_key"),
        Index("ix_register_entry_place", "round_id", "community_id", "household"),
        CheckConstraint("(given IS NULL) = (given_hour IS NULL)", name="given"),
        CheckConstraint("birth_year IS NULL OR birth_year BETWEEN 1900 AND 2200", name="birth_year"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    community_id: Mapped[int] = mapped_column(ForeignKey("division.id"))
    household: Mapped[str] = mapped_column(String(80))
    """楼门/户号."""
    name: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed with a key outside the database."""
    name_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    """HMAC of the name, to find a person without reading the others."""
    identity_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    """HMAC of name, community, household, year of birth and last four digits: the same person twice is refused."""
    birth_year: Mapped[int | None]  # NULL: known by the last four digits
    id_last_four: Mapped[str | None] = mapped_column(String(4))  # NULL: known by the year of birth
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed; NULL: none given
    is_eligible: Mapped[bool] = mapped_column(default=True)
    ineligible_reason: Mapped[str] = mapped_column(String(200), default="")
    is_late: Mapped[bool] = mapped_column(default=False)
    """补登 at the desk by two people; the count is public."""
    given: Mapped[GivenKind | None] = mapped_column(stored_enum(GivenKind, "given_kind"))  # NULL: nothing given yet
    given_station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))  # NULL: nothing given, or posted
    given_hour: Mapped[datetime | None]  # to the hour; NULL: nothing given yet
    delivered_serial: Mapped[int | None]  # of a posted slip, destroyed at the close; NULL: bearer slip, or none


class CodeBatch(Base):
    """One print run of slips for one station. The codes exist in clear only on the sheets."""

    __tablename__ = "code_batch"
    __table_args__ = (
        CheckConstraint("slip_count BETWEEN 1 AND 20000", name="slip_count"),
        CheckConstraint("approved_by IS NULL OR approved_by <> requested_by", name="another_person"),
        CheckConstraint("state NOT IN ('approved', 'printed') OR approved_by IS NOT NULL", name="approved"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("division.id")
    )  # NULL: bearer slips, or all communities
    kind: Mapped[BatchKind] = mapped_column(stored_enum(BatchKind, "kind"))
    state: Mapped[BatchState] = mapped_column(stored_enum(BatchState, "state"), default=BatchState.REQUESTED)
    slip_count: Mapped[int]
    """As ordered; once delivered slips are printed, as printed."""
    requested_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL until approved
    printed_at: Mapped[datetime | None]  # NULL until printed


class BallotCode(Base):
    """投票码. No person, no tracker, no ballot; `idem`, `serial` and `batch_id` are erased by the closing seal."""

    __tablename__ = "ballot_code"
    __table_args__ = (
        CheckConstraint("state = 'used' OR idem IS NULL", name="idem"),
        {"sqlite_with_rowid": False},
    )

    code_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """HMAC-SHA256(pepper, code)."""
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    batch_id: Mapped[int | None] = mapped_column(
        ForeignKey("code_batch.id"), index=True
    )  # to void a print run; NULL: closed
    state: Mapped[CodeState] = mapped_column(stored_enum(CodeState, "state"), default=CodeState.LIVE)
    idem: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # H("idem" | r) of the cast; NULL: unused, or closed
    serial: Mapped[int | None]  # delivered slips only; NULL: bearer slip, or closed


class InboxBallot(Base):
    """A ballot between the cast and the next seal."""

    __tablename__ = "inbox_ballot"
    __table_args__ = ({"sqlite_with_rowid": False},)

    tracker_key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    choices: Mapped[str] = mapped_column(String(4000))


class SealedBallot(Base):
    """A ballot in the box, in order of its random key."""

    __tablename__ = "sealed_ballot"
    __table_args__ = ({"sqlite_with_rowid": False},)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    tracker_key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    choices: Mapped[str] = mapped_column(String(4000))


class Seal(Base):
    """封存: the Merkle root over all sorted tracker keys and their number, signed. The board changes only here."""

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("round_id", "number"), CheckConstraint("ballot_count >= 0", name="ballot_count"))

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    sealed_at: Mapped[datetime]
    ballot_count: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    is_closing: Mapped[bool]


class ClosingMinute(Base):
    """What the minutes carry before any count: rootA, hashB, and the numbers that must agree."""

    __tablename__ = "closing_minute"
    __table_args__ = (
        CheckConstraint("ballot_count = used_code_count + sheet_count", name="one_ballot_a_code"),
        CheckConstraint("sheet_count >= 0 AND invalid_sheet_count >= 0", name="sheets"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    root_a: Mapped[str] = mapped_column(String(64))
    hash_b: Mapped[str] = mapped_column(String(64))
    ballot_count: Mapped[int]
    used_code_count: Mapped[int]
    sheet_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Paper sheets accepted as ballots."""
    invalid_sheet_count: Mapped[int] = mapped_column(default=0, server_default="0")
    given_count: Mapped[int]
    register_count: Mapped[int]
    late_count: Mapped[int]
    sealed_at: Mapped[datetime]
