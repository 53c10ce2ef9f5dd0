"""Restoring a backup into an empty database, and proving that it is whole.

A round that was open then is suspended: what was handed out, voided and cast since is missing, and only people can say
what that was (`polling/operations/recovery.py`).
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyrage
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput
from diancai.platform.backups.dumping import load
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import Event, broken_entries, record
from diancai.platform.core.db import Base
from diancai.platform.core.jobs import Job, JobState
from diancai.platform.core.migrate import newest_revision
from diancai.platform.core.timeline import note
from diancai.platform.polling.models import BallotCode, CodeState, InboxBallot, SealedBallot
from diancai.platform.polling.operations.sealing import last_seal
from diancai.platform.polling.paper_queries import sheet_counts
from diancai.platform.polling.recovery_models import StationRecovery
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.announcing import subject_of
from diancai.platform.rounds.states import RoundState
from diancai.voting import board_root

OPEN = (RoundState.VOTING, RoundState.SUSPENDED)


@dataclass(frozen=True)
class BackupRestored(Event):
    sha256: str
    suspended_rounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """Rows by table, and the rounds that wait for two people."""

    row_counts: dict[str, int]
    suspended: tuple[Round, ...]


def restore_backup(
    session: Session, content: bytes, identity: str, sha256: str, *, by: Actor, at: datetime
) -> Restored:
    """Fill the session's database, which has the newest schema and no rows.

    Nothing is kept unless the log's chain, every seal and every balance of ballots and codes hold. Raises InvalidInput
    backup.identity, backup.wrong_key, backup.not_one, backup.other_schema, backup.cut_off, backup.broken_log (number),
    backup.broken_seal (title), backup.unbalanced (title); Conflict backup.not_empty.
    """
    lines = decrypted(content, identity)
    _require_empty(session)
    counts = load(session.connection(), lines, newest_revision())
    _check(session)
    rounds = tuple(session.scalars(select(Round).where(Round.state.in_(OPEN)).order_by(Round.id)))
    for round_ in rounds:
        round_.state, round_.restored_at = RoundState.SUSPENDED, at
        note(session, subject_of(round_), "round.was_restored", at=at)
    session.execute(delete(StationRecovery))
    session.execute(update(Job).where(Job.state == JobState.RUNNING).values(state=JobState.WAITING, lease_until=None))
    session.flush()
    record(session, BackupRestored(None, sha256, tuple(round_.id for round_ in rounds)), by=by, at=at)
    return Restored(counts, rounds)


def decrypted(content: bytes, identity: str) -> Iterator[str]:
    """The lines of a backup, opened with the private half of a recipient's key."""
    try:
        key = pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError as problem:
        raise InvalidInput("backup.identity") from problem
    try:
        opened = gzip.decompress(pyrage.decrypt(content, [key]))
    except (pyrage.DecryptError, gzip.BadGzipFile, EOFError) as problem:
        raise InvalidInput("backup.wrong_key") from problem
    return iter(opened.decode().splitlines())


def _require_empty(session: Session) -> None:
    for table in Base.metadata.sorted_tables:
        if session.execute(select(table).limit(1)).first() is not None:
            raise Conflict("backup.not_empty")


def _check(session: Session) -> None:
    if (number := next(broken_entries(session), None)) is not None:
        raise InvalidInput("backup.broken_log", number=number)
    for round_ in session.scalars(select(Round)):
        _check_box(session, round_)


def _check_box(session: Session, round_: Round) -> None:
    """Every seal's root is over the ballots that came along, and there is one ballot a used code or accepted sheet."""
    keys = list(session.scalars(select(SealedBallot.tracker_key).where(SealedBallot.round_id == round_.id)))
    seal = last_seal(session, round_.id)
    if seal is not None and (seal.ballot_count, seal.root) != (len(keys), board_root(keys).hex()):
        raise InvalidInput("backup.broken_seal", title=round_.title)
    if round_.state in OPEN:
        used = _count(session, BallotCode.round_id == round_.id, BallotCode.state == CodeState.USED)
        waiting = _count(session, InboxBallot.round_id == round_.id)
        if len(keys) + waiting != used + sheet_counts(session, round_.id).valid:
            raise InvalidInput("backup.unbalanced", title=round_.title)


def _count(session: Session, *conditions: Any) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0
