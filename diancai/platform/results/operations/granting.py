"""The approval came with another amount: what a round gets of it, and the public recount that follows (vote.md 4)."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.confirmations import ConfirmationRequest, confirmable, request_confirmation
from diancai.platform.results.operations.counting import recount_round
from diancai.platform.results.queries import GRANT
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.granting import check_grant, make_effective, make_effective_otherwise
from diancai.platform.rounds.states import RECOUNTABLE


def request_grant(
    session: Session, round_: Round, granted_fen: int, *, reason: str, by: Actor, at: datetime
) -> ConfirmationRequest:
    """Ask a leader to confirm what the round gets of the approved fund. `reason` becomes public.

    Raises as `check_grant` and `request_confirmation`.
    """
    check_grant(session, round_, granted_fen)
    return request_confirmation(
        session,
        GRANT,
        round_.street_id,
        reason=reason,
        by=by,
        at=at,
        round_id=round_.id,
        granted_fen=granted_fen,
    )


@confirmable(GRANT, Role.LEADER)
def grant_fund(
    session: Session, *, round_id: int, granted_fen: int, reason: str, by: Actor, requested_by: Actor, at: datetime
) -> None:
    """核定: the round becomes effective with this amount. What was counted of another is counted anew: the same ballots,
    the same draw, a new version to be certified, signed off and published. Raises as `check_grant`.
    """
    round_ = session.get_one(Round, round_id)
    if granted_fen == round_.fund_fen:
        make_effective(session, round_, by=by, at=at)
        return
    make_effective_otherwise(session, round_, granted_fen, reason=reason, by=by, at=at)
    if round_.state in RECOUNTABLE:
        recount_round(session, round_, reason=reason, by=by, at=at)
