"""提案: what residents ask for, who supports it, and what became of it (X-01, X-24, F-04)."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.budget import ItemCategory
from diancai.platform.core.db import Base, Identity, stored_enum
from diancai.platform.core.pictures import Picture
from diancai.platform.proposals.states import Intake, ProposalState, Source


class Proposal(Base):
    """A number within street and year from the moment it is submitted. Names and phones are sealed; `shown_name` is masked."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("street_id", "year", "number"),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted"),
        CheckConstraint("(state = 'draft') = (number IS NULL) AND (number IS NULL) = (year IS NULL)", name="number"),
        CheckConstraint("(state = 'draft') = (answer_due_on IS NULL)", name="answer_due_on"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="merged_into"),
        CheckConstraint("state <> 'declined' OR length(reason) > 0", name="declined"),
        CheckConstraint("cost_fen IS NULL OR cost_fen > 0", name="cost"),
        CheckConstraint("(intake = 'online') = (entered_by IS NULL)", name="entered_by"),
        CheckConstraint("length(title) > 0 OR state = 'draft'", name="title"),
        CheckConstraint("length(problem) > 0 OR state = 'draft'", name="problem"),
        Index("ix_proposal_street", "street_id", "state", "submitted_at"),
    )

    id: Mapped[Identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("division.id"))
    community_id: Mapped[int] = mapped_column(ForeignKey("division.id"))
    state: Mapped[ProposalState] = mapped_column(stored_enum(ProposalState, "state"))
    year: Mapped[int | None]  # NULL: a draft
    number: Mapped[int | None]  # NULL: a draft
    source: Mapped[Source] = mapped_column(stored_enum(Source, "source"))
    intake: Mapped[Intake] = mapped_column(stored_enum(Intake, "intake"))
    title: Mapped[str] = mapped_column(String(60))
    problem: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(120))
    beneficiaries: Mapped[str] = mapped_column(String(200))
    wish: Mapped[str] = mapped_column(Text)
    category: Mapped[ItemCategory | None] = mapped_column(stored_enum(ItemCategory, "category"))  # NULL: not said
    cost_fen: Mapped[int | None] = mapped_column(BigInteger)  # NULL: no idea
    author: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed name and phone; NULL: none left, or forgotten
    shown_name: Mapped[str] = mapped_column(String(40))
    way_back_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # HMAC of the code that its author holds
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: written online
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]  # NULL: a draft
    answer_due_on: Mapped[date | None]  # NULL: a draft
    tentative_year: Mapped[int | None]  # a year whose holidays were not known then; NULL: all known
    decided_at: Mapped[datetime | None]  # NULL: nobody decided
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: nobody, or its author withdrew it
    reason: Mapped[str | None] = mapped_column(Text)  # NULL: none was needed
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))  # NULL: stands for itself
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))  # NULL: written as it is


class ProposalPicture(Base):
    """What a resident photographed, in the order of adding."""

    __tablename__ = "proposal_picture"
    __table_args__ = (UniqueConstraint("proposal_id", "picture_sha256"),)

    id: Mapped[Identity]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    picture_sha256: Mapped[str] = mapped_column(ForeignKey(Picture.sha256), index=True)


class ProposalGram(Base):
    """Two characters next to each other, anywhere in what a proposal says: the index of search and of similar ones."""

    __tablename__ = "proposal_gram"
    __table_args__ = (Index("ix_proposal_gram_proposal", "proposal_id"),)

    gram: Mapped[str] = mapped_column(String(2), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    in_title: Mapped[bool]


class ProposalSupport(Base):
    """支持/联名: one a phone number. It counts for thresholds once a clerk has spoken with that person."""

    __tablename__ = "proposal_support"
    __table_args__ = (
        UniqueConstraint("proposal_id", "phone_key"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed"),
    )

    id: Mapped[Identity]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    phone_key: Mapped[bytes] = mapped_column(LargeBinary(32))  # HMAC, another one for each proposal
    person: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed name and phone; NULL: forgotten
    shown_name: Mapped[str] = mapped_column(String(40))
    came_from_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))  # NULL: given to this one itself
    given_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # NULL: not spoken with yet
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: not spoken with yet
