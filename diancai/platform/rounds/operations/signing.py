"""拟稿 → 审核 → 签发: three different persons, and the hash of what each of them read (vote.md 4).

One table serves the announcement of a round (`subject` "round") and each version of its result ("result:2").
"""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.moves import move
from diancai.platform.rounds.events import PaperReturned, PaperReviewed, PaperSubmitted
from diancai.platform.rounds.models import Round, SignOff
from diancai.platform.rounds.queries import pending_sign_off
from diancai.platform.rounds.states import SIGN_OFF_MOVES, SignOffState


def submit_paper(
    session: Session, round_: Round, subject: str, content_sha256: str, *, by: Actor, at: datetime
) -> SignOff:
    """拟稿: hand a text on for review. Raises Conflict sign_off.waits_already."""
    if pending_sign_off(session, round_, subject) is not None:
        raise Conflict("sign_off.waits_already")
    assert by.staff_id is not None
    paper = SignOff(
        round_id=round_.id, subject=subject, content_sha256=content_sha256, drafted_by=by.staff_id, drafted_at=at
    )
    session.add(paper)
    record(session, PaperSubmitted(round_.street_id, round_.id, subject, content_sha256), by=by, at=at)
    return paper


def review_paper(
    session: Session, round_: Round, subject: str, content_sha256: str, *, by: Actor, at: datetime
) -> SignOff:
    """审核: `content_sha256` is what the reviewer read.

    Raises WrongState sign_off.nothing_waits, NotAllowed sign_off.same_person, Conflict sign_off.changed.
    """
    paper = _waiting(session, round_, subject, SignOffState.SUBMITTED)
    _check_other_person(paper, by)
    _check_same_text(paper, content_sha256)
    move(session, paper, SignOffState.REVIEWED, table=SIGN_OFF_MOVES, reviewed_by=by.staff_id, reviewed_at=at)
    record(session, PaperReviewed(round_.street_id, round_.id, subject, content_sha256), by=by, at=at)
    return paper


def sign_paper(
    session: Session, round_: Round, subject: str, content_sha256: str, *, minute_number: str, by: Actor, at: datetime
) -> SignOff:
    """签发 by the leader, with the number of the meeting's minutes. What follows leaves the event.

    Raises InvalidInput sign_off.minute_missing, and as `review_paper`.
    """
    if not minute_number.strip():
        raise InvalidInput("sign_off.minute_missing", field="minute_number")
    paper = _waiting(session, round_, subject, SignOffState.REVIEWED)
    _check_other_person(paper, by)
    _check_same_text(paper, content_sha256)
    move(
        session,
        paper,
        SignOffState.SIGNED,
        table=SIGN_OFF_MOVES,
        signed_by=by.staff_id,
        signed_at=at,
        minute_number=minute_number.strip(),
    )
    return paper


def return_paper(session: Session, round_: Round, subject: str, *, reason: str, by: Actor, at: datetime) -> None:
    """退回: back to drafting, with the reason. Raises InvalidInput sign_off.reason_missing, WrongState sign_off.nothing_waits."""
    if not reason.strip():
        raise InvalidInput("sign_off.reason_missing", field="reason")
    paper = pending_sign_off(session, round_, subject)
    if paper is None:
        raise WrongState("sign_off.nothing_waits")
    move(session, paper, SignOffState.SUPERSEDED, table=SIGN_OFF_MOVES, return_reason=reason.strip())
    record(session, PaperReturned(round_.street_id, round_.id, subject, reason.strip()), by=by, at=at)


def supersede_paper(session: Session, round_: Round, subject: str) -> None:
    """The text changed under a paper that waits: its review is void. Nothing happens when none waits."""
    paper = pending_sign_off(session, round_, subject)
    if paper is not None:
        move(session, paper, SignOffState.SUPERSEDED, table=SIGN_OFF_MOVES)


def _waiting(session: Session, round_: Round, subject: str, state: SignOffState) -> SignOff:
    paper = pending_sign_off(session, round_, subject)
    if paper is None or paper.state is not state:
        raise WrongState("sign_off.nothing_waits")
    return paper


def _check_other_person(paper: SignOff, by: Actor) -> None:
    if by.staff_id in (paper.drafted_by, paper.reviewed_by):
        raise NotAllowed("sign_off.same_person")


def _check_same_text(paper: SignOff, content_sha256: str) -> None:
    if paper.content_sha256 != content_sha256:
        raise Conflict("sign_off.changed")
