"""After a restore (vote.md 1; security.md B2 #22): what the desks handed out since the backup is marked again, and two
people say that votes may be taken.

Every desk keeps a journal outside the server: who was given something there, signed, without any code. A code that was
live in the backup may vote again; the same `r` gives the same tracker.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import ConfirmationRequest, confirmable, request_confirmation
from diancai.platform.core.db import rows_changed
from diancai.platform.core.keys import keys_of
from diancai.platform.core.moves import move
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.events import RoundRecovered, StationRecovered
from diancai.platform.polling.hall_server_queries import stations_away
from diancai.platform.polling.models import (
    BallotCode,
    CodeState,
    GivenKind,
    InboxBallot,
    RegisterEntry,
    SealedBallot,
    Station,
)
from diancai.platform.polling.operations.desk import spoil_code
from diancai.platform.polling.recovery_models import StationRecovery
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.addenda import add_addendum
from diancai.platform.rounds.states import ROUND_MOVES, RoundState

RESUME = "recovery.resume"
FORMAT = "diancai-journal/1"
AT_A_DESK = (GivenKind.SLIP, GivenKind.PAPER)


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a journal."""

    entry_id: int
    kind: GivenKind
    hour: datetime


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a journal changed: people marked, marks taken back, codes of spoiled slips voided; and `unknown`, the numbers of
    entries that the restored register does not have: late ones, to be entered again by two people."""

    marked: int
    cleared: int
    voided: int
    unknown: tuple[int, ...]


def journal_of(session: Session, round_: Round, station: Station, *, at: datetime) -> str:
    """Everybody who has something from this station, as lines for another device or a printer. No name, no code."""
    mine = select(RegisterEntry).where(RegisterEntry.given_station_id == station.id).order_by(RegisterEntry.id)
    head = f"{FORMAT} {round_.id} {station.id} {at.isoformat(timespec='minutes')}"
    lines = [head]
    for entry in session.scalars(mine):
        assert entry.given is not None
        assert entry.given_hour is not None
        lines.append(f"{entry.id} {entry.given.value} {entry.given_hour.isoformat()}")
    body = "\n".join(lines)
    return f"{body}\n{_signature(session, body)}\n"


def replay_journal(
    session: Session,
    round_: Round,
    station: Station,
    journal: str,
    issued_count: int,
    spoiled_codes: Sequence[str] = (),
    *,
    by: Actor,
    at: datetime,
) -> Replayed:
    """Bring the marks of one desk to what its journal says; again is harmless.

    `issued_count`: slips and sheets that left the desk, counted on the table: received less unused and spoiled. A journal
    with another number is not the last one. `spoiled_codes`: of slips handed back since. Raises WrongState
    recovery.not_restored; InvalidInput recovery.journal, recovery.other_journal, recovery.journal_behind (issued,
    found), what `desk.spoil_code` raises; Conflict recovery.given_elsewhere (number).
    """
    if round_.restored_at is None:
        raise WrongState("recovery.not_restored")
    if station.round_id != round_.id:
        raise NotFound("page.not_found")
    marks = _read(session, round_, station, journal)
    if len(marks) != issued_count:
        raise InvalidInput("recovery.journal_behind", issued=issued_count, found=len(marks), field="issued_count")
    known = _known(session, round_, marks)
    marked = sum(_mark(session, station, mark) for mark in marks if mark.entry_id in known)
    cleared = _clear_others(session, station, known)
    voided = sum(_spoil(session, round_, station, code) for code in spoiled_codes)
    unknown = tuple(mark.entry_id for mark in marks if mark.entry_id not in known)
    if not unknown:
        session.merge(StationRecovery(station_id=station.id, replayed_at=at, replayed_by=by.staff_id))
    session.flush()
    event = StationRecovered(round_.street_id, round_.id, station.id, marked, cleared, voided, len(unknown))
    record(session, event, by=by, at=at)
    return Replayed(marked, cleared, voided, unknown)


def stations_to_replay(session: Session, round_: Round) -> list[Station]:
    """Those that may have handed out something since the backup."""
    replayed = select(StationRecovery.station_id)
    open_ = select(Station).where(
        Station.round_id == round_.id,
        Station.ended_at.is_(None),
        Station.id.not_in(replayed),
        Station.id.not_in(stations_away(session, round_.id)),
    )
    return list(session.scalars(open_.order_by(Station.id)))


def ballots_held(session: Session, round_: Round) -> int:
    boxes = (select(func.count()).where(box.round_id == round_.id) for box in (InboxBallot, SealedBallot))
    return sum(session.scalar(count) or 0 for count in boxes)


def request_resumption(
    session: Session, round_: Round, published_count: int, *, reason: str, by: Actor, at: datetime
) -> ConfirmationRequest:
    """Ask a second person to let the vote go on. `published_count`: ballots of the last seal that anybody saw published.

    Raises WrongState recovery.not_restored, recovery.station_missing (name): without its journal the round can only be
    void; InvalidInput recovery.fewer_published (held).
    """
    _gap(session, round_, published_count)
    return request_confirmation(
        session,
        RESUME,
        round_.street_id,
        reason=reason,
        by=by,
        at=at,
        round_id=round_.id,
        published_count=published_count,
    )


@confirmable(RESUME, Role.SCRUTINEER, Role.LEADER)
def resume_restored(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    published_count: int,
) -> int:
    """Votes are taken again, and the gap is published with the reason. Past its end the round stays suspended, to be
    extended or collected. Returns the gap: ballots that were published and are not held. Raises as `request_resumption`.
    """
    round_ = session.get_one(Round, round_id)
    gap = _gap(session, round_, published_count)
    round_.restored_at = None
    session.flush()
    if at < round_.closes_at:
        move(session, round_, RoundState.VOTING, table=ROUND_MOVES)
    add_addendum(session, round_, "recovered", reason, by=by, at=at)
    event = RoundRecovered(round_.street_id, round_id, gap, published_count, requested_by.staff_id or 0)
    record(session, event, by=by, at=at)
    return gap


def _gap(session: Session, round_: Round, published_count: int) -> int:
    if round_.restored_at is None:
        raise WrongState("recovery.not_restored")
    if missing := stations_to_replay(session, round_):
        raise WrongState("recovery.station_missing", name=missing[0].name)
    held = ballots_held(session, round_)
    if published_count < held:
        raise InvalidInput("recovery.fewer_published", held=held, field="published_count")
    return published_count - held


def _signature(session: Session, body: str) -> str:
    return keys_of(session).hmac("journal", body).hex()


def _read(session: Session, round_: Round, station: Station, journal: str) -> list[Mark]:
    body, _, signature = journal.strip().replace("\r\n", "\n").rpartition("\n")
    head, *lines = body.split("\n")
    if not hmac.compare_digest(_signature(session, body), signature.strip()):
        raise InvalidInput("recovery.journal", field="journal")
    if head.split(" ")[:3] != [FORMAT, str(round_.id), str(station.id)]:
        raise InvalidInput("recovery.other_journal", field="journal")
    parts = (line.split(" ") for line in lines)
    return [Mark(int(number), GivenKind(kind), datetime.fromisoformat(hour)) for number, kind, hour in parts]


def _known(session: Session, round_: Round, marks: Sequence[Mark]) -> set[int]:
    mine = select(RegisterEntry.id).where(RegisterEntry.round_id == round_.id)
    return set(session.scalars(mine)) & {mark.entry_id for mark in marks}


def _mark(session: Session, station: Station, mark: Mark) -> int:
    """1 if it was new. One who was posted a slip in the backup has exchanged it since: that code dies."""
    entry = session.get_one(RegisterEntry, mark.entry_id)
    if entry.given is mark.kind and entry.given_station_id == station.id:
        return 0
    if entry.given is GivenKind.POSTED and entry.delivered_serial is not None:
        _void_posted(session, entry)
    elif entry.given is not None:
        raise Conflict("recovery.given_elsewhere", number=entry.id)
    entry.given, entry.given_station_id, entry.given_hour = mark.kind, station.id, mark.hour
    entry.delivered_serial = None
    session.flush()
    return 1


def _void_posted(session: Session, entry: RegisterEntry) -> None:
    voiding = update(BallotCode).where(
        BallotCode.round_id == entry.round_id,
        BallotCode.serial == entry.delivered_serial,
        BallotCode.state == CodeState.LIVE,
    )
    rows_changed(session, voiding.values(state=CodeState.VOID, batch_id=None))


def _clear_others(session: Session, station: Station, known: set[int]) -> int:
    """Marks of the backup that were taken back since."""
    mine = select(RegisterEntry).where(RegisterEntry.given_station_id == station.id, RegisterEntry.given.in_(AT_A_DESK))
    gone = [entry for entry in session.scalars(mine) if entry.id not in known]
    for entry in gone:
        entry.given = entry.given_station_id = entry.given_hour = None
    session.flush()
    return len(gone)


def _spoil(session: Session, round_: Round, station: Station, code: str) -> int:
    """1 if it was live. One that is void already was typed before."""
    key = code_key(keys_of(session), code)
    wanted = select(BallotCode.state).where(BallotCode.code_key == key, BallotCode.round_id == round_.id)
    if session.scalar(wanted) is CodeState.VOID:
        return 0
    spoil_code(session, round_, station.id, code)
    return 1
