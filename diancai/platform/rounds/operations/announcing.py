"""From a draft to an announced round: submitted, reviewed, signed, frozen (vote.md 4)."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import Conflict
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.jobs import enqueue
from diancai.platform.core.moves import hold, move
from diancai.platform.core.timeline import note
from diancai.platform.funds.models import Fund, FundState
from diancai.platform.funds.operations import commit_to_round
from diancai.platform.rounds.events import RoundAnnounced
from diancai.platform.rounds.models import Round, RuleBook, SignOff
from diancai.platform.rounds.operations.drafting import check_draw, require_draft
from diancai.platform.rounds.operations.signing import return_paper, review_paper, sign_paper, submit_paper
from diancai.platform.rounds.readiness import check_ready
from diancai.platform.rounds.rules import rule_book_sha256, rule_book_text, sha256_of
from diancai.platform.rounds.states import ROUND_MOVES, RoundState

SUBJECT = "round"


def submit_round(session: Session, round_: Round, *, by: Actor, at: datetime) -> SignOff:
    """拟稿 by an officer. Raises WrongState round.not_draft, Conflict sign_off.waits_already, and as `check_ready`."""
    require_draft(round_)
    check_ready(session, round_, at=at)
    return submit_paper(session, round_, SUBJECT, rule_book_sha256(session, round_), by=by, at=at)


def review_round(session: Session, round_: Round, *, content_sha256: str, by: Actor, at: datetime) -> SignOff:
    """审核: `content_sha256` is the hash on the page that was read. Raises as `signing.review_paper`."""
    require_draft(round_)
    _unchanged_text(session, round_, content_sha256)
    return review_paper(session, round_, SUBJECT, content_sha256, by=by, at=at)


def return_round(session: Session, round_: Round, *, reason: str, by: Actor, at: datetime) -> None:
    """退回 to the officer, by the reviewer or the leader. Raises as `signing.return_paper`."""
    require_draft(round_)
    return_paper(session, round_, SUBJECT, reason=reason, by=by, at=at)


def announce_round(
    session: Session, round_: Round, *, minute_number: str, content_sha256: str, by: Actor, at: datetime
) -> Round:
    """签发: freeze rule book and menu, bind the money, and set the clock for opening and closing.

    Where the fund is not approved yet the round is announced as 拟安排，以区人大批准为准: it holds its share without an
    entry in the ledger, and its result must not become final before the approval. Raises as `signing.sign_paper` and `check_ready`,
    LimitReached round.over_fund or ledger.below_zero, Conflict sign_off.changed when anything differs from what was
    read. Source: vote.md 4, F-07, X-22.
    """
    require_draft(round_)
    check_ready(session, round_, at=at)
    text = _unchanged_text(session, round_, content_sha256)
    sign_paper(session, round_, SUBJECT, content_sha256, minute_number=minute_number, by=by, at=at)
    session.add(RuleBook(round_id=round_.id, text=text, sha256=content_sha256, frozen_at=at))
    is_provisional = not _draw(session, round_, at)
    move(session, round_, RoundState.ANNOUNCED, table=ROUND_MOVES, announced_at=at, is_provisional=is_provisional)
    event = RoundAnnounced(
        round_.street_id, round_.id, content_sha256, minute_number.strip(), round_.fund_fen, is_provisional
    )
    record(session, event, by=by, at=at)
    code = "round.announced_provisionally" if is_provisional else "round.announced"
    note(session, subject_of(round_), code, at=at, sha256=content_sha256)
    enqueue(session, "polling.open_round", round_.id, due_at=round_.opens_at, unique_key=open_key(round_))
    enqueue(session, "polling.close_round", round_.id, due_at=round_.closes_at, unique_key=close_key(round_))
    return round_


def subject_of(round_: Round) -> str:
    """The round's name in timelines and notices."""
    return f"round:{round_.id}"


def open_key(round_: Round) -> str:
    return f"open:{round_.id}"


def close_key(round_: Round) -> str:
    return f"close:{round_.id}"


def purge_key(round_: Round) -> str:
    return f"purge:{round_.id}"


def finish_key(round_: Round) -> str:
    """One waiting finish a round: a new version's window moves it."""
    return f"finish:{round_.id}"


def _unchanged_text(session: Session, round_: Round, content_sha256: str) -> str:
    """The very text that the hash was taken of: caps, names and funds may change beside the draft."""
    text = rule_book_text(session, round_)
    if sha256_of(text) != content_sha256:
        raise Conflict("sign_off.changed")
    return text


def _draw(session: Session, round_: Round, at: datetime) -> bool:
    """Bind the money if the fund is approved; else only see that it would suffice.

    The fund is what rounds meet at: of two announced at once, and of an announcement and the approval, one waits.
    """
    fund = session.get_one(Fund, round_.fund_id)
    hold(session, fund)
    check_draw(session, fund, round_.fund_fen, except_id=round_.id)
    if fund.state is not FundState.APPROVED:
        return False
    commit_to_round(session, fund, round_.id, round_.fund_fen, reference=round_.title, at=at)
    return True
