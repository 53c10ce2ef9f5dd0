"""拟稿 → 审核 → 签发 of a certified result, and the notice that follows (vote.md 4)."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.jobs import enqueue
from diancai.platform.core.moves import move
from diancai.platform.core.timeline import note
from diancai.platform.notices.models import Notice, NoticeKind
from diancai.platform.notices.operations import post_notice
from diancai.platform.notices.queries import working_days_of
from diancai.platform.results.events import ResultPublished
from diancai.platform.results.models import Result
from diancai.platform.results.notice_facts import notice_title, result_notice_facts
from diancai.platform.results.queries import latest_result, subject_of
from diancai.platform.rounds.models import Round, SignOff
from diancai.platform.rounds.operations.announcing import finish_key
from diancai.platform.rounds.operations.signing import return_paper, review_paper, sign_paper, submit_paper
from diancai.platform.rounds.states import ROUND_MOVES, RoundState


def submit_result(session: Session, round_: Round, result: Result, *, by: Actor, at: datetime) -> SignOff:
    """拟稿 by an officer. Raises WrongState result.not_certified / .superseded, Conflict sign_off.waits_already."""
    _check_turn(session, round_, result)
    return submit_paper(session, round_, subject_of(result), result.bundle_sha256, by=by, at=at)


def review_result(
    session: Session, round_: Round, result: Result, *, content_sha256: str, by: Actor, at: datetime
) -> SignOff:
    """审核; `content_sha256` is the bundle's hash on the page that was read. Raises as `signing.review_paper`."""
    _check_turn(session, round_, result)
    return review_paper(session, round_, subject_of(result), content_sha256, by=by, at=at)


def return_result(session: Session, round_: Round, result: Result, *, reason: str, by: Actor, at: datetime) -> None:
    """退回 to the officer. Raises as `signing.return_paper`."""
    _check_turn(session, round_, result)
    return_paper(session, round_, subject_of(result), reason=reason, by=by, at=at)


def publish_result(
    session: Session,
    round_: Round,
    result: Result,
    *,
    minute_number: str,
    content_sha256: str,
    working_days: int | None = None,
    by: Actor,
    at: datetime,
) -> Notice:
    """签发: the result becomes public with its notice, whose window is counted in working days.

    `working_days` may lengthen the office's own figure, never shorten it. Raises InvalidInput result.window_too_short
    (least), WrongState, and as `signing.sign_paper`.
    """
    _check_turn(session, round_, result)
    least = working_days_of(session, round_.street_id)
    days = least if working_days is None else working_days
    if days < least:
        raise InvalidInput("result.window_too_short", field="working_days", least=least)
    sign_paper(session, round_, subject_of(result), content_sha256, minute_number=minute_number, by=by, at=at)
    move(session, round_, RoundState.PUBLISHED, table=ROUND_MOVES, published_at=at)
    notice = post_notice(
        session,
        street_id=round_.street_id,
        subject=f"round:{round_.id}",
        kind=NoticeKind.RESULT,
        title=notice_title(round_, result),
        facts=result_notice_facts(session, round_, result, minute_number=minute_number.strip(), at=at),
        working_days=days,
        by=by,
        at=at,
    )
    _announce(session, round_, result, notice, minute_number.strip(), by, at)
    return notice


def _announce(
    session: Session, round_: Round, result: Result, notice: Notice, minute_number: str, by: Actor, at: datetime
) -> None:
    note(session, f"round:{round_.id}", "round.published", at=at, version=result.version, sha256=result.bundle_sha256)
    enqueue(session, "results.finish_round", round_.id, due_at=notice.ends_at, unique_key=finish_key(round_))
    event = ResultPublished(round_.street_id, round_.id, result.version, minute_number, notice.id)
    record(session, event, by=by, at=at)


def _check_turn(session: Session, round_: Round, result: Result) -> None:
    if round_.is_rehearsal:
        raise WrongState("rehearsal.never_published")
    if round_.state is not RoundState.CERTIFIED:
        raise WrongState("result.not_certified")
    latest = latest_result(session, round_)
    if latest is None or latest.id != result.id:
        raise WrongState("result.superseded")
