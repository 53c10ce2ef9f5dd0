"""Print runs of ballot codes: ordered by one, approved by another, printed once, kept only as keyed hashes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.clock import coarse_hour
from diancai.platform.core.confirmations import (
    ConfirmationRequest,
    Span,
    confirmable,
    request_confirmation,
    when_not_confirmed,
)
from diancai.platform.core.db import rows_changed
from diancai.platform.core.keys import keys_of
from diancai.platform.core.moves import move
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.events import BatchApproved, BatchDeclined, BatchPrinted, BatchRequested, BatchVoided
from diancai.platform.polling.finding import FoundEntry, open_entries
from diancai.platform.polling.hall_server_queries import require_not_away
from diancai.platform.polling.models import (
    BATCH_MOVES,
    BallotCode,
    BatchKind,
    BatchState,
    CodeBatch,
    CodeState,
    GivenKind,
    RegisterEntry,
    Station,
)
from diancai.platform.polling.offline_queries import block_of_batch
from diancai.platform.polling.operations.block_codes import keep_digests, require_block_is_back, unused_states
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.queries import (
    addressee_count,
    code_format_of,
    waiting_entries,
)
from diancai.platform.rounds.models import Round
from diancai.voting import CodeKind, new_code

APPROVE = "codes.print_run"
VOID = "codes.void_run"
MOST_SLIPS = 20_000


@dataclass(frozen=True, slots=True, repr=False)
class PrintedBatch:
    """The only place where codes stand in clear. `addressees` are parallel to `codes`, empty for bearer slips."""

    codes: tuple[str, ...]
    addressees: tuple[FoundEntry, ...] = ()


def request_batch(
    session: Session,
    round_: Round,
    *,
    station: Station,
    kind: BatchKind,
    slip_count: int,
    community_id: int | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> CodeBatch:
    """Order a print run; a second person approves it. Delivered slips go to all who were given nothing yet.

    `slip_count` is read for bearer slips only, `community_id` for delivered ones only (None: all communities).
    Raises WrongState: `require_state`, desk.station_ended; InvalidInput codes.slip_count (limit),
    codes.no_addressees, confirmation.reason_missing.
    """
    require_state("order_codes", round_)
    if station.ended_at is not None:
        raise WrongState("desk.station_ended")
    require_not_away(session, station.id, round_.id)
    community_id = community_id if kind is BatchKind.DELIVERED else None
    batch = CodeBatch(
        round_id=round_.id,
        station_id=station.id,
        community_id=community_id,
        kind=kind,
        slip_count=_slip_count(session, round_, kind, slip_count, community_id),
        requested_by=by.staff_id,
        requested_at=at,
    )
    session.add(batch)
    session.flush()
    event = BatchRequested(round_.street_id, round_.id, batch.id, station.id, kind, batch.slip_count)
    record(session, event, by=by, at=at)
    request_confirmation(session, APPROVE, round_.street_id, reason=reason, by=by, at=at, batch_id=batch.id)
    return batch


def _round_of_batch(session: Session, values: Mapping[str, Any]) -> int | None:
    batch = session.get(CodeBatch, values["batch_id"])
    return batch.round_id if batch is not None else None


@confirmable(APPROVE, Role.OFFICER, Role.SCRUTINEER, span=Span.VOTING, round_of=_round_of_batch)
def approve_batch(
    session: Session, *, by: Actor, requested_by: Actor, reason: str, at: datetime, batch_id: int
) -> CodeBatch:
    """Raises WrongState when the round gives out nothing any more, or the run is not waiting."""
    batch = session.get_one(CodeBatch, batch_id)
    round_ = session.get_one(Round, batch.round_id)
    require_state("order_codes", round_)
    move(session, batch, BatchState.APPROVED, table=BATCH_MOVES, approved_by=by.staff_id)
    record(session, BatchApproved(round_.street_id, round_.id, batch.id), by=by, at=at)
    return batch


@when_not_confirmed(APPROVE)
def decline_batch(session: Session, *, by: Actor, at: datetime, batch_id: int) -> None:
    batch = session.get_one(CodeBatch, batch_id)
    round_ = session.get_one(Round, batch.round_id)
    move(session, batch, BatchState.DECLINED, table=BATCH_MOVES)
    record(session, BatchDeclined(round_.street_id, round_.id, batch.id), by=by, at=at)


def print_batch(session: Session, round_: Round, batch: CodeBatch, *, by: Actor, at: datetime) -> PrintedBatch:
    """Make the codes of an approved run, keep their keyed hashes, and hand the codes over this once.

    Rows are written in order of their keys and say no time; the sheets are in another, random order. Delivered slips
    mark their addressees as given and leave a serial beside them until the close. Raises WrongState: `require_state`,
    codes.printed_already, codes.not_approved, desk.station_ended; InvalidInput codes.no_addressees.
    """
    require_state("print_codes", round_)
    _require_printable(session, batch)
    is_delivered = batch.kind is BatchKind.DELIVERED
    printed = (_print_delivered if is_delivered else _print_bearer)(session, round_, batch, at)
    move(session, batch, BatchState.PRINTED, table=BATCH_MOVES, printed_at=at, slip_count=len(printed.codes))
    event = BatchPrinted(round_.street_id, round_.id, batch.id, len(printed.codes), batch.approved_by)
    record(session, event, by=by, at=at)
    return printed


def request_void_batch(
    session: Session, round_: Round, batch: CodeBatch, *, reason: str, by: Actor, at: datetime
) -> ConfirmationRequest:
    """A run was lost or spoiled at the printer.

    Raises WrongState: `require_state`, state.not_from_here; Conflict kiosk.block_is_out (name).
    """
    require_state("void_codes", round_)
    require_block_is_back(session, batch)
    if BatchState.VOID not in BATCH_MOVES[batch.state]:
        raise WrongState("state.not_from_here", state=batch.state, wanted=BatchState.VOID)
    return request_confirmation(session, VOID, round_.street_id, reason=reason, by=by, at=at, batch_id=batch.id)


@confirmable(VOID, Role.OFFICER, Role.REVIEWER, Role.SCRUTINEER, span=Span.COLLECTING, round_of=_round_of_batch)
def void_batch(session: Session, *, by: Actor, requested_by: Actor, reason: str, at: datetime, batch_id: int) -> None:
    """Void every live code of the run; used ones stay used, and nobody is told how many they are.

    Where not one was used (the answer with the codes was lost, the printer jammed) the addressees of delivered slips
    hold nothing any more and may be given another. Otherwise they stay marked: each comes to the desk for a
    replacement, so that nobody learns from the register who has voted.
    """
    batch = session.get_one(CodeBatch, batch_id)
    round_ = session.get_one(Round, batch.round_id)
    require_state("void_codes", round_)
    require_block_is_back(session, batch)
    move(session, batch, BatchState.VOID, table=BATCH_MOVES)
    voiding = (
        update(BallotCode)
        .where(BallotCode.batch_id == batch.id, BallotCode.state.in_(unused_states(session, batch)))
        .values(state=CodeState.VOID)
    )
    rows_changed(session, voiding)
    if not _is_any_used(session, batch):
        _unmark_addressees(session, batch)
    event = BatchVoided(round_.street_id, round_.id, batch.id, requested_by.staff_id or 0)
    record(session, event, by=by, at=at)


def _is_any_used(session: Session, batch: CodeBatch) -> bool:
    used = select(BallotCode.code_key).where(BallotCode.batch_id == batch.id, BallotCode.state == CodeState.USED)
    return session.scalar(used.limit(1)) is not None


def _unmark_addressees(session: Session, batch: CodeBatch) -> None:
    serials = select(BallotCode.serial).where(BallotCode.batch_id == batch.id, BallotCode.serial.is_not(None))
    clearing = update(RegisterEntry).where(
        RegisterEntry.round_id == batch.round_id,
        RegisterEntry.given == GivenKind.POSTED,
        RegisterEntry.delivered_serial.in_(serials),
    )
    rows_changed(session, clearing.values(given=None, given_hour=None, delivered_serial=None))


def _slip_count(session: Session, round_: Round, kind: BatchKind, wanted: int, community_id: int | None) -> int:
    if kind is BatchKind.BEARER:
        if not 1 <= wanted <= MOST_SLIPS:
            raise InvalidInput("codes.slip_count", limit=MOST_SLIPS, field="slip_count")
        return wanted
    count = addressee_count(session, round_, community_id)
    if not count:
        raise InvalidInput("codes.no_addressees", field="community_id")
    return min(count, MOST_SLIPS)


def _require_printable(session: Session, batch: CodeBatch) -> None:
    """Hold the desk's row, so that nothing is printed for a desk behind its signed balance."""
    ended_at = session.scalar(select(Station.ended_at).where(Station.id == batch.station_id).with_for_update(read=True))
    if ended_at is not None:
        raise WrongState("desk.station_ended")
    if batch.printed_at is not None:
        raise WrongState("codes.printed_already")
    if batch.state is not BatchState.APPROVED:
        raise WrongState("codes.not_approved")


def _print_bearer(session: Session, round_: Round, batch: CodeBatch, _at: datetime) -> PrintedBatch:
    codes = _new_codes(session, round_, batch.slip_count)
    _keep(session, batch, [(code, None) for code in codes])
    return PrintedBatch(tuple(codes))


def _print_delivered(session: Session, round_: Round, batch: CodeBatch, at: datetime) -> PrintedBatch:
    wanted = waiting_entries(round_, batch.community_id).limit(batch.slip_count).with_for_update()
    entries = list(session.scalars(wanted))
    if not entries:
        raise InvalidInput("codes.no_addressees")
    codes = _new_codes(session, round_, len(entries))
    first = 1 + (session.scalar(select(func.max(BallotCode.serial)).where(BallotCode.round_id == round_.id)) or 0)
    serials = range(first, first + len(entries))
    _keep(session, batch, list(zip(codes, serials, strict=True)))
    hour = coarse_hour(at)
    marks = [
        {"id": entry.id, "given": GivenKind.POSTED, "given_hour": hour, "delivered_serial": serial}
        for entry, serial in zip(entries, serials, strict=True)
    ]
    session.execute(update(RegisterEntry), marks)
    return PrintedBatch(tuple(codes), tuple(open_entries(session, round_, entries)))


def _new_codes(session: Session, round_: Round, count: int) -> list[str]:
    """Distinct codes in the street's format, in random order."""
    kind = CodeKind(code_format_of(session, round_).value)
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(new_code(kind))
    shuffled = list(codes)
    secrets.SystemRandom().shuffle(shuffled)
    return shuffled


def _keep(session: Session, batch: CodeBatch, slips: list[tuple[str, int | None]]) -> None:
    keys = keys_of(session)
    block = block_of_batch(session, batch)
    state = CodeState.LIVE if block is None else CodeState.KIOSK
    same = {"round_id": batch.round_id, "station_id": batch.station_id, "batch_id": batch.id, "state": state}
    keyed = sorted((code_key(keys, code), serial) for code, serial in slips)
    session.execute(insert(BallotCode), [same | {"code_key": key, "serial": serial} for key, serial in keyed])
    if block is not None:
        keep_digests(session, block, [code for code, _ in slips])
