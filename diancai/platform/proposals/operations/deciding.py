"""受理、不予受理、并案、拆分: what the office does with a proposal, each time with a reason that everybody reads."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.keys import keys_of
from diancai.platform.core.moves import hold, move
from diancai.platform.core.timeline import note
from diancai.platform.divisions.models import Division
from diancai.platform.proposals.events import ProposalAccepted, ProposalDeclined, ProposalMerged, ProposalSplit
from diancai.platform.proposals.models import Proposal
from diancai.platform.proposals.naming import number_text, person_of
from diancai.platform.proposals.operations.supporting import carry_support
from diancai.platform.proposals.operations.writing import Author, ProposalText, begin_draft, submit_proposal
from diancai.platform.proposals.states import OPEN, PROPOSAL_MOVES, ProposalState

LONGEST_REASON = 1000
LEAST_PARTS = 2


def accept_proposal(session: Session, proposal: Proposal, *, by: Actor, at: datetime) -> None:
    """Raises WrongState state.not_from_here."""
    move(session, proposal, ProposalState.ACCEPTED, table=PROPOSAL_MOVES, decided_at=at, decided_by=by.staff_id)
    record(session, ProposalAccepted(proposal.street_id, proposal.id, number_text(proposal)), by=by, at=at)
    note(session, _subject(proposal), "proposal.accepted", at=at)


def decline_proposal(session: Session, proposal: Proposal, *, reason: str, by: Actor, at: datetime) -> None:
    """The reason is public. Raises InvalidInput proposal.reason_missing, proposal.too_long; WrongState state.not_from_here."""
    reason = _reason(reason)
    decided = {"decided_at": at, "decided_by": by.staff_id, "reason": reason}
    move(session, proposal, ProposalState.DECLINED, table=PROPOSAL_MOVES, **decided)
    record(session, ProposalDeclined(proposal.street_id, proposal.id, number_text(proposal), reason), by=by, at=at)
    note(session, _subject(proposal), "proposal.declined", at=at, reason=reason)


def merge_proposals(
    session: Session, proposal: Proposal, into: Proposal, *, reason: str, by: Actor, at: datetime
) -> int:
    """并案: `proposal` goes on as `into`, its supporters with it, each telephone number once.

    Returns how many came. Raises InvalidInput proposal.merge_itself, .merge_other_street, .reason_missing;
    WrongState proposal.not_open (number) for one that was merged or decided already.
    """
    reason = _reason(reason)
    if proposal.id == into.id:
        raise InvalidInput("proposal.merge_itself", field="into")
    if proposal.street_id != into.street_id:
        raise InvalidInput("proposal.merge_other_street", field="into")
    # the same order everywhere: two officers cannot wait in a circle
    for one in sorted((proposal, into), key=lambda one: one.id):
        hold(session, one)
        _require_open(one)
    decided = {"decided_at": at, "decided_by": by.staff_id, "reason": reason, "merged_into_id": into.id}
    move(session, proposal, ProposalState.MERGED, table=PROPOSAL_MOVES, **decided)
    count = carry_support(session, proposal, into)
    here, there = number_text(proposal), number_text(into)
    record(session, ProposalMerged(proposal.street_id, proposal.id, here, there, count), by=by, at=at)
    note(session, _subject(proposal), "proposal.merged", at=at, number=there)
    note(session, _subject(into), "proposal.merged_here", at=at, number=here, count=count)
    return count


def split_proposal(
    session: Session, proposal: Proposal, texts: Sequence[ProposalText], *, reason: str, by: Actor, at: datetime
) -> list[Proposal]:
    """拆分: two or more proposals in its place, each with its author and all of its supporters.

    Raises InvalidInput proposal.too_few_parts (least), .reason_missing, and as `begin_draft`, `submit_proposal`;
    WrongState proposal.not_open (number).
    """
    reason = _reason(reason)
    if len(texts) < LEAST_PARTS:
        raise InvalidInput("proposal.too_few_parts", least=LEAST_PARTS)
    hold(session, proposal)
    _require_open(proposal)
    parts = [_part(session, proposal, text, by=by, at=at) for text in texts]
    decided = {"decided_at": at, "decided_by": by.staff_id, "reason": reason}
    move(session, proposal, ProposalState.SPLIT, table=PROPOSAL_MOVES, **decided)
    numbers = tuple(number_text(part) for part in parts)
    record(session, ProposalSplit(proposal.street_id, proposal.id, number_text(proposal), numbers), by=by, at=at)
    note(session, _subject(proposal), "proposal.split", at=at, numbers="、".join(numbers))
    return parts


def _part(session: Session, proposal: Proposal, text: ProposalText, *, by: Actor, at: datetime) -> Proposal:
    person = person_of(keys_of(session), proposal.author) if proposal.author else None
    author = Author(person.name, person.phone, proposal.source) if person else Author("", "", proposal.source)
    community = session.get_one(Division, proposal.community_id)
    part, _ = begin_draft(session, community, text, author, intake=proposal.intake, by=by, at=at)
    part.entered_by, part.author, part.shown_name = proposal.entered_by, proposal.author, proposal.shown_name
    part.split_from_id = proposal.id
    submit_proposal(session, part, by=by, at=at)
    carry_support(session, proposal, part)
    note(session, _subject(part), "proposal.split_from", at=at, number=number_text(proposal))
    return part


def _require_open(proposal: Proposal) -> None:
    if proposal.state not in OPEN:
        raise WrongState("proposal.not_open_now", number=number_text(proposal))


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput("proposal.reason_missing", field="reason")
    if len(text) > LONGEST_REASON:
        raise InvalidInput("proposal.too_long", field="reason", most=LONGEST_REASON)
    return text


def _subject(proposal: Proposal) -> str:
    return f"proposal:{proposal.id}"
