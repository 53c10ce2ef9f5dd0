"""A terminal's own codes: ordered like any print run, handed to its device, shipped back in batches, ended or excluded."""

import os
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import SYSTEM, Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import ConfirmationRequest, Span, confirmable, request_confirmation
from diancai.platform.core.db import rows_changed
from diancai.platform.polling.ballot_forms import form_of
from diancai.platform.polling.kiosk_events import KioskBlockHanded, KioskEndAsked, KioskExcluded
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.models import BallotCode, BatchKind, BatchState, CodeBatch, CodeState, Station
from diancai.platform.polling.offline_models import (
    MOST_CODES,
    CommissionKey,
    KioskBlock,
    KioskCode,
)
from diancai.platform.polling.offline_queries import block_of, commission_key_of, is_key_ready
from diancai.platform.polling.operations.codes import request_batch
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.sealed_ballots import (
    ITERATIONS,
    is_point,
    text_length,
)
from diancai.platform.rounds.models import Round

EXCLUDE = "kiosk.exclude"


@dataclass(frozen=True, slots=True)
class Block:
    """What a device needs to vote by itself."""

    round_id: int
    salt: bytes
    iterations: int
    digests: tuple[bytes, ...]
    public_key: bytes
    text_length: int
    opens_at: datetime
    closes_at: datetime
    last_number: int


def request_block(
    session: Session, round_: Round, kiosk: Kiosk, slip_count: int, *, reason: str, by: Actor, at: datetime
) -> CodeBatch:
    """Order slips whose codes work at this terminal only. One block a terminal; a declined or voided one may be replaced.

    Raises WrongState: as `request_batch`, key.not_ready; Conflict kiosk.has_block; InvalidInput kiosk.code_count (most).
    """
    require_state("manage_kiosks", round_)
    if not 1 <= slip_count <= MOST_CODES:
        raise InvalidInput("kiosk.code_count", field="slip_count", most=MOST_CODES)
    if not is_key_ready(session, round_.id):
        raise WrongState("key.not_ready")
    _drop_dead_block(session, kiosk)
    batch = request_batch(
        session,
        round_,
        station=session.get_one(Station, kiosk.station_id),
        kind=BatchKind.BEARER,
        slip_count=slip_count,
        community_id=None,
        reason=reason,
        by=by,
        at=at,
    )
    session.add(KioskBlock(kiosk_id=kiosk.id, batch_id=batch.id, salt=os.urandom(16)))
    session.flush()
    return batch


def hand_block(session: Session, kiosk: Kiosk, device_key: bytes, *, at: datetime) -> Block:
    """The block for the device whose key this is. Asked again before `confirm_block`, the same device gets it again.

    Raises InvalidInput kiosk.bad_signature for what is no key; WrongState kiosk.no_block; Conflict kiosk.other_device,
    kiosk.block_handed: the digests are kept only until the device has them.
    """
    if not is_point(device_key):
        raise InvalidInput("kiosk.bad_signature")
    block = held_block(session, kiosk)
    if block.device_key not in (None, device_key) or (block.handed_at and block.device_key != device_key):
        raise Conflict("kiosk.other_device")
    if block.handed_at is not None:
        raise Conflict("kiosk.block_handed")
    round_ = session.get_one(Round, kiosk.round_id)
    key = commission_key_of(session, round_.id)
    if session.get_one(CodeBatch, block.batch_id).state is not BatchState.PRINTED or key is None:
        raise WrongState("kiosk.no_block")
    block.device_key = device_key
    session.flush()
    return _block(session, round_, block, key)


def confirm_block(session: Session, kiosk: Kiosk, device_key: bytes, *, at: datetime) -> None:
    """The device has stored its block: the digests are erased here, and it may take ballots. Safe to say twice.

    Raises WrongState kiosk.no_block, Conflict kiosk.other_device.
    """
    block = held_block(session, kiosk)
    if block.device_key != device_key:
        raise Conflict("kiosk.other_device")
    if block.handed_at is not None:
        return
    if session.get_one(CodeBatch, block.batch_id).state is not BatchState.PRINTED:
        raise WrongState("kiosk.no_block")
    block.handed_at = at
    rows_changed(session, update(KioskCode).where(KioskCode.kiosk_id == kiosk.id).values(digest=None))
    session.flush()
    round_ = session.get_one(Round, kiosk.round_id)
    record(session, KioskBlockHanded(round_.street_id, round_.id, kiosk.id, kiosk.name), by=SYSTEM, at=at)


def ask_to_end(session: Session, round_: Round, kiosk: Kiosk, *, by: Actor, at: datetime) -> None:
    """The device ends when it hears of it: it ships everything and takes no more ballots.

    Raises WrongState: `require_state`, kiosk.no_block; Conflict kiosk.not_outstanding.
    """
    require_state("end_kiosk", round_)
    block = held_block(session, kiosk)
    if not block.is_outstanding:
        raise Conflict("kiosk.not_outstanding")
    if block.ending_at is None:
        block.ending_at = at
        session.flush()
        record(session, KioskEndAsked(round_.street_id, round_.id, kiosk.id, kiosk.name), by=by, at=at)


def request_exclusion(
    session: Session, round_: Round, kiosk: Kiosk, *, reason: str, by: Actor, at: datetime
) -> ConfirmationRequest:
    """A device that is lost or broken: what lies in it will not be counted, and its unused codes work elsewhere again.

    Raises WrongState: `require_state`, kiosk.no_block; Conflict kiosk.not_outstanding; InvalidInput
    confirmation.reason_missing.
    """
    require_state("exclude_kiosk", round_)
    if not held_block(session, kiosk).is_outstanding:
        raise Conflict("kiosk.not_outstanding")
    return request_confirmation(
        session,
        EXCLUDE,
        round_.street_id,
        reason=reason,
        by=by,
        at=at,
        round_id=round_.id,
        kiosk_id=kiosk.id,
        name=kiosk.name,
    )


@confirmable(EXCLUDE, Role.OFFICER, Role.REVIEWER, Role.SCRUTINEER, span=Span.COLLECTING)
def exclude_kiosk(
    session: Session,
    *,
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
    round_id: int,
    kiosk_id: int,
    name: str,
) -> None:
    """Raises as `request_exclusion`."""
    round_, kiosk = session.get_one(Round, round_id), session.get_one(Kiosk, kiosk_id)
    require_state("exclude_kiosk", round_)
    block = held_block(session, kiosk)
    if not block.is_outstanding:
        raise Conflict("kiosk.not_outstanding")
    block.excluded_at, block.exclusion_reason = at, reason[:400]
    block.excluded_by, block.excluded_with = requested_by.staff_id, by.staff_id
    session.flush()
    release_codes(session, kiosk)
    event = KioskExcluded(round_.street_id, round_id, kiosk_id, kiosk.name, requested_by.staff_id or 0)
    record(session, event, by=by, at=at)


def _block(session: Session, round_: Round, block: KioskBlock, key: CommissionKey) -> Block:
    rows = select(KioskCode.digest).filter_by(kiosk_id=block.kiosk_id).order_by(KioskCode.digest)
    form = form_of(session, round_)
    return Block(
        round_id=round_.id,
        salt=block.salt,
        iterations=ITERATIONS,
        digests=tuple(digest for digest in session.scalars(rows) if digest is not None),
        public_key=key.public_key,
        text_length=text_length(form),
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        last_number=block.last_number,
    )


def held_block(session: Session, kiosk: Kiosk) -> KioskBlock:
    held = select(KioskBlock).filter_by(kiosk_id=kiosk.id).with_for_update()
    block = session.scalar(held.execution_options(populate_existing=True))
    if block is None:
        raise WrongState("kiosk.no_block")
    return block


def _drop_dead_block(session: Session, kiosk: Kiosk) -> None:
    block = block_of(session, kiosk)
    if block is None:
        return
    batch = session.get_one(CodeBatch, block.batch_id)
    if batch.state not in (BatchState.DECLINED, BatchState.VOID) or block.handed_at is not None:
        raise Conflict("kiosk.has_block")
    session.execute(delete(KioskCode).where(KioskCode.kiosk_id == kiosk.id))
    session.delete(block)
    session.flush()


def release_codes(session: Session, kiosk: Kiosk) -> None:
    """What was not used there works everywhere again."""
    unused = select(KioskCode.code_key).where(KioskCode.kiosk_id == kiosk.id, KioskCode.is_reported.is_(False))
    freeing = update(BallotCode).where(BallotCode.state == CodeState.KIOSK, BallotCode.code_key.in_(unused))
    rows_changed(session, freeing.values(state=CodeState.LIVE))
