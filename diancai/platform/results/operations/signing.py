"""Scrutineers sign a version of the result; with enough hands and nothing open it is certified."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import Conflict, NotAllowed, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.moves import move
from diancai.platform.results.certification import checklist, standing_of
from diancai.platform.results.events import ResultCertified, ResultSigned
from diancai.platform.results.images import encode_anew
from diancai.platform.results.models import Result, Signature, SignatureKind
from diancai.platform.results.queries import is_scrutineer, latest_result, signatures_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import ROUND_MOVES, RoundState


def sign_result(
    session: Session, round_: Round, result: Result, *, kind: SignatureKind, image: bytes, by: Actor, at: datetime
) -> Signature:
    """Put one scrutineer's hand under a version: written on screen, or a signed scan. Append-only.

    Raises WrongState unless the round is counted and this is its newest version, NotAllowed signature.not_appointed,
    Conflict signature.already_signed, InvalidInput as `images.encode_anew`.
    """
    _check_turn(session, round_, result)
    if not is_scrutineer(session, round_, by):
        raise NotAllowed("signature.not_appointed")
    if any(signature.staff_id == by.staff_id for signature in signatures_of(session, result)):
        raise Conflict("signature.already_signed")
    media_type, content = encode_anew(image, kind)
    signature = Signature(
        result_id=result.id,
        staff_id=by.staff_id,
        signer_name=by.name,
        kind=kind,
        media_type=media_type,
        image=content,
        signed_at=at,
    )
    session.add(signature)
    session.flush()
    image_sha256 = hashlib.sha256(content).hexdigest()
    record(session, ResultSigned(round_.street_id, round_.id, result.version, kind, image_sha256), by=by, at=at)
    return signature


def certify_result(session: Session, round_: Round, result: Result, *, by: Actor, at: datetime) -> Result:
    """签认: two scrutineers with the chief have signed, every station balances or its difference was accepted, and
    what is disputed cannot change any item's fate.

    Raises WrongState, NotAllowed signature.not_appointed, Conflict result.not_certifiable (open: codes of the checks).
    """
    _check_turn(session, round_, result)
    if not is_scrutineer(session, round_, by):
        raise NotAllowed("signature.not_appointed")
    standing = standing_of(session, round_, result)
    missing = [check.code for check in checklist(standing) if not check.is_met]
    if missing:
        raise Conflict("result.not_certifiable", count=len(missing))
    move(session, round_, RoundState.CERTIFIED, table=ROUND_MOVES)
    record(
        session,
        ResultCertified(round_.street_id, round_.id, result.version, standing.dispute_count, standing.smallest_margin),
        by=by,
        at=at,
    )
    return result


def _check_turn(session: Session, round_: Round, result: Result) -> None:
    if round_.state is not RoundState.COUNTED:
        raise WrongState("result.not_signable_now")
    latest = latest_result(session, round_)
    if latest is None or latest.id != result.id:
        raise WrongState("result.superseded")
