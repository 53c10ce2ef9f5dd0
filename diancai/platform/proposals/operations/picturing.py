"""Pictures of a proposal: its author adds them to the draft; the office may take one down afterwards."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, LimitReached, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.moves import hold
from diancai.platform.core.pictures import clean_picture, keep_picture
from diancai.platform.core.timeline import note
from diancai.platform.proposals.events import ProposalPictureRemoved
from diancai.platform.proposals.models import Proposal, ProposalPicture
from diancai.platform.proposals.naming import number_text
from diancai.platform.proposals.queries import pictures_of
from diancai.platform.proposals.states import ProposalState

MOST_PICTURES = 3


def add_pictures(session: Session, draft: Proposal, contents: Sequence[bytes]) -> None:
    """Decoded and encoded anew, without position; the same picture twice stays one.

    Raises WrongState proposal.not_a_draft; LimitReached proposal.too_many_pictures (most); InvalidInput as `clean_picture`.
    """
    hold(session, draft)
    if draft.state is not ProposalState.DRAFT:
        raise WrongState("proposal.not_a_draft")
    kept = {one.picture_sha256 for one in pictures_of(session, [draft.id])[draft.id]}
    for content in contents:
        picture = keep_picture(session, clean_picture(content))
        if picture.sha256 in kept:
            continue
        kept.add(picture.sha256)
        if len(kept) > MOST_PICTURES:
            raise LimitReached("proposal.too_many_pictures", field="picture", most=MOST_PICTURES)
        session.add(ProposalPicture(proposal_id=draft.id, picture_sha256=picture.sha256))
    session.flush()


def drop_picture(session: Session, draft: Proposal, sha256: str) -> None:
    """By its author, of a draft; one that is gone already is no error. Raises WrongState proposal.not_a_draft."""
    hold(session, draft)
    if draft.state is not ProposalState.DRAFT:
        raise WrongState("proposal.not_a_draft")
    _delete(session, draft, sha256)


def take_down_picture(
    session: Session, proposal: Proposal, sha256: str, *, reason: str, by: Actor, at: datetime
) -> None:
    """By the office, with a reason for everybody to read. Raises InvalidInput proposal.reason_missing, .no_such_picture."""
    if not reason.strip():
        raise InvalidInput("proposal.reason_missing", field="reason")
    hold(session, proposal)
    if not _delete(session, proposal, sha256):
        raise InvalidInput("proposal.no_such_picture")
    number = number_text(proposal)
    record(
        session, ProposalPictureRemoved(proposal.street_id, proposal.id, number, sha256, reason.strip()), by=by, at=at
    )
    note(session, f"proposal:{proposal.id}", "proposal.picture_removed", at=at, reason=reason.strip())


def _delete(session: Session, proposal: Proposal, sha256: str) -> bool:
    found = [one for one in pictures_of(session, [proposal.id])[proposal.id] if one.picture_sha256 == sha256]
    for one in found:
        session.delete(one)
    session.flush()
    return bool(found)
