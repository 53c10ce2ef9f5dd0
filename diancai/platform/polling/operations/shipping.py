"""What a terminal ships home: numbered, signed batches of sealed ballots and used codes, taken once (vote.md 4)."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.audit import record
from diancai.platform.core.db import rows_changed
from diancai.platform.core.keys import keys_of
from diancai.platform.polling.ballot_forms import form_of
from diancai.platform.polling.kiosk_events import KioskEnded
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.offline_models import (
    MOST_BALLOTS,
    KioskBallot,
    KioskBatch,
    KioskBlock,
    KioskCode,
)
from diancai.platform.polling.offline_queries import commission_key_of
from diancai.platform.polling.operations.block_codes import digest_key
from diancai.platform.polling.operations.blocks import held_block, release_codes
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.sealed_ballots import (
    Batch,
    read_batch,
    require_signature,
    sealed_length,
)
from diancai.platform.rounds.models import Round


def receive_batch(session: Session, kiosk: Kiosk, body: str, signature: bytes, *, at: datetime) -> int:
    """Keep the sealed ballots of one batch and note its codes as reported. Returns the number of the newest batch.

    The very same batch again changes nothing. Codes turn used when the key is opened, so that ballots = used codes holds
    meanwhile. Raises InvalidInput kiosk.batch_malformed, kiosk.bad_signature; WrongState: `require_state`, kiosk.no_block;
    Conflict kiosk.batch_gap (expected), kiosk.batch_replayed, kiosk.foreign_codes, kiosk.excluded, kiosk.has_ended,
    key.opened.
    """
    round_ = session.get_one(Round, kiosk.round_id)
    block = held_block(session, kiosk)
    if block.device_key is None or block.handed_at is None:
        raise WrongState("kiosk.no_block")
    require_signature(block.device_key, body, signature)
    batch = read_batch(body)
    if batch.kiosk_id != kiosk.id:
        raise InvalidInput("kiosk.batch_malformed")
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    if _is_known(session, block, batch, sha256):
        return block.last_number
    _require_taking(session, round_, block)
    if batch.number != block.last_number + 1:
        raise Conflict("kiosk.batch_gap", expected=block.last_number + 1)
    _keep_ballots(session, round_, batch, sha256)
    _report_codes(session, kiosk, batch)
    block.last_number = batch.number
    if batch.is_last:
        block.ended_at = at
        record(session, KioskEnded(round_.street_id, round_.id, kiosk.id, kiosk.name), by=SYSTEM, at=at)
        session.flush()
        release_codes(session, kiosk)
    session.flush()
    return block.last_number


def _is_known(session: Session, block: KioskBlock, batch: Batch, sha256: str) -> bool:
    known = session.get(KioskBatch, (block.kiosk_id, batch.number))
    if known is not None and known.sha256 != sha256:
        raise Conflict("kiosk.batch_replayed", number=batch.number)
    return known is not None


def _require_taking(session: Session, round_: Round, block: KioskBlock) -> None:
    require_state("receive_kiosk_batch", round_)
    if block.excluded_at is not None:
        raise Conflict("kiosk.excluded")
    if block.ended_at is not None:
        raise Conflict("kiosk.has_ended")
    key = commission_key_of(session, round_.id)
    if key is None or key.opened_at is not None:
        raise Conflict("key.opened")


def _keep_ballots(session: Session, round_: Round, batch: Batch, sha256: str) -> None:
    length = sealed_length(form_of(session, round_))
    if len(batch.ballots) > MOST_BALLOTS or any(len(ballot) != length for ballot in batch.ballots):
        raise InvalidInput("kiosk.batch_malformed")
    session.add(
        KioskBatch(kiosk_id=batch.kiosk_id, number=batch.number, sha256=sha256, ballot_count=len(batch.ballots))
    )
    session.flush()
    same = {"round_id": round_.id, "kiosk_id": batch.kiosk_id, "number": batch.number}
    rows = sorted((hashlib.sha256(ballot).digest(), ballot) for ballot in batch.ballots)
    _require_new(session, [key for key, _ in rows])
    if rows:
        session.execute(insert(KioskBallot), [same | {"ballot_key": key, "ciphertext": one} for key, one in rows])


def _require_new(session: Session, ballot_keys: Sequence[bytes]) -> None:
    for start in range(0, len(ballot_keys), 500):
        again = select(KioskBallot.ballot_key).where(KioskBallot.ballot_key.in_(ballot_keys[start : start + 500]))
        if session.scalar(again.limit(1)) is not None:
            raise Conflict("kiosk.ballot_replayed")


def _report_codes(session: Session, kiosk: Kiosk, batch: Batch) -> None:
    """Every code must be of this terminal's block and reported for the first time."""
    keys = keys_of(session)
    digest_keys = [digest_key(keys, digest) for digest in batch.used]
    changed = 0
    for start in range(0, len(digest_keys), 500):
        some = digest_keys[start : start + 500]
        reporting = update(KioskCode).where(
            KioskCode.kiosk_id == kiosk.id, KioskCode.digest_key.in_(some), KioskCode.is_reported.is_(False)
        )
        changed += rows_changed(session, reporting.values(is_reported=True))
    if changed != len(digest_keys):
        raise Conflict("kiosk.foreign_codes")
