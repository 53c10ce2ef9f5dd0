"""Proposals and their supporters by the numbers in an address."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.proposals.models import Proposal, ProposalSupport
from diancai.platform.proposals.queries import public_proposal
from diancai.platform.web.loading import loads


@loads("proposal_id", "proposal")
def load_proposal(session: Session, number: int, _things: Mapping[str, Any]) -> Proposal | None:
    """Drafts are nobody's: their authors come with a code."""
    return public_proposal(session, number)


@loads("support_id", "support")
def load_support(session: Session, number: int, things: Mapping[str, Any]) -> ProposalSupport | None:
    return session.scalar(select(ProposalSupport).filter_by(id=number, proposal_id=things["proposal"].id))
