"""The draw, the count in its versions, and the signatures under it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diancai.platform.core.db import Base, Identity, stored_enum


class SignatureKind(StrEnum):
    HANDWRITING = "handwriting"
    SCAN = "scan"


class MarginKind(StrEnum):
    """`found`: by search, perhaps not the least (找到的一个数). `none`: no number of votes changes the item's fate.
    `uncounted`: not computed for this rule, or not yet (未计算).
    """

    EXACT = "exact"
    FOUND = "found"
    NONE = "none"
    UNCOUNTED = "uncounted"


class DrawEntry(Base):
    """The draw as one scrutineer typed it; two equal ones make the draw."""

    __tablename__ = "draw_entry"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(String(200))
    typed_at: Mapped[datetime]


class Draw(Base):
    __tablename__ = "draw"
    __table_args__ = (CheckConstraint("first_by <> second_by", name="two_people"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(String(200))
    first_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    second_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    drawn_at: Mapped[datetime]


class Result(Base):
    """One version of the count; an upheld objection adds the next beside it."""

    __tablename__ = "result"
    __table_args__ = (
        UniqueConstraint("round_id", "version"),
        CheckConstraint("spent_fen >= 0 AND spent_fen + left_fen = fund_fen", name="fund_adds_up"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why there is another version; empty for the first."""
    ballot_count: Mapped[int]
    fund_fen: Mapped[int] = mapped_column(BigInteger)
    spent_fen: Mapped[int] = mapped_column(BigInteger)
    left_fen: Mapped[int] = mapped_column(BigInteger)
    bundle: Mapped[str] = mapped_column(Text)
    """The canonical JSON that outsiders verify."""
    bundle_sha256: Mapped[str] = mapped_column(String(64))
    counted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: by the command line
    counted_at: Mapped[datetime]

    items: Mapped[list["ResultItem"]] = relationship(lazy="raise", order_by="ResultItem.place")


class ResultItem(Base):
    __tablename__ = "result_item"
    __table_args__ = (UniqueConstraint("result_id", "number"),)

    id: Mapped[Identity]
    result_id: Mapped[int] = mapped_column(ForeignKey("result.id"))
    number: Mapped[str] = mapped_column(String(64))
    place: Mapped[int]
    """Winners in order of selection, then the others by score."""
    score: Mapped[int] = mapped_column(BigInteger)
    cost_fen: Mapped[int] = mapped_column(BigInteger)
    is_selected: Mapped[bool]
    reason_code: Mapped[str] = mapped_column(String(64))
    reason_facts: Mapped[str] = mapped_column(Text)
    margin: Mapped[int | None] = mapped_column(BigInteger)  # NULL: see margin_kind
    margin_kind: Mapped[MarginKind] = mapped_column(stored_enum(MarginKind, "margin_kind"))


class SearchedMargin(Base):
    """What the search after the count found for one item: it takes too long for the count itself (count.md)."""

    __tablename__ = "searched_margin"

    result_item_id: Mapped[int] = mapped_column(ForeignKey("result_item.id"), primary_key=True, autoincrement=False)
    margin: Mapped[int | None] = mapped_column(BigInteger)  # NULL: see kind
    kind: Mapped[MarginKind] = mapped_column(stored_enum(MarginKind, "kind"))
    searched_at: Mapped[datetime]


class Signature(Base):
    """A scrutineer's hand under one version of the result."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("result_id", "staff_id"),)

    id: Mapped[Identity]
    result_id: Mapped[int] = mapped_column(ForeignKey("result.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    signer_name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[SignatureKind] = mapped_column(stored_enum(SignatureKind, "kind"))
    media_type: Mapped[str] = mapped_column(String(20))
    image: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime]
