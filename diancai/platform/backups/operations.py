"""Taking a backup, and destroying it once it could tell too much (vote.md 1, security.md B2 #22).

While votes are taken a copy is made in the transaction of a regular seal: it holds no ballot that is not sealed among at
least 25, and two copies never differ by one person's ballot.
"""

import gzip
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyrage
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.backups.dumping import batched_text, dumped
from diancai.platform.backups.models import Backup, BackupRound
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import Event, record
from diancai.platform.core.migrate import newest_revision
from diancai.platform.polling.models import InboxBallot, SealedBallot
from diancai.platform.polling.operations.sealing import seal_inbox
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState

OPEN = (RoundState.VOTING, RoundState.SUSPENDED, RoundState.COLLECTING)


@dataclass(frozen=True)
class BackupTaken(Event):
    backup_id: int
    sha256: str
    recipients: tuple[str, ...]
    open_rounds: tuple[int, ...]


@dataclass(frozen=True)
class BackupDestroyed(Event):
    backup_id: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """A scrutineer who can open the copy: with the private half of an age key that never was on the server."""

    name: str
    public_key: str


def read_recipients(text: str) -> list[Recipient]:
    """One a line, a name and an age key; lines that begin with # are remarks.

    Raises InvalidInput backup.recipient (line), backup.no_recipients.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, public_key = line.strip().rpartition(" ")
        _key_of(public_key, number)
        found.append(Recipient(name.strip() or public_key, public_key))
    if not found:
        raise InvalidInput("backup.no_recipients")
    return found


def take_backup(session: Session, path: Path, recipients: Sequence[Recipient], *, by: Actor, at: datetime) -> Backup:
    """Write the whole database to a new encrypted file and put it on record, all as of one moment.

    `session`: of `core.db.one_moment`. Every open round is sealed first. The caller removes the file if the transaction
    fails. Raises WrongState backup.unsealed (title, waiting): some ballots cannot be sealed yet, try again after the
    next seal; Conflict backup.file_exists (path).
    """
    rounds = list(session.scalars(select(Round).where(Round.state.in_(OPEN)).order_by(Round.id)))
    for round_ in rounds:
        _seal_all(session, round_, at)
    session.flush()
    content = encrypted(session, recipients, at)
    sha256 = hashlib.sha256(content).hexdigest()
    _write(path, content)
    backup = Backup(taken_at=at, path=str(path.absolute()), sha256=sha256, byte_count=len(content))
    session.add(backup)
    session.flush()
    for round_ in rounds:
        session.add(BackupRound(backup_id=backup.id, round_id=round_.id, ballot_count=_sealed_count(session, round_)))
    names = tuple(recipient.name for recipient in recipients)
    event = BackupTaken(None, backup.id, sha256, names, tuple(round_.id for round_ in rounds))
    record(session, event, by=by, at=at)
    return backup


def encrypted(session: Session, recipients: Sequence[Recipient], at: datetime) -> bytes:
    """The dump, compressed, in the age format: `age -d` opens it too."""
    lines = dumped(session.connection(), newest_revision(), at)
    content = gzip.compress(b"".join(batched_text(lines)), compresslevel=6, mtime=0)
    return pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(one.public_key) for one in recipients])


def destroy_backup(session: Session, backup: Backup, *, by: Actor, at: datetime) -> None:
    """Put on record that a copy is gone; its file is removed where it was written. Copies of it are the office's to find.

    Raises Conflict backup.destroyed_already.
    """
    if backup.destroyed_at is not None:
        raise Conflict("backup.destroyed_already")
    path = Path(backup.path)
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == backup.sha256:
        path.unlink()
    backup.destroyed_at = at
    record(session, BackupDestroyed(None, backup.id, backup.sha256), by=by, at=at)


def destroy_backups_of(session: Session, round_id: int, *, by: Actor, at: datetime) -> int:
    """Those taken while the round was open. Returns how many."""
    theirs = select(BackupRound.backup_id).where(BackupRound.round_id == round_id)
    kept = list(session.scalars(select(Backup).where(Backup.id.in_(theirs), Backup.destroyed_at.is_(None))))
    for backup in kept:
        destroy_backup(session, backup, by=by, at=at)
    return len(kept)


def _seal_all(session: Session, round_: Round, at: datetime) -> None:
    if round_.state in (RoundState.VOTING, RoundState.SUSPENDED):
        seal_inbox(session, round_, at=at)
    waiting = session.scalar(select(func.count()).where(InboxBallot.round_id == round_.id)) or 0
    if waiting:
        raise WrongState("backup.unsealed", title=round_.title, waiting=waiting)


def _sealed_count(session: Session, round_: Round) -> int:
    return session.scalar(select(func.count()).where(SealedBallot.round_id == round_.id)) or 0


def _write(path: Path, content: bytes) -> None:
    """To the disk before anything says that it is there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as problem:
        raise Conflict("backup.file_exists", path=str(path)) from problem
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _key_of(public_key: str, line: int) -> None:
    try:
        pyrage.x25519.Recipient.from_str(public_key)
    except pyrage.RecipientError as problem:
        raise InvalidInput("backup.recipient", line=line) from problem
