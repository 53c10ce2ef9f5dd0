"""The life of a proposal, from a draft to a place on a menu."""

from enum import StrEnum


class ProposalState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MERGED = "merged"
    SPLIT = "split"
    WITHDRAWN = "withdrawn"


class Source(StrEnum):
    """谁提的: a resident, one of the 两代表一委员, a community, or the street itself."""

    RESIDENT = "resident"
    REPRESENTATIVE = "representative"
    COMMUNITY = "community"
    STREET = "street"


class Intake(StrEnum):
    """How it came: online, or entered by a clerk for somebody."""

    ONLINE = "online"
    DESK = "desk"
    PHONE = "phone"
    PAPER = "paper"
    VISIT = "visit"


PROPOSAL_MOVES = {
    ProposalState.DRAFT: frozenset({ProposalState.SUBMITTED}),
    ProposalState.SUBMITTED: frozenset(
        {
            ProposalState.ACCEPTED,
            ProposalState.DECLINED,
            ProposalState.MERGED,
            ProposalState.SPLIT,
            ProposalState.WITHDRAWN,
        }
    ),
    ProposalState.ACCEPTED: frozenset(
        {ProposalState.DECLINED, ProposalState.MERGED, ProposalState.SPLIT, ProposalState.WITHDRAWN}
    ),
    ProposalState.DECLINED: frozenset({ProposalState.SUBMITTED}),  # a review found for the proposer
    ProposalState.MERGED: frozenset(),
    ProposalState.SPLIT: frozenset(),
    ProposalState.WITHDRAWN: frozenset(),
}

PUBLIC = frozenset(set(ProposalState) - {ProposalState.DRAFT})
OPEN = frozenset({ProposalState.SUBMITTED, ProposalState.ACCEPTED})
"""May be supported, merged and split."""
