"""Support by telephone number, and what the office does: 受理, 不予受理, 并案, 拆分."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, DomainError, InvalidInput, WrongState
from diancai.platform.core.actor import SYSTEM, Role
from diancai.platform.core.timeline import timeline_of
from diancai.platform.proposals.models import Proposal
from diancai.platform.proposals.operations.deciding import (
    accept_proposal,
    decline_proposal,
    merge_proposals,
    split_proposal,
)
from diancai.platform.proposals.operations.supporting import confirm_support, support_proposal
from diancai.platform.proposals.operations.writing import withdraw_proposal
from diancai.platform.proposals.queries import Support, merged_into, parts_of, support_of, supporters_of
from diancai.platform.proposals.states import ProposalState
from diancai.voting import new_code
from tests.factories import AT, a_staff, a_street
from tests.platform.proposals.needs import LIFT, a_proposal

LATER = AT + timedelta(days=1)


def support(session: Session, proposal: Proposal, *tails: int) -> None:
    for tail in tails:
        support_proposal(session, proposal, name="李晓明", phone=f"139000{tail:05d}", address=str(tail), at=AT)


def counts(session: Session, proposal: Proposal) -> tuple[int, int]:
    found: Support = support_of(session, [proposal.id])[proposal.id]
    return found.given, found.confirmed


def test_a_phone_supports_once_and_counts_once_a_clerk_has_called(session: Session) -> None:
    street = a_street(session)
    clerk, proposal = a_staff(session, street, Role.CLERK), a_proposal(session, street)
    support(session, proposal, 1, 2, 1)
    assert counts(session, proposal) == (2, 0)
    [first, _] = supporters_of(session, proposal)
    assert first.shown_name == "李*明"
    confirm_support(session, proposal, first, by=clerk, at=LATER)
    assert counts(session, proposal) == (2, 1)
    with pytest.raises(Conflict):
        confirm_support(session, proposal, first, by=clerk, at=LATER)
    for statement in (
        "UPDATE proposal_support SET confirmed_at = NULL, confirmed_by = NULL",
        "DELETE FROM proposal_support",
    ):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(f"{statement} WHERE id = {first.id}"))


def test_the_same_phone_leaves_another_trace_under_every_proposal(session: Session) -> None:
    """Nobody who reads the table learns that one person supports both."""
    street = a_street(session)
    first, second = a_proposal(session, street), a_proposal(session, street)
    support(session, first, 1)
    support(session, second, 1)
    [one], [other] = supporters_of(session, first), supporters_of(session, second)
    assert one.phone_key != other.phone_key


@pytest.mark.parametrize("field", ["name", "phone"])
def test_a_ballot_code_is_never_taken_as_support(session: Session, field: str) -> None:
    proposal = a_proposal(session, a_street(session))
    given = {"name": "李晓明", "phone": "13900000001", field: new_code()}
    with pytest.raises(InvalidInput) as refused:
        support_proposal(session, proposal, **given, address="", at=AT)
    assert refused.value.code == "support.is_a_ballot_code"
    assert counts(session, proposal) == (0, 0)


def test_merging_takes_supporters_along_once_each_and_leads_both_ways(session: Session) -> None:
    street = a_street(session)
    officer, clerk = a_staff(session, street, Role.OFFICER), a_staff(session, street, Role.CLERK)
    here, there = a_proposal(session, street), a_proposal(session, street, replace(LIFT, title="老楼电梯"))
    support(session, here, 1, 2, 3)
    support(session, there, 3, 4)
    for one in supporters_of(session, here)[:2]:
        confirm_support(session, here, one, by=clerk, at=AT)
    came = merge_proposals(session, here, there, reason="同一部电梯", by=officer, at=LATER)
    assert (came, counts(session, there)) == (2, (4, 2))
    assert counts(session, here) == (3, 2)  # its own history stays
    assert (here.state, here.merged_into_id) == (ProposalState.MERGED, there.id)
    assert merged_into(session, there) == [here]
    told = [entry.code for entry in timeline_of(session, f"proposal:{there.id}")]
    assert told == ["proposal.submitted", "proposal.merged_here"]


def test_a_merged_one_cannot_be_merged_again_nor_be_a_target_nor_be_supported(session: Session) -> None:
    street = a_street(session)
    officer = a_staff(session, street, Role.OFFICER)
    first, second, third = (a_proposal(session, street) for _ in range(3))
    merge_proposals(session, first, second, reason="一件事", by=officer, at=AT)
    for source, target in ((first, third), (third, first), (second, first)):
        with pytest.raises(WrongState):
            merge_proposals(session, source, target, reason="一件事", by=officer, at=AT)
    with pytest.raises(WrongState):
        support(session, first, 1)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text(f"UPDATE proposal SET state = 'merged', merged_into_id = {first.id} WHERE id = {third.id}")
        )
    merge_proposals(session, second, third, reason="一件事", by=officer, at=AT)  # what goes on may go on as another
    assert merged_into(session, third) == [second]


def test_one_street_does_not_merge_into_another_nor_a_proposal_into_itself(session: Session) -> None:
    street = a_street(session)
    officer, mine, theirs = (
        a_staff(session, street, Role.OFFICER),
        a_proposal(session, street),
        a_proposal(session, a_street(session, code="110105002000")),
    )
    for target, code in ((mine, "proposal.merge_itself"), (theirs, "proposal.merge_other_street")):
        with pytest.raises(InvalidInput) as refused:
            merge_proposals(session, mine, target, reason="一件事", by=officer, at=AT)
        assert refused.value.code == code


def test_splitting_gives_every_part_the_author_and_all_supporters(session: Session) -> None:
    street = a_street(session)
    officer, whole = a_staff(session, street, Role.OFFICER), a_proposal(session, street)
    support(session, whole, 1, 2)
    texts = [replace(LIFT, title="加装电梯"), replace(LIFT, title="修门前的坡道")]
    parts = split_proposal(session, whole, texts, reason="两件事", by=officer, at=LATER)
    assert [(part.title, part.shown_name, counts(session, part)) for part in parts] == [
        ("加装电梯", "王*明", (2, 0)),
        ("修门前的坡道", "王*明", (2, 0)),
    ]
    assert (whole.state, parts_of(session, whole)) == (ProposalState.SPLIT, parts)
    with pytest.raises(InvalidInput):
        split_proposal(session, parts[0], texts[:1], reason="一件事", by=officer, at=LATER)


@pytest.mark.parametrize("reason", ["", "长" * 1001])
def test_a_refusal_has_a_reason_that_can_be_read(session: Session, reason: str) -> None:
    street = a_street(session)
    officer, proposal = a_staff(session, street, Role.OFFICER), a_proposal(session, street)
    with pytest.raises(InvalidInput):
        decline_proposal(session, proposal, reason=reason, by=officer, at=AT)
    assert proposal.state is ProposalState.SUBMITTED


def test_two_officers_at_once_decide_once(session: Session) -> None:
    street = a_street(session)
    officer, proposal = a_staff(session, street, Role.OFFICER), a_proposal(session, street)
    accept_proposal(session, proposal, by=officer, at=AT)
    with pytest.raises(DomainError):
        accept_proposal(session, proposal, by=officer, at=AT)
    decline_proposal(session, proposal, reason="已列入区里计划", by=officer, at=LATER)
    with pytest.raises(DomainError):
        withdraw_proposal(session, proposal, by=SYSTEM, at=LATER)
    assert [entry.code for entry in timeline_of(session, f"proposal:{proposal.id}")][-1] == "proposal.declined"
