"""Reads of keys, blocks and sealed ballots of terminals."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.errors import WrongState
from diancai.platform.polling.hall_server_queries import require_halls_back
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.models import BatchState, CodeBatch, Station
from diancai.platform.polling.offline_models import CommissionKey, KeyShare, KioskBallot, KioskBlock
from diancai.platform.rounds.models import Round


def commission_key_of(session: Session, round_id: int) -> CommissionKey | None:
    return session.get(CommissionKey, round_id, populate_existing=True)


def shares_of(session: Session, round_id: int) -> Sequence[KeyShare]:
    rows = select(KeyShare).filter_by(round_id=round_id).order_by(KeyShare.place)
    return session.scalars(rows.execution_options(populate_existing=True)).all()


def is_key_ready(session: Session, round_id: int) -> bool:
    """Every keeper has taken their share: nothing but paper could open a ballot from here on."""
    shares = shares_of(session, round_id)
    return bool(shares) and all(share.taken_at is not None for share in shares)


def block_of(session: Session, kiosk: Kiosk) -> KioskBlock | None:
    return session.get(KioskBlock, kiosk.id, populate_existing=True)


def block_of_batch(session: Session, batch: CodeBatch) -> KioskBlock | None:
    return session.scalar(select(KioskBlock).filter_by(batch_id=batch.id).execution_options(populate_existing=True))


def name_of_terminal(session: Session, batch: CodeBatch) -> str:
    """Of the terminal at which alone the codes of this run work; empty for any other run."""
    wanted = select(Kiosk.name).join(KioskBlock, KioskBlock.kiosk_id == Kiosk.id)
    return session.scalar(wanted.where(KioskBlock.batch_id == batch.id)) or ""


def blocks_of(session: Session, round_id: int) -> dict[int, KioskBlock]:
    """By kiosk."""
    rows = select(KioskBlock).join(Kiosk, Kiosk.id == KioskBlock.kiosk_id).where(Kiosk.round_id == round_id)
    return {block.kiosk_id: block for block in session.scalars(rows.execution_options(populate_existing=True))}


def block_batches_of(session: Session, round_id: int) -> dict[int, CodeBatch]:
    """The print run of each terminal that has one, by kiosk."""
    rows = (
        select(KioskBlock.kiosk_id, CodeBatch)
        .join(CodeBatch, CodeBatch.id == KioskBlock.batch_id)
        .where(CodeBatch.round_id == round_id)
    )
    return dict(row._tuple() for row in session.execute(rows))


def is_in_booth(session: Session, kiosk: Kiosk) -> bool:
    """The terminal votes by itself, from its own block: from its printing until it has ended or was excluded."""
    block = block_of(session, kiosk)
    if block is None or block.ended_at is not None or block.excluded_at is not None:
        return False
    return session.scalar(select(CodeBatch.state).filter_by(id=block.batch_id)) is BatchState.PRINTED


def outstanding_kiosks(session: Session, round_id: int) -> list[str]:
    """Names of the terminals in which ballots may still lie."""
    rows = (
        select(Kiosk.name)
        .join(KioskBlock, KioskBlock.kiosk_id == Kiosk.id)
        .where(
            Kiosk.round_id == round_id,
            KioskBlock.handed_at.is_not(None),
            KioskBlock.ended_at.is_(None),
            KioskBlock.excluded_at.is_(None),
        )
    )
    return list(session.scalars(rows.order_by(Kiosk.id)))


def sealed_count(session: Session, round_id: int) -> int:
    """Sealed ballots that wait for the key."""
    return session.scalar(select(func.count()).select_from(KioskBallot).filter_by(round_id=round_id)) or 0


def require_channels_ended(session: Session, round_: Round) -> None:
    """Step 1 of COLLECTING (vote.md 4): before it nothing is opened, neither a paper box nor the key.

    Raises WrongState hall_server.still_away (title), station.not_ended (name), kiosk.outstanding (name).
    """
    require_halls_back(session, round_)
    issuing = select(Station.name).where(Station.round_id == round_.id, Station.ended_at.is_(None)).limit(1)
    if (name := session.scalar(issuing)) is not None:
        raise WrongState("station.not_ended", name=name)
    for name in outstanding_kiosks(session, round_.id):
        raise WrongState("kiosk.outstanding", name=name)


def require_kiosks_counted(session: Session, round_: Round) -> None:
    """Before the closing seal. Raises as `require_channels_ended`, and WrongState kiosk.sealed_ballots (count)."""
    require_channels_ended(session, round_)
    if count := sealed_count(session, round_.id):
        raise WrongState("kiosk.sealed_ballots", count=count)
