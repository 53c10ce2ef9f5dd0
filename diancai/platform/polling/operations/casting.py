"""Proving a code and casting a ballot (vote.md 1, 2). No event, no job, no log line: only the ballot stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, bindparam, exists, insert, select, union_all, update
from sqlalchemy.orm import Session

from diancai.errors import DomainError, InvalidInput, WrongState
from diancai.platform.core.keys import keys_of
from diancai.platform.core.limits import add_failure, busiest_minute, failures
from diancai.platform.core.prepared import Prepared
from diancai.platform.divisions.models import StreetOffice
from diancai.platform.polling.ballot_forms import frozen_form
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import BallotCode, CodeState, InboxBallot, SealedBallot
from diancai.platform.polling.proofs import CodeProof
from diancai.platform.rounds.models import ItemWithdrawal, MenuItem, Round, RuleBook
from diancai.platform.rounds.states import RoundKind, RoundState
from diancai.voting import BallotForm, canonical_text, has_valid_check, idem_of, tracker_key_of, tracker_text

UNKNOWN = "unknown_code"
SLOW_AFTER = 10
SLOW_WITHIN = timedelta(minutes=10)
ALARM_A_MINUTE = 100


Holder = Session | Connection
"""What holds the transaction. A cast from a page needs no session of objects, and is cheaper without."""

# The statements of a cast are made once, of bare tables: a thousand people may send them within a minute.
_rounds, _books, _offices = Round.__table__.c, RuleBook.__table__.c, StreetOffice.__table__.c
_codes, _inbox, _sealed = BallotCode.__table__.c, InboxBallot.__table__.c, SealedBallot.__table__.c
_STANDING_OF_ROUND = (
    select(
        _rounds.id,
        _rounds.state,
        _rounds.opens_at,
        _rounds.closes_at,
        _books.sha256,
        _offices.help_phone,
        exists().where(
            MenuItem.__table__.c.round_id == _rounds.id, ItemWithdrawal.__table__.c.item_id == MenuItem.__table__.c.id
        ),
        _rounds.kind == RoundKind.REHEARSAL,
    )
    .select_from(Round.__table__)
    .join(RuleBook.__table__, _books.round_id == _rounds.id)
    .outerjoin(StreetOffice.__table__, _offices.street_id == _rounds.street_id)
    .where(_rounds.id == bindparam("round_id"))
)
_STANDING = Prepared(_STANDING_OF_ROUND)
_HELD_STANDING = Prepared(_STANDING_OF_ROUND.with_for_update(read=True, of=Round.__table__))
_USE_CODE = Prepared(
    update(BallotCode)
    .where(
        _codes.code_key == bindparam("key"),
        _codes.round_id == bindparam("in_round"),
        _codes.state == CodeState.LIVE,
        # One `r` is one ballot: a second one would stop every later seal.
        ~exists().where(_inbox.tracker_key == bindparam("tracker")),
        ~exists().where(_sealed.round_id == bindparam("in_round"), _sealed.tracker_key == bindparam("tracker")),
    )
    .values(state=CodeState.USED, idem=bindparam("new_idem"))
)
_ADD_BALLOT = Prepared(insert(InboxBallot).values({column.key: bindparam(column.key) for column in _inbox}))
_WHY_NOT_LIVE: dict[CodeState | None, str] = {CodeState.VOID: "vote.code_void", CodeState.KIOSK: "vote.code_of_kiosk"}


class CodeAnswer(StrEnum):
    """What typing a code comes to."""

    LIVE = "live"
    USED = "used"
    VOID = "void"
    KIOSK = "kiosk"
    UNKNOWN = "unknown"
    MISTYPED = "mistyped"


@dataclass(frozen=True, slots=True)
class CodeReading:
    """`proof` is there for every code that stands in the table, whatever its state."""

    answer: CodeAnswer
    proof: CodeProof | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """`is_first` is False when an earlier submission with other choices already counts."""

    tracker: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What a cast must know of its round."""

    round_id: int
    state: RoundState
    opens_at: datetime
    closes_at: datetime
    rule_book_sha256: str
    help_phone: str | None  # None: the office has not set itself up
    has_withdrawals: bool
    is_rehearsal: bool

    def is_open(self, at: datetime) -> bool:
        """By the clock of the transaction, even when no worker runs."""
        return self.state is RoundState.VOTING and self.opens_at <= at < self.closes_at


def read_code(session: Session, text: str) -> CodeReading:
    """Look a typed code up: one HMAC and one lookup whatever it is (vote.md 1).

    A failed check character is a typing error and is not looked up at all.
    """
    if not has_valid_check(text):
        return CodeReading(CodeAnswer.MISTYPED)
    key = code_key(keys_of(session), text)
    row = session.execute(select(BallotCode.state, BallotCode.round_id).where(BallotCode.code_key == key)).first()
    if row is None:
        return CodeReading(CodeAnswer.UNKNOWN)
    return CodeReading(CodeAnswer(row.state.value), CodeProof(key, row.round_id))


def count_unknown_code(session: Session, address: str, *, at: datetime) -> bool:
    """Count a try with an unknown code. Returns whether answers to this address are slowed from now on (vote.md 1)."""
    key = keys_of(session).hmac("address", address)
    add_failure(session, UNKNOWN, key, at=at)
    return failures(session, UNKNOWN, key, since=at - SLOW_WITHIN) > SLOW_AFTER


def is_under_attack(session: Session, *, at: datetime) -> bool:
    """More than 100 unknown codes within one minute of the last hour, over all addresses: the office is alerted."""
    return busiest_minute(session, UNKNOWN, since=at - timedelta(hours=1)) > ALARM_A_MINUTE


def standing_of(box: Holder, round_id: int) -> Standing:
    return _read_standing(box, _STANDING, round_id)


def held_standing_of(box: Holder, round_id: int) -> Standing:
    """The same, and it stays so until the commit: who suspends or ends a round waits for the casts under way."""
    return _read_standing(box, _HELD_STANDING, round_id)


def _read_standing(box: Holder, statement: Prepared, round_id: int) -> Standing:
    [row] = statement.rows(_connection_of(box), {"round_id": round_id})
    return Standing(*row)


def _connection_of(box: Holder) -> Connection:
    """The statements over bare tables know nothing of what a session has not written yet."""
    if isinstance(box, Connection):
        return box
    box.flush()
    return box.connection()


def check_standing(standing: Standing, at: datetime) -> None:
    """Raises WrongState vote.not_open, .closed, .suspended or .round_void."""
    if standing.is_open(at):
        return
    if standing.state is RoundState.VOID:
        raise WrongState("vote.round_void")
    if standing.state is RoundState.SUSPENDED:
        raise WrongState("vote.suspended")
    if standing.state is RoundState.ANNOUNCED or at < standing.opens_at:
        raise WrongState("vote.not_open", opens_at=standing.opens_at)
    raise WrongState("vote.closed", closes_at=standing.closes_at)


def check_code(box: Holder, proof: CodeProof) -> None:
    """Whether a code that was proved a while ago may still be used. Raises WrongState vote.code_used, vote.code_void,
    vote.code_of_kiosk.
    """
    code = (BallotCode.code_key == proof.code_key, BallotCode.round_id == proof.round_id)
    state = box.scalar(select(BallotCode.state).where(*code))
    if state is not CodeState.LIVE:
        raise WrongState(_WHY_NOT_LIVE.get(state, "vote.code_used"))


def check_choices(box: Holder, standing: Standing, form: BallotForm, marks: Sequence[str]) -> str:
    """The canonical text of the marks.

    Raises InvalidInput: what `voting.check_ballot` raises, or ballot.withdrawn_item (number) for an item that was
    withdrawn since the page was opened.
    """
    text = canonical_text(form, marks)
    if not standing.has_withdrawals:
        return text
    withdrawn = select(MenuItem.number).join(ItemWithdrawal).where(MenuItem.round_id == standing.round_id)
    for number in box.scalars(withdrawn):
        if number in marks:
            raise InvalidInput("ballot.withdrawn_item", number=number)
    return text


def cast_ballot(
    box: Holder,
    proof: CodeProof,
    r: bytes,
    marks: Sequence[str],
    *,
    at: datetime,
    standing: Standing | None = None,
) -> Receipt:
    """Put one ballot into the box, once. `r` is the review page's random 16 bytes; it is never stored.

    In the caller's one transaction the code goes live → used and the ballot is added; nothing but `r` joins the two
    rows. The same code with the same `r` gets the same answer, with other marks too (`is_first` is then False), also
    after close. `standing` is what this transaction holds already, if it does. Raises WrongState: vote.not_open,
    .closed, .suspended, .round_void, .code_used, .code_void, and vote.expired for a review page that another code's
    ballot was cast from; InvalidInput: see `check_choices`. The caller rolls back on any of them. Source: vote.md 2.
    """
    try:
        return _cast(box, standing or held_standing_of(box, proof.round_id), proof, r, marks, at)
    except DomainError:
        answered = _answer_again(box, proof, r, marks)
        if answered is None:
            raise
        return answered


def _cast(box: Holder, standing: Standing, proof: CodeProof, r: bytes, marks: Sequence[str], at: datetime) -> Receipt:
    check_standing(standing, at)
    form = frozen_form(box, proof.round_id, standing.rule_book_sha256)
    choices = check_choices(box, standing, form, marks)
    key = tracker_key_of(r)
    use = {"key": proof.code_key, "in_round": proof.round_id, "tracker": key, "new_idem": idem_of(r)}
    connection = _connection_of(box)
    if _USE_CODE.row_count(connection, use) != 1:
        raise _why_not(box, proof, key, at)
    _ADD_BALLOT.row_count(connection, {"tracker_key": key, "round_id": proof.round_id, "choices": choices})
    return Receipt(tracker_text(key), is_first=True)


def _why_not(box: Holder, proof: CodeProof, key: bytes, at: datetime) -> WrongState:
    """Why a code could not be used. The closing seal writes codes anew: then a live one finds the round closed."""
    if _stored_choices(box, proof.round_id, key) is not None:
        return WrongState("vote.expired")
    try:
        check_code(box, proof)
        check_standing(standing_of(box, proof.round_id), at)
    except WrongState as refusal:
        return refusal
    return WrongState("vote.code_used")


def _answer_again(box: Holder, proof: CodeProof, r: bytes, marks: Sequence[str]) -> Receipt | None:
    """What the first submission with this code and this `r` was told. The closing seal forgets which code it was."""
    code = box.execute(
        select(BallotCode.idem).where(
            BallotCode.code_key == proof.code_key,
            BallotCode.round_id == proof.round_id,
            BallotCode.state == CodeState.USED,
        )
    ).first()
    key = tracker_key_of(r)
    stored = _stored_choices(box, proof.round_id, key)
    if stored is None or code is None or code.idem not in (None, idem_of(r)):
        return None
    sha256 = box.scalars(select(RuleBook.sha256).filter_by(round_id=proof.round_id)).one()
    form = frozen_form(box, proof.round_id, sha256)
    return Receipt(tracker_text(key), is_first=stored == _text_or_none(form, marks))


def _stored_choices(box: Holder, round_id: int, key: bytes) -> str | None:
    """The text under this key in either part of the box."""
    found = (
        select(box.choices).where(box.round_id == round_id, box.tracker_key == key)
        for box in (InboxBallot, SealedBallot)
    )
    return box.scalar(union_all(*found))


def _text_or_none(form: BallotForm, marks: Sequence[str]) -> str | None:
    try:
        return canonical_text(form, marks)
    except InvalidInput:
        return None
