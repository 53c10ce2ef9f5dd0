"""The commission key: made for three named keepers, taken by each alone, opened by two of them in COLLECTING (vote.md 4)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed
from diancai.platform.accounts.models import Staff
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.keys import keys_of
from diancai.platform.core.moves import hold
from diancai.platform.polling.ballot_forms import form_of
from diancai.platform.polling.kiosk_events import KeepersNamed, KeyOpened, KeyShareTaken, KeyShareTyped
from diancai.platform.polling.models import BallotCode, CodeState, InboxBallot, SealedBallot
from diancai.platform.polling.offline_models import (
    KEEPERS,
    NEEDED,
    CommissionKey,
    KeyShare,
    KioskBallot,
    KioskBlock,
    KioskCode,
)
from diancai.platform.polling.offline_queries import (
    blocks_of,
    commission_key_of,
    require_channels_ended,
    sealed_count,
    shares_of,
)
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.sealed_ballots import CURVE, open_ballot, public_point
from diancai.platform.rounds.models import Round
from diancai.voting import BallotForm, parse_canonical, tracker_key_of
from diancai.voting.sharing import PRIME, parse_share, secret_of, share_secret, share_text


def name_keepers(session: Session, round_: Round, keeper_ids: Sequence[int], *, by: Actor, at: datetime) -> None:
    """Make the key for three people of the street. Until a terminal has codes it may be made anew, for others too.

    Raises WrongState: `require_state`; InvalidInput key.three_keepers; Conflict key.in_use once a terminal has its codes.
    """
    require_state("name_keepers", round_)
    hold(session, round_)
    if len(set(keeper_ids)) != KEEPERS or len(keeper_ids) != KEEPERS:
        raise InvalidInput("key.three_keepers", field="keepers")
    if any(block.handed_at is not None for block in blocks_of(session, round_.id).values()):
        raise Conflict("key.in_use")
    session.execute(delete(KeyShare).where(KeyShare.round_id == round_.id))
    session.execute(delete(CommissionKey).where(CommissionKey.round_id == round_.id))
    private = ec.generate_private_key(CURVE)
    session.add(CommissionKey(round_id=round_.id, public_key=public_point(private), made_at=at, made_by=by.staff_id))
    session.flush()
    number = private.private_numbers().private_value
    slopes = [secrets.randbelow(PRIME) for _ in range(NEEDED - 1)]
    keys = keys_of(session)
    for keeper_id, share in zip(keeper_ids, share_secret(number, slopes, KEEPERS), strict=True):
        text = share_text(share)
        row = KeyShare(round_id=round_.id, place=share.place, keeper_id=keeper_id, sealed=keys.seal_text(text))
        row.check_key = keys.hmac("key-share", text)
        session.add(row)
    session.flush()
    names = session.scalars(select(Staff.name).where(Staff.id.in_(keeper_ids)).order_by(Staff.id)).all()
    record(session, KeepersNamed(round_.street_id, round_.id, tuple(names)), by=by, at=at)


def take_share(session: Session, round_: Round, *, by: Actor, at: datetime) -> str:
    """The share of this keeper, shown this once: from here on it stands on the keeper's paper only.

    Raises WrongState: `require_state`; NotAllowed key.not_keeper; Conflict key.share_taken.
    """
    require_state("take_key_share", round_)
    mine = _share_of(session, round_, by)
    if mine.sealed is None:
        raise Conflict("key.share_taken")
    text = keys_of(session).open_text(mine.sealed)
    mine.sealed, mine.taken_at = None, at
    session.flush()
    record(session, KeyShareTaken(round_.street_id, round_.id), by=by, at=at)
    return text


def type_share(session: Session, round_: Round, text: str, *, by: Actor, at: datetime) -> int | None:
    """A keeper types the share. The first one waits; with the second the key opens and the ballots go into the box.

    Returns how many ballots were opened, None while another keeper is waited for. Raises WrongState: `require_state`,
    and what `require_channels_ended` raises; NotAllowed key.not_keeper; InvalidInput share.malformed, key.wrong_share;
    Conflict key.opened, key.nothing_sealed, key.typed_already.
    """
    require_state("open_commission_key", round_)
    hold(session, round_)
    require_channels_ended(session, round_)
    mine, key = _share_of(session, round_, by), commission_key_of(session, round_.id)
    assert key is not None  # there is a share of it
    if key.opened_at is not None:
        raise Conflict("key.opened")
    if not sealed_count(session, round_.id):
        raise Conflict("key.nothing_sealed")
    if mine.typed is not None:
        raise Conflict("key.typed_already")
    plain = share_text(parse_share(text))
    keys = keys_of(session)
    if keys.hmac("key-share", plain) != mine.check_key:
        raise InvalidInput("key.wrong_share", field="share")
    first = next((share for share in shares_of(session, round_.id) if share.typed is not None), None)
    if first is None or first.typed is None:
        mine.typed = keys.seal_text(plain)
        session.flush()
        record(session, KeyShareTyped(round_.street_id, round_.id), by=by, at=at)
        return None
    shares = [parse_share(keys.open_text(first.typed)), parse_share(plain)]
    first.typed = None
    key.opened_at, key.opened_by, key.opened_with = at, by.staff_id, first.keeper_id
    session.flush()
    private = ec.derive_private_key(secret_of(shares), CURVE)
    assert public_point(private) == key.public_key  # both shares were known again
    opened, invalid = _open_ballots(session, round_, private)
    record(session, KeyOpened(round_.street_id, round_.id, opened, invalid), by=by, at=at)
    return opened


def _share_of(session: Session, round_: Round, by: Actor) -> KeyShare:
    mine = next((share for share in shares_of(session, round_.id) if share.keeper_id == by.staff_id), None)
    if mine is None:
        raise NotAllowed("key.not_keeper")
    return mine


def _open_ballots(session: Session, round_: Round, private: ec.EllipticCurvePrivateKey) -> tuple[int, int]:
    """Decrypt everything, put it into the inbox in order of the random keys, and turn the reported codes used.

    One ballot that cannot be read or is not in order makes one reported code void instead of used, and nobody knows
    which: so ballots = used codes holds. Returns the numbers of both.
    """
    form = form_of(session, round_)
    ballots: dict[bytes, str] = {}
    rows = session.scalars(select(KioskBallot.ciphertext).filter_by(round_id=round_.id)).all()
    for ciphertext in rows:
        if (found := _read(form, private, round_.id, ciphertext)) is not None:
            r, text = found
            ballots[_own_key(session, round_.id, tracker_key_of(r), ballots)] = text
    if ballots:
        session.execute(
            insert(InboxBallot),
            [{"tracker_key": key, "round_id": round_.id, "choices": ballots[key]} for key in sorted(ballots)],
        )
    _use_codes(session, round_, len(ballots))
    session.execute(delete(KioskBallot).where(KioskBallot.round_id == round_.id))
    return len(ballots), len(rows) - len(ballots)


def _read(
    form: BallotForm, private: ec.EllipticCurvePrivateKey, round_id: int, ciphertext: bytes
) -> tuple[bytes, str] | None:
    try:
        r, text = open_ballot(private, round_id, ciphertext)
        parse_canonical(form, text)
    except (ValueError, InvalidInput):
        return None
    return r, text


def _own_key(session: Session, round_id: int, key: bytes, others: dict[bytes, str]) -> bytes:
    """The key of its tracker; a terminal that gave one tracker to two people loses neither ballot."""
    known = key in others or any(
        session.scalar(select(box.tracker_key).where(box.round_id == round_id, box.tracker_key == key))
        for box in (InboxBallot, SealedBallot)
    )
    return secrets.token_bytes(16) if known else key


def _use_codes(session: Session, round_: Round, ballot_count: int) -> None:
    reported = (
        select(KioskCode.code_key)
        .join(KioskBlock, KioskBlock.kiosk_id == KioskCode.kiosk_id)
        .join(BallotCode, BallotCode.code_key == KioskCode.code_key)
        .where(KioskCode.is_reported, BallotCode.round_id == round_.id)
    )
    code_keys = sorted(session.scalars(reported))
    for state, some in ((CodeState.USED, code_keys[:ballot_count]), (CodeState.VOID, code_keys[ballot_count:])):
        for start in range(0, len(some), 500):
            some_keys = some[start : start + 500]
            session.execute(update(BallotCode).where(BallotCode.code_key.in_(some_keys)).values(state=state))
