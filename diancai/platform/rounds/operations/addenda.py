"""Public notes beside the rule book, whose hash they leave as it is (vote.md 4)."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.core.actor import Actor
from diancai.platform.core.timeline import note
from diancai.platform.rounds.models import Round, RoundAddendum
from diancai.platform.rounds.operations.announcing import subject_of


def add_addendum(
    session: Session,
    round_: Round,
    code: str,
    reason: str,
    *,
    closes_at: datetime | None = None,
    fund_fen: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Signed with the name of the one who made it; `closes_at` and `fund_fen` are what it changes."""
    assert by.staff_id is not None
    changed: dict[str, datetime | int] = {}
    if closes_at is not None:
        changed["closes_at"] = closes_at
    if fund_fen is not None:
        changed["fund_fen"] = fund_fen
    row = RoundAddendum(
        round_id=round_.id, code=code, reason=reason, signed_by=by.staff_id, signer_name=by.name, at=at, **changed
    )
    session.add(row)
    note(session, subject_of(round_), f"round.{code}", at=at, reason=reason, **changed)
