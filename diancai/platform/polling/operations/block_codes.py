"""The codes of a terminal's block, where print runs are made and voided."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from diancai.errors import Conflict
from diancai.platform.core.keys import Keys, keys_of
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.models import CodeBatch, CodeState
from diancai.platform.polling.offline_models import KioskBlock, KioskCode
from diancai.platform.polling.offline_queries import block_of_batch
from diancai.platform.polling.sealed_ballots import digest_of


def keep_digests(session: Session, block: KioskBlock, codes: Sequence[str]) -> None:
    """Salted, slow digests of fresh codes, for the device that will know them. A millisecond or two a code."""
    keys, rows = keys_of(session), []
    for code in codes:
        digest = digest_of(code, block.salt)
        rows.append({"code_key": code_key(keys, code), "digest": digest, "digest_key": digest_key(keys, digest)})
    rows.sort(key=lambda row: bytes(row["code_key"]))
    same = {"kiosk_id": block.kiosk_id, "is_reported": False}
    session.execute(insert(KioskCode), [same | row for row in rows])


def digest_key(keys: Keys, digest: bytes) -> bytes:
    """How the server knows a digest again once it has given it away."""
    return keys.hmac("kiosk-digest", digest.hex())


def require_block_is_back(session: Session, batch: CodeBatch) -> None:
    """Codes that work at a terminal cannot be voided from afar. Raises Conflict kiosk.block_is_out (name)."""
    block = block_of_batch(session, batch)
    if block is not None and block.is_outstanding:
        name = session.scalars(select(Kiosk.name).filter_by(id=block.kiosk_id)).one()
        raise Conflict("kiosk.block_is_out", name=name)


def unused_states(session: Session, batch: CodeBatch) -> tuple[CodeState, ...]:
    """What may still be voided: of a block that was handed out, codes that a sealed ballot waits for stay."""
    block = block_of_batch(session, batch)
    is_untouched = block is not None and block.handed_at is None
    return (CodeState.LIVE, CodeState.KIOSK) if is_untouched else (CodeState.LIVE,)
