"""支持、联名: neighbours put their telephone number under a proposal; a clerk calls, and then it counts."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, LimitReached, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.keys import keys_of
from diancai.platform.core.limits import add_failure, failures
from diancai.platform.core.masking import masked
from diancai.platform.core.moves import hold
from diancai.platform.proposals.events import SupportConfirmed
from diancai.platform.proposals.models import Proposal, ProposalSupport
from diancai.platform.proposals.naming import number_text, person_of, plain_phone, sealed_person
from diancai.platform.proposals.operations.writing import LONGEST_NAME
from diancai.platform.proposals.states import OPEN
from diancai.voting import has_valid_check

MOST_AN_HOUR = 30
"""From one address: a hall of neighbours may share one."""
FROM_ADDRESS = "support"


def support_proposal(
    session: Session, proposal: Proposal, *, name: str, phone: str, address: str, at: datetime
) -> ProposalSupport:
    """One for each telephone number, shown as 未核实 until a clerk confirms it.

    Nobody is told whether a number supports already: giving it twice changes nothing. Ballot codes are not taken here.
    Raises WrongState proposal.not_open; InvalidInput support.is_a_ballot_code, support.name_missing,
    proposal.name_too_long, phone.malformed; LimitReached support.too_many_from_here (most).
    """
    name = name.strip()
    if has_valid_check(phone) or has_valid_check(name):
        raise InvalidInput("support.is_a_ballot_code", field="phone")
    if not name:
        raise InvalidInput("support.name_missing", field="name")
    if len(name) > LONGEST_NAME:
        raise InvalidInput("proposal.name_too_long", field="name", most=LONGEST_NAME)
    phone = plain_phone(phone)
    hold(session, proposal)
    if proposal.state not in OPEN:
        raise WrongState("proposal.not_open")
    _count_address(session, address, at)
    return _given(session, proposal, name, phone, at=at)


def confirm_support(session: Session, proposal: Proposal, support: ProposalSupport, *, by: Actor, at: datetime) -> None:
    """A clerk has spoken with the person. Raises Conflict support.confirmed_already; WrongState proposal.not_open."""
    hold(session, proposal)
    if proposal.state not in OPEN:
        raise WrongState("proposal.not_open")
    session.refresh(support)
    if support.confirmed_at is not None:
        raise Conflict("support.confirmed_already")
    support.confirmed_at, support.confirmed_by = at, by.staff_id
    session.flush()
    event = SupportConfirmed(proposal.street_id, proposal.id, number_text(proposal), support.id)
    record(session, event, by=by, at=at)


def carry_support(session: Session, source: Proposal, target: Proposal) -> int:
    """Supporters of `source` support `target` too, each number once; what a clerk confirmed stays confirmed.

    Returns how many came. Those whose person was forgotten stay where they are.
    """
    keys = keys_of(session)
    here = select(ProposalSupport).where(ProposalSupport.proposal_id == source.id, ProposalSupport.person.is_not(None))
    count = 0
    for old in session.scalars(here.order_by(ProposalSupport.id)).all():
        assert old.person is not None  # the query says so
        person = person_of(keys, old.person)
        new = _given(session, target, person.name, person.phone, at=old.given_at, came_from=source)
        count += new.came_from_id == source.id
        if old.confirmed_at is not None and new.confirmed_at is None:
            new.confirmed_at, new.confirmed_by = old.confirmed_at, old.confirmed_by
    session.flush()
    return count


def _given(
    session: Session, proposal: Proposal, name: str, phone: str, *, at: datetime, came_from: Proposal | None = None
) -> ProposalSupport:
    keys = keys_of(session)
    key = keys.hmac("support", f"{proposal.id}|{phone}")
    found = session.scalar(select(ProposalSupport).filter_by(proposal_id=proposal.id, phone_key=key))
    if found is not None:
        return found
    support = ProposalSupport(
        proposal_id=proposal.id,
        phone_key=key,
        person=sealed_person(keys, name, phone),
        shown_name=masked(name),
        came_from_id=came_from.id if came_from else None,
        given_at=at,
    )
    session.add(support)
    session.flush()
    return support


def _count_address(session: Session, address: str, at: datetime) -> None:
    key = keys_of(session).hmac("address", address)
    if failures(session, FROM_ADDRESS, key, since=at - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise LimitReached("support.too_many_from_here", most=MOST_AN_HOUR)
    add_failure(session, FROM_ADDRESS, key, at=at)
