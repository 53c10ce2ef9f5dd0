"""What is written down about proposals. Who wrote one, or supports it, is in none of them."""

from dataclasses import dataclass

from diancai.platform.core.audit import Event
from diancai.platform.proposals.states import Intake


@dataclass(frozen=True)
class ProposalSubmitted(Event):
    proposal_id: int
    number: str
    title: str
    intake: Intake


@dataclass(frozen=True)
class ProposalAccepted(Event):
    proposal_id: int
    number: str


@dataclass(frozen=True)
class ProposalDeclined(Event):
    proposal_id: int
    number: str
    reason: str


@dataclass(frozen=True)
class ProposalWithdrawn(Event):
    """By its author."""

    proposal_id: int
    number: str


@dataclass(frozen=True)
class ProposalMerged(Event):
    proposal_id: int
    number: str
    into: str
    support_count: int


@dataclass(frozen=True)
class ProposalSplit(Event):
    proposal_id: int
    number: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class ProposalPictureRemoved(Event):
    """By the office, after it was submitted: it showed a person, say."""

    proposal_id: int
    number: str
    picture_sha256: str
    reason: str


@dataclass(frozen=True)
class SupportConfirmed(Event):
    proposal_id: int
    number: str
    support_id: int
