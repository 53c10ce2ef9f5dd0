"""Seals while voting, and the closing seal that unlinks everything for good (vote.md 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, WrongState
from diancai.platform.core.actor import SYSTEM, Actor
from diancai.platform.core.audit import Event, record
from diancai.platform.core.confirmations import Span, lapse_requests
from diancai.platform.core.jobs import cancel, enqueue
from diancai.platform.core.keys import keys_of
from diancai.platform.core.moves import move
from diancai.platform.core.timeline import note
from diancai.platform.polling.models import (
    HANDED_OUT,
    BallotCode,
    BatchState,
    ClosingMinute,
    CodeBatch,
    CodeState,
    InboxBallot,
    RegisterEntry,
    Seal,
    SealedBallot,
)
from diancai.platform.polling.offline_models import KeyShare, KioskBallot, KioskCode
from diancai.platform.polling.offline_queries import require_kiosks_counted
from diancai.platform.polling.operations.paper import require_papers_read
from diancai.platform.polling.operations.scanning import erase_scans_of
from diancai.platform.polling.paper_queries import SheetCounts, sheet_counts
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import ROUND_MOVES, RoundState
from diancai.voting import board_root, hash_b

SMALLEST_BATCH = 25
SHORTEST_INTERVAL = timedelta(minutes=10)


@dataclass(frozen=True)
class RoundSealed(Event):
    """The closing seal, as the minutes carry it before any count."""

    round_id: int
    root_a: str
    hash_b: str
    ballot_count: int


@dataclass(frozen=True)
class VoidRoundUnbalanced(Event):
    """A void round was sealed though its ballots and used codes differ in number."""

    round_id: int
    ballot_count: int
    used_code_count: int


@dataclass(frozen=True)
class TracesErased(Event):
    """Idempotency keys, serials, dead rows and the write-ahead log of a closed round are gone."""

    round_id: int


def seal_inbox(session: Session, round_: Round, *, at: datetime) -> Seal | None:
    """Seal when at least 25 ballots wait and the last seal is at least 10 minutes old; None otherwise."""
    waiting = session.scalar(select(func.count()).where(InboxBallot.round_id == round_.id)) or 0
    last = last_seal(session, round_.id)
    since = last.sealed_at if last else round_.opens_at
    if waiting < SMALLEST_BATCH or at - since < SHORTEST_INTERVAL:
        return None
    return _seal(session, round_.id, at=at, is_closing=False)


def last_seal(session: Session, round_id: int) -> Seal | None:
    return session.scalars(select(Seal).where(Seal.round_id == round_id).order_by(Seal.number.desc()).limit(1)).first()


def close_round(session: Session, round_: Round, *, by: Actor, at: datetime) -> ClosingMinute:
    """COLLECTING → CLOSED: every station has balanced, then the closing seal, then the minutes' hashes.

    Raises WrongState batch.still_waits, state.not_from_here for a round that is not in COLLECTING, Conflict
    state.changed_meanwhile, what `require_kiosks_counted`, `require_papers_read` or `seal_for_good` raises. Source:
    vote.md 4.
    """
    _require_end_of_issuing(session, round_)
    require_papers_read(session, round_)
    move(session, round_, RoundState.CLOSED, table=ROUND_MOVES, counting_since=at)  # first: of two only one goes on
    minute = seal_for_good(session, round_, by=by, at=at)
    note(session, f"round:{round_.id}", "round.closed", at=at, count=minute.ballot_count, root=minute.root_a)
    return minute


def seal_for_good(session: Session, round_: Round, *, by: Actor, at: datetime) -> ClosingMinute:
    """The closing seal, in the caller's one transaction.

    The last ballots are sealed; the box is written anew in order of its keys and the codes in order of theirs, without
    `idem` and serials; the register forgets which posted slip a household got. A job then has the database give up its
    dead rows and its log. Raises Conflict closing.ballots_and_codes_differ (ballots, codes, sheets): nothing is
    sealed then.
    """
    box = unlink(session, round_, at=at)
    if not box.is_balanced:
        codes, sheets = box.used_code_count, box.sheets.valid
        raise Conflict("closing.ballots_and_codes_differ", ballots=len(box.texts), codes=codes, sheets=sheets)
    lapse_requests(session, round_.street_id, round_.id, Span.COLLECTING, by=by, at=at)
    return _write_minute(session, round_, box, by=by, at=at)


def seal_void_round(session: Session, round_: Round, *, at: datetime) -> None:
    """The closing seal of a void round. Nothing of it will be counted, so a box that does not balance is sealed too,
    and the difference goes on record instead of minutes: the traces must not outlive the round (vote.md 3).
    """
    box = unlink(session, round_, at=at)
    if box.is_balanced:
        _write_minute(session, round_, box, by=SYSTEM, at=at)
        return
    accounted = box.used_code_count + box.sheets.valid
    event = VoidRoundUnbalanced(round_.street_id, round_.id, len(box.texts), accounted)
    record(session, event, by=SYSTEM, at=at)


@dataclass(frozen=True, slots=True)
class _Box:
    seal: Seal
    texts: list[str]
    used_code_count: int
    sheets: SheetCounts

    @property
    def is_balanced(self) -> bool:
        """Ballots = used codes + accepted paper sheets (vote.md 4)."""
        return len(self.texts) == self.used_code_count + self.sheets.valid


def unlink(session: Session, round_: Round, *, at: datetime) -> _Box:
    """The last seal, and nothing left that could tell one use of a code or one ballot from another."""
    round_id = round_.id
    seal = _seal(session, round_id, at=at, is_closing=True)
    texts, codes = _rewrite_box(session, round_id), _rewrite_codes(session, round_id)
    box = _Box(seal, texts, codes, sheet_counts(session, round_id))
    session.execute(update(RegisterEntry).where(RegisterEntry.round_id == round_id).values(delivered_serial=None))
    _forget_kiosks(session, round_id)
    erase_scans_of(session, round_id)
    cancel(session, f"seal:{round_id}")
    enqueue(session, "polling.erase_traces", round_id, due_at=at, unique_key=f"erase:{round_id}")
    enqueue(session, "backups.destroy", round_id, due_at=at, unique_key=f"backups:{round_id}")
    return box


def _write_minute(session: Session, round_: Round, box: _Box, *, by: Actor, at: datetime) -> ClosingMinute:
    round_id = round_.id
    minute = ClosingMinute(
        round_id=round_id,
        root_a=box.seal.root,
        hash_b=hash_b(box.texts).hex(),
        ballot_count=len(box.texts),
        used_code_count=box.used_code_count,
        sheet_count=box.sheets.valid,
        invalid_sheet_count=box.sheets.invalid,
        given_count=_register_count(session, round_id, RegisterEntry.given.in_(HANDED_OUT)),
        register_count=_register_count(session, round_id, RegisterEntry.is_eligible),
        late_count=_register_count(session, round_id, RegisterEntry.is_late & RegisterEntry.is_eligible),
        sealed_at=at,
    )
    session.add(minute)
    event = RoundSealed(round_.street_id, round_id, minute.root_a, minute.hash_b, minute.ballot_count)
    record(session, event, by=by, at=at)
    return minute


def record_erasure(session: Session, round_: Round, *, at: datetime) -> None:
    """Put on record that the traces of a closed round are gone."""
    record(session, TracesErased(round_.street_id, round_.id), by=SYSTEM, at=at)


def seal_message(round_id: int, number: int, ballot_count: int, root: str) -> bytes:
    """What a seal's Ed25519 signature is over."""
    return f"diancai-seal/1\n{round_id}\n{number}\n{ballot_count}\n{root}".encode()


def _seal(session: Session, round_id: int, *, at: datetime, is_closing: bool) -> Seal:
    _move_inbox(session, round_id)
    session.flush()
    keys = session.scalars(select(SealedBallot.tracker_key).where(SealedBallot.round_id == round_id)).all()
    last = last_seal(session, round_id)
    number = last.number + 1 if last else 1
    root = board_root(keys).hex()
    signature = keys_of(session).sign(seal_message(round_id, number, len(keys), root)).hex()
    seal = Seal(
        round_id=round_id,
        number=number,
        sealed_at=at,
        ballot_count=len(keys),
        root=root,
        signature=signature,
        is_closing=is_closing,
    )
    session.add(seal)
    session.flush()
    return seal


def _move_inbox(session: Session, round_id: int) -> None:
    """Read and lock the waiting ballots first: one that arrives meanwhile stays in the inbox."""
    waiting = (
        select(InboxBallot.tracker_key, InboxBallot.round_id, InboxBallot.choices)
        .where(InboxBallot.round_id == round_id)
        .order_by(InboxBallot.tracker_key)
        .with_for_update()
    )
    rows = session.execute(waiting).all()
    _insert(session, SealedBallot, rows)
    for start in range(0, len(rows), 500):
        keys = [row.tracker_key for row in rows[start : start + 500]]
        session.execute(delete(InboxBallot).where(InboxBallot.tracker_key.in_(keys)))


def _rewrite_box(session: Session, round_id: int) -> list[str]:
    """All rows written by one transaction, in order of their keys. Returns the texts."""
    columns = (SealedBallot.round_id, SealedBallot.tracker_key, SealedBallot.choices)
    mine = SealedBallot.round_id == round_id
    rows = session.execute(select(*columns).where(mine).order_by(SealedBallot.tracker_key)).all()
    session.execute(delete(SealedBallot).where(mine))
    _insert(session, SealedBallot, rows)
    return [row.choices for row in rows]


def _rewrite_codes(session: Session, round_id: int) -> int:
    """As the box, without what could still tell one use from another. Returns the number of used codes."""
    columns = (BallotCode.code_key, BallotCode.round_id, BallotCode.station_id, BallotCode.state)
    mine = BallotCode.round_id == round_id
    rows = session.execute(select(*columns).where(mine).order_by(BallotCode.code_key).with_for_update()).all()
    session.execute(delete(BallotCode).where(mine))
    _insert(session, BallotCode, rows)
    return sum(row.state is CodeState.USED for row in rows)


def _forget_kiosks(session: Session, round_id: int) -> None:
    """Which codes were a terminal's, and ballots of a void round that nobody will open."""
    of_round = select(BallotCode.code_key).where(BallotCode.round_id == round_id)
    session.execute(delete(KioskCode).where(KioskCode.code_key.in_(of_round)))
    session.execute(delete(KioskBallot).where(KioskBallot.round_id == round_id))
    session.execute(update(KeyShare).where(KeyShare.round_id == round_id).values(typed=None))


def _insert(session: Session, table: type, rows: Sequence[Any]) -> None:
    if rows:
        session.execute(insert(table), [dict(row._mapping) for row in rows])


def _register_count(session: Session, round_id: int, condition: Any) -> int:
    counted = select(func.count()).select_from(RegisterEntry).where(RegisterEntry.round_id == round_id, condition)
    return session.scalar(counted) or 0


def _require_end_of_issuing(session: Session, round_: Round) -> None:
    require_kiosks_counted(session, round_)
    waiting = select(CodeBatch.id).where(
        CodeBatch.round_id == round_.id, CodeBatch.state.in_((BatchState.REQUESTED, BatchState.APPROVED))
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise WrongState("batch.still_waits")
