"""区 → 街道 → 社区 → 网格, with the validity dates of their codes, and what a street's office says of itself."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity, stored_enum


class Level(StrEnum):
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"


class CodeFormat(StrEnum):
    """How ballot codes look: eleven letters and figures with a check character, or sixteen figures for a numeric pad."""

    LETTERS = "letters"
    DIGITS = "digits"


class Division(Base):
    """Codes change from year to year and units are abolished, so the 12-digit code is no key (domain B.11)."""

    __tablename__ = "division"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("length(code) = 12", name="code"),
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="validity"),
        CheckConstraint("(level = 'district') = (parent_id IS NULL)", name="parent"),
    )

    id: Mapped[Identity]
    level: Mapped[Level] = mapped_column(stored_enum(Level, "level"))
    code: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"), index=True)  # NULL: a district
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # NULL: in force


class StreetOffice(Base):
    """Office settings of one street."""

    __tablename__ = "street_office"
    __table_args__ = (
        CheckConstraint("publicity_working_days >= 3", name="publicity_working_days"),
        CheckConstraint("retention_days >= 30", name="retention_days"),
        CheckConstraint("fund_floor_fen >= 0", name="fund_floor"),
    )

    street_id: Mapped[int] = mapped_column(ForeignKey("division.id"), primary_key=True, autoincrement=False)
    office_name: Mapped[str] = mapped_column(String(60))
    help_phone: Mapped[str] = mapped_column(String(40))
    supervision_phone: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(120))
    office_hours: Mapped[str] = mapped_column(String(120))
    contact_name: Mapped[str] = mapped_column(String(40))
    publicity_working_days: Mapped[int] = mapped_column(default=5)
    retention_days: Mapped[int] = mapped_column(default=90)
    """The register is purged so many days after a round is final."""
    fund_floor_fen: Mapped[int] = mapped_column(BigInteger, default=300_000_000)
    """福田: at least 300万元 for a street (F-02)."""
    code_format: Mapped[CodeFormat] = mapped_column(stored_enum(CodeFormat, "code_format"), default=CodeFormat.LETTERS)


class PrivacyNotice(Base):
    """隐私告知, one row a version; the newest in force is shown, older ones stay readable."""

    __tablename__ = "privacy_notice"
    __table_args__ = (UniqueConstraint("street_id", "version"),)

    id: Mapped[Identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("division.id"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    in_force_from: Mapped[datetime]
