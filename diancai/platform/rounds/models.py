"""A round: its rules while they are drafted, its menu, and what freezes both."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diancai.budget import Binding, Completion, ItemCategory, Method, Utility
from diancai.platform.core.db import Base, Identity, stored_enum
from diancai.platform.core.pictures import Picture
from diancai.platform.rounds.states import (
    ItemOrder,
    Publication,
    RoundKind,
    RoundState,
    SignOffState,
)
from diancai.voting import BallotType, TieRule

NO_CONSTRAINTS = "{}"


class Round(Base):
    """The columns from `kind` to `latest_close_at` are frozen at announcement, by trigger and by the rule book's hash."""

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint("fund_fen >= 0", name="fund_amount"),
        CheckConstraint("min_age >= 15", name="min_age"),
        CheckConstraint("min_marks >= 1 AND max_marks >= min_marks", name="marks"),
        CheckConstraint("opens_at < closes_at AND closes_at <= latest_close_at", name="times"),
        CheckConstraint("seat_count IS NULL OR seat_count >= 1", name="seat_count"),
        CheckConstraint("method <> 'top-k' OR seat_count IS NOT NULL", name="top_k"),
        CheckConstraint(
            "method <> 'bos' AND (completion IS NULL OR completion <> 'comparison-full')", name="rule_named"
        ),
        CheckConstraint(
            "ballot_type <> 'ranking' OR (method NOT IN ('greedy-per-cost', 'phragmen') "
            "AND (completion IS NULL OR completion <> 'phragmen'))",
            name="rule_ballots",
        ),
        CheckConstraint(
            "kind = 'imported' OR utility IS NULL OR (utility = 'score') = (ballot_type = 'ranking')",
            name="rule_utility",
        ),
        CheckConstraint(
            "method NOT IN ('equal-shares', 'phragmen') OR publication = 'ballots'", name="rule_publication"
        ),
        CheckConstraint("publication = 'totals' OR max_marks <= 5 OR kind = 'imported'", name="publication_marks"),
        CheckConstraint("min_turnout_percent BETWEEN 0 AND 100", name="min_turnout"),
        CheckConstraint("min_ballots >= 0", name="min_ballots"),
        CheckConstraint("candidate_notice_days >= 0", name="candidate_notice_days"),
        CheckConstraint("register_check_days >= 0", name="register_check_days"),
        CheckConstraint("household_pick_up_limit BETWEEN 0 AND 5", name="household_pick_up_limit"),
        CheckConstraint("proxy_limit BETWEEN 0 AND 3", name="proxy_limit"),
        CheckConstraint(
            "(state = 'draft') = (announced_at IS NULL) OR state = 'void' OR kind = 'imported'", name="announced"
        ),
        CheckConstraint("state <> 'void' OR void_reason IS NOT NULL", name="void_reason"),
        CheckConstraint("kind = 'imported' OR fund_id IS NOT NULL", name="fund"),
        CheckConstraint("NOT is_provisional OR state NOT IN ('draft', 'final', 'void')", name="provisional"),
        CheckConstraint("granted_fen IS NULL OR (granted_fen > 0 AND NOT is_provisional)", name="granted"),
        CheckConstraint("restored_at IS NULL OR state IN ('suspended', 'void')", name="restored"),
    )

    id: Mapped[Identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    state: Mapped[RoundState] = mapped_column(stored_enum(RoundState, "state"), default=RoundState.DRAFT)
    kind: Mapped[RoundKind] = mapped_column(stored_enum(RoundKind, "kind"), default=RoundKind.REGULAR)
    title: Mapped[str] = mapped_column(String(80))
    year: Mapped[int]
    # money
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))  # NULL: imported rounds only
    fund_fen: Mapped[int] = mapped_column(BigInteger)
    is_provisional: Mapped[bool] = mapped_column(default=False)
    """拟安排，以区人大批准为准: announced before the fund is approved, and never final while it is not."""
    granted_fen: Mapped[int | None] = mapped_column(BigInteger)  # NULL: not approved yet, or as announced
    """What the approval gave the round where that is another amount; the rule book keeps the one announced."""
    # electorate rule
    min_age: Mapped[int] = mapped_column(default=15)
    is_per_household: Mapped[bool] = mapped_column(default=False)
    area: Mapped[str] = mapped_column(String(120), default="")
    channels: Mapped[str] = mapped_column(String(60), default="phone,terminal")
    # handing out to another than the voter; 0: nobody may
    household_pick_up_limit: Mapped[int] = mapped_column(default=0, server_default="0")
    """代领: for so many others of the same door may one person sign."""
    proxy_limit: Mapped[int] = mapped_column(default=0, server_default="0")
    """委托投票: for so many others may one person vote, each authorised in writing."""
    # ballot
    ballot_type: Mapped[BallotType] = mapped_column(stored_enum(BallotType, "ballot_type"), default=BallotType.TICK)
    min_marks: Mapped[int] = mapped_column(default=1)
    max_marks: Mapped[int] = mapped_column(default=5)
    # allocation
    method: Mapped[Method] = mapped_column(stored_enum(Method, "method"), default=Method.GREEDY)
    utility: Mapped[Utility | None] = mapped_column(stored_enum(Utility, "utility"))  # NULL: the rule has none
    completion: Mapped[Completion | None] = mapped_column(stored_enum(Completion, "completion"))  # NULL: likewise
    binding: Mapped[Binding | None] = mapped_column(stored_enum(Binding, "binding"))  # NULL: not top-k
    seat_count: Mapped[int | None]  # NULL: not top-k, as many as the fund pays for
    constraints: Mapped[str] = mapped_column(Text, default=NO_CONSTRAINTS, server_default=NO_CONSTRAINTS)
    """Canonical JSON as a rule book has it (docs/bundle.md, `rounds.constraints`)."""
    tie_rule: Mapped[TieRule] = mapped_column(stored_enum(TieRule, "tie_rule"), default=TieRule.COST_THEN_LOT)
    item_order: Mapped[ItemOrder] = mapped_column(stored_enum(ItemOrder, "item_order"), default=ItemOrder.DRAWN)
    order_seed: Mapped[str | None] = mapped_column(String(120))  # NULL: the office put the items in order by hand
    """What the lot of the ballot numbers (抽签定序) was drawn with."""
    publication: Mapped[Publication] = mapped_column(
        stored_enum(Publication, "publication"), default=Publication.TOTALS
    )
    # validity conditions; 0 asks for nothing
    min_turnout_percent: Mapped[int] = mapped_column(default=0)
    min_ballots: Mapped[int] = mapped_column(default=0)
    # publicity before the vote in working days; 0 asks for none
    candidate_notice_days: Mapped[int] = mapped_column(default=0, server_default="0")
    """候选项目公示: so long must the candidate items have been public before the vote opens."""
    register_check_days: Mapped[int] = mapped_column(default=0, server_default="0")
    """名册核对: so long could everybody check the own entry, and object."""
    # dates
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    """Moves later by a signed addendum only, never past `latest_close_at`, never earlier."""
    latest_close_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)
    """Counts the edits of a draft, so that a stale page cannot overwrite another officer's."""
    scrutineer_count: Mapped[int] = mapped_column(default=3)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: made by the command line
    created_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]  # NULL: not announced, or imported
    log_risk_accepted_by: Mapped[str | None] = mapped_column(String(140))  # NULL: the database keeps no log past a seal
    void_reason: Mapped[str | None] = mapped_column(Text)  # NULL: not void
    counting_since: Mapped[datetime | None]  # NULL: not closed
    restored_at: Mapped[datetime | None]  # NULL: nothing is missing; set by a restore until two people go on
    published_at: Mapped[datetime | None]  # NULL: not published
    final_at: Mapped[datetime | None]  # NULL: not final
    register_purged_at: Mapped[datetime | None]  # NULL: the register is still kept

    items: Mapped[list["MenuItem"]] = relationship(lazy="raise", order_by="MenuItem.position")
    rule_book: Mapped["RuleBook | None"] = relationship(lazy="raise")

    @property
    def is_imported(self) -> bool:
        return self.kind is RoundKind.IMPORTED

    @property
    def is_rehearsal(self) -> bool:
        """演练: never public, and the only kind of which nothing need be kept."""
        return self.kind is RoundKind.REHEARSAL

    @property
    def allotted_fen(self) -> int:
        """What is allocated: the fund as announced, or what the approval gave instead."""
        return self.fund_fen if self.granted_fen is None else self.granted_fen

    @property
    def channel_names(self) -> list[str]:
        return self.channels.split(",")


class MenuItem(Base):
    """One dish of the menu; every column is part of the promise that is frozen at announcement (X-22)."""

    __tablename__ = "menu_item"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        UniqueConstraint("round_id", "position"),
        CheckConstraint("cost_fen >= 0", name="cost"),
        CheckConstraint("social_fen >= 0", name="social"),
        CheckConstraint("length(number) > 0 AND number NOT LIKE '%,%'", name="number"),
        CheckConstraint("beneficiary_count IS NULL OR beneficiary_count >= 0", name="beneficiaries"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[str] = mapped_column(String(64))
    """What a voter writes to order it: 1 … n by lot, or the project id of an imported election."""
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    category: Mapped[ItemCategory | None] = mapped_column(stored_enum(ItemCategory, "category"))  # NULL: imported only
    community_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"))  # NULL: the whole street
    place: Mapped[str] = mapped_column(String(200), default="")
    cost_fen: Mapped[int] = mapped_column(BigInteger)
    social_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    """Social money beside the fiscal cost; caps do not count it (F-08)."""
    beneficiary_count: Mapped[int | None]  # NULL: not stated
    completes_on: Mapped[date | None]  # NULL: imported only
    responsible_unit: Mapped[str] = mapped_column(String(120), default="")
    aftercare: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(Text, default="")
    """The residents' need it comes from (X-24)."""
    text: Mapped[str] = mapped_column(Text, default="")
    picture_sha256: Mapped[str | None] = mapped_column(ForeignKey(Picture.sha256))  # NULL: no picture
    picture_alt: Mapped[str] = mapped_column(String(200), default="")


class RuleBook(Base):
    """表决办法, frozen: one canonical JSON text and its hash."""

    __tablename__ = "rule_book"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime]


class RoundAddendum(Base):
    """A public, signed note beside the rule book, whose hash does not change: extensions, suspensions, another fund."""

    __tablename__ = "round_addendum"

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    code: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)
    closes_at: Mapped[datetime | None]  # the new end of voting; NULL when it stays
    fund_fen: Mapped[int | None] = mapped_column(BigInteger)  # the new fund; NULL when it stays
    signed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    signer_name: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class ItemWithdrawal(Base):
    """A withdrawn item stays visible and cannot win."""

    __tablename__ = "item_withdrawal"

    item_id: Mapped[int] = mapped_column(ForeignKey("menu_item.id"), primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    confirmed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class SignOff(Base):
    """拟稿 → 审核 → 签发 of a round's announcement (`subject` "round") or of a version of its result ("result:2")."""

    __tablename__ = "sign_off"
    __table_args__ = (
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> drafted_by", name="reviewer"),
        CheckConstraint("signed_by IS NULL OR (signed_by <> drafted_by AND signed_by <> reviewed_by)", name="signer"),
        CheckConstraint("state <> 'signed' OR (signed_by IS NOT NULL AND minute_number IS NOT NULL)", name="signed"),
        CheckConstraint("state <> 'reviewed' OR reviewed_by IS NOT NULL", name="reviewed"),
        Index(
            "uq_sign_off_pending",
            "round_id",
            "subject",
            unique=True,
            sqlite_where=text("state IN ('submitted', 'reviewed')"),
            postgresql_where=text("state IN ('submitted', 'reviewed')"),
        ),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    subject: Mapped[str] = mapped_column(String(32))
    content_sha256: Mapped[str] = mapped_column(String(64))
    """What was read: a change after it makes the review void."""
    state: Mapped[SignOffState] = mapped_column(stored_enum(SignOffState, "state"), default=SignOffState.SUBMITTED)
    drafted_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    drafted_at: Mapped[datetime]
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL until reviewed
    reviewed_at: Mapped[datetime | None]  # NULL until reviewed
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL until signed
    signed_at: Mapped[datetime | None]  # NULL until signed
    minute_number: Mapped[str | None] = mapped_column(String(60))  # NULL until signed
    return_reason: Mapped[str | None] = mapped_column(Text)  # NULL unless sent back


class RoundScrutineer(Base):
    """监票人 of one round: who they are, how they were chosen, and their 回避 declaration."""

    __tablename__ = "round_scrutineer"
    __table_args__ = (CheckConstraint("has_no_conflict", name="has_no_conflict"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    is_chief: Mapped[bool]
    chosen_by: Mapped[str] = mapped_column(String(120))
    has_no_conflict: Mapped[bool]
    appointed_at: Mapped[datetime]
