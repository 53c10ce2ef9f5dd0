"""What residents of these tests ask for."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.core.actor import SYSTEM
from diancai.platform.divisions.models import Division
from diancai.platform.proposals.models import Proposal
from diancai.platform.proposals.operations.writing import Author, ProposalText, begin_draft, submit_proposal
from tests.factories import AT

LIFT = ProposalText("3号楼加装电梯", "六层没有电梯，老人下楼难", "3号楼", "3号楼36户", "装一部能放轮椅的电梯")
WANG = Author("王小明", "138 0013 8000")


def a_proposal(
    session: Session,
    street: Division,
    content: ProposalText = LIFT,
    author: Author = WANG,
    *,
    address: str = "",
    at: datetime = AT,
) -> Proposal:
    """Submitted, in the street's first community."""
    draft, _ = begin_draft(session, the_community(session, street), content, author, by=SYSTEM, at=at)
    return submit_proposal(session, draft, address=address, by=SYSTEM, at=at)


def the_community(session: Session, street: Division) -> Division:
    return session.scalars(select(Division).filter_by(parent_id=street.id)).one()
