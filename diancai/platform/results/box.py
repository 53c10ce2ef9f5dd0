"""Opening the box: its ballots, once it is shown that they are those of the closing seal.

The only reader of choices in the platform. Nothing here runs before CLOSED (`rounds.states.UNDER_EMBARGO`).
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, NotFound, WrongState
from diancai.platform.polling.models import BallotCode, ClosingMinute, CodeState, InboxBallot, SealedBallot
from diancai.platform.results.bundle import Closing
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import UNDER_EMBARGO, RoundState
from diancai.voting import board_root, hash_b


@dataclass(frozen=True)
class Box:
    """What the closing seal shut: the minute, the keys and the texts, each in an order of its own."""

    minute: ClosingMinute
    tracker_keys: tuple[bytes, ...]
    texts: tuple[str, ...]

    def closing(self, *, is_imported: bool) -> Closing:
        minute = self.minute
        if is_imported:
            return Closing(minute.ballot_count, minute.hash_b)
        return Closing(
            ballot_count=minute.ballot_count,
            hash_b=minute.hash_b,
            given_count=minute.given_count,
            used_count=minute.used_code_count,
            paper_count=minute.sheet_count,
            root_a=minute.root_a,
            closed_at=minute.sealed_at,
        )


def closing_minute(session: Session, round_: Round) -> ClosingMinute:
    """Raises NotFound results.no_closing_minute."""
    minute = session.get(ClosingMinute, round_.id)
    if minute is None:
        raise NotFound("results.no_closing_minute")
    return minute


def open_box(session: Session, round_: Round) -> Box:
    """Read all ballots and check them against the minute.

    Raises WrongState while the embargo holds; Conflict results.box_differs (what, minute, found) when a single number
    or hash is not the one of the closing seal: then nothing may be counted.
    """
    if round_.state in UNDER_EMBARGO and round_.state is not RoundState.CLOSED:
        raise WrongState("results.under_embargo")
    minute = closing_minute(session, round_)
    # The columns of the table, not of the class: no object is made for a ballot.
    columns = SealedBallot.__table__.c
    rows = session.execute(select(columns.tracker_key, columns.choices).where(columns.round_id == round_.id)).all()
    box = Box(minute, tuple(sorted(key for key, _ in rows)), tuple(text for _, text in rows))
    _check_counts(session, round_, box)
    _same("root_a", minute.root_a, board_root(box.tracker_keys).hex())
    _same("hash_b", minute.hash_b, hash_b(box.texts).hex())
    return box


def _check_counts(session: Session, round_: Round, box: Box) -> None:
    """Ballots = used codes (vote.md 4), as the minute has them and as the tables have them now."""
    _same("ballots", box.minute.ballot_count, len(box.texts))
    if round_.is_imported:
        return
    used = select(func.count()).where(BallotCode.round_id == round_.id, BallotCode.state == CodeState.USED)
    waiting = select(func.count()).where(InboxBallot.round_id == round_.id)
    _same("used_codes", box.minute.used_code_count, session.scalar(used))
    _same("ballots", 0, session.scalar(waiting))
    if box.minute.ballot_count > box.minute.given_count:
        raise Conflict("results.box_differs", what="given", minute=box.minute.given_count, found=len(box.texts))


def _same(what: str, minute: int | str, found: int | str | None) -> None:
    if minute != found:
        raise Conflict("results.box_differs", what=what, minute=minute, found=found)
