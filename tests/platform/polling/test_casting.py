import secrets
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from diancai.errors import DomainError, InvalidInput, WrongState
from diancai.platform.core.db import transaction
from diancai.platform.core.keys import Keys
from diancai.platform.core.moves import move
from diancai.platform.polling.models import BallotCode, CodeState, InboxBallot
from diancai.platform.polling.operations.casting import (
    CodeAnswer,
    CodeProof,
    cast_ballot,
    count_unknown_code,
    is_under_attack,
    read_code,
)
from diancai.platform.rounds.models import ItemWithdrawal, MenuItem, Round
from diancai.platform.rounds.states import ROUND_MOVES, RoundState
from diancai.voting import tracker_key_of, tracker_text
from tests.factories import AT, a_round, a_staff, a_station, a_street, some_codes
from tests.threads import behind_a_lock

LATER = AT + timedelta(hours=1)


def a_proof(session: Session, round_: Round) -> CodeProof:
    code = some_codes(session, a_station(session, round_, name=secrets.token_hex(4)), 1)[0]
    proof = read_code(session, code).proof
    assert proof is not None
    return proof


def ballots_in(session: Session) -> list[str]:
    return list(session.scalars(select(InboxBallot.choices)))


def test_a_code_is_known_however_it_is_typed(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    code = some_codes(session, a_station(session, round_), 1)[0]
    assert read_code(session, f" {code.lower().replace('-', ' ')}").answer is CodeAnswer.LIVE


def test_a_failed_check_character_is_a_typing_error(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    code = some_codes(session, a_station(session, round_), 1)[0]
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert read_code(session, wrong).answer is CodeAnswer.MISTYPED


def test_a_cast_uses_the_code_and_fills_the_box_once(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    proof, r = a_proof(session, round_), secrets.token_bytes(16)
    receipt = cast_ballot(session, proof, r, ["3", "1"], at=LATER)
    assert ballots_in(session) == ["1,3"]
    assert receipt.tracker == tracker_text(tracker_key_of(r))
    assert session.scalar(select(BallotCode.state)) is CodeState.USED


def test_a_retry_gets_the_same_answer(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    proof, r = a_proof(session, round_), secrets.token_bytes(16)
    first = cast_ballot(session, proof, r, ["1"], at=LATER)
    again = cast_ballot(session, proof, r, ["1"], at=LATER)
    assert again == first
    assert len(ballots_in(session)) == 1


@pytest.mark.parametrize("other", [["2"], [], ["99"], ["1", "2", "3", "4"]])
def test_a_retry_with_other_choices_keeps_the_first(session: Session, other: list[str]) -> None:
    round_ = a_round(session, a_street(session))
    proof, r = a_proof(session, round_), secrets.token_bytes(16)
    first = cast_ballot(session, proof, r, ["1"], at=LATER)
    again = cast_ballot(session, proof, r, other, at=LATER)
    assert (again.tracker, again.is_first) == (first.tracker, False)
    assert ballots_in(session) == ["1"]


def test_another_page_with_the_same_code_is_told_that_it_is_used(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    proof = a_proof(session, round_)
    cast_ballot(session, proof, secrets.token_bytes(16), ["1"], at=LATER)
    with pytest.raises(WrongState, match="vote.code_used"):
        cast_ballot(session, proof, secrets.token_bytes(16), ["1"], at=LATER)


def test_a_void_code_takes_no_ballot(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    proof = a_proof(session, round_)
    session.get_one(BallotCode, proof.code_key).state = CodeState.VOID
    with pytest.raises(WrongState, match="vote.code_void"):
        cast_ballot(session, proof, secrets.token_bytes(16), ["1"], at=LATER)
    assert ballots_in(session) == []


def test_a_code_of_another_round_takes_no_ballot(session: Session) -> None:
    street = a_street(session)
    mine, other = a_round(session, street), a_round(session, street)
    forged = CodeProof(a_proof(session, other).code_key, mine.id)
    with pytest.raises(WrongState, match="vote.code_used"):
        cast_ballot(session, forged, secrets.token_bytes(16), ["1"], at=LATER)
    assert ballots_in(session) == []


@pytest.mark.parametrize(
    ("state", "after", "code"),
    [
        (RoundState.ANNOUNCED, timedelta(0), "vote.not_open"),
        (RoundState.SUSPENDED, timedelta(hours=1), "vote.suspended"),
        (RoundState.COLLECTING, timedelta(hours=1), "vote.closed"),
        (RoundState.VOTING, timedelta(days=7), "vote.closed"),
        (RoundState.VOTING, timedelta(seconds=-1), "vote.not_open"),
    ],
)
def test_outside_its_hours_a_round_takes_no_ballot(
    session: Session, state: RoundState, after: timedelta, code: str
) -> None:
    round_ = a_round(session, a_street(session), state=state)
    proof = a_proof(session, round_)
    with pytest.raises(WrongState, match=code):
        cast_ballot(session, proof, secrets.token_bytes(16), ["1"], at=AT + after)
    assert ballots_in(session) == []


def test_a_retry_is_answered_after_the_close_too(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    proof, r = a_proof(session, round_), secrets.token_bytes(16)
    first = cast_ballot(session, proof, r, ["1"], at=LATER)
    assert cast_ballot(session, proof, r, ["1"], at=AT + timedelta(days=8)) == first


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        ([], "ballot.empty"),
        (["99"], "ballot.unknown_item"),
        (["1", "2", "3", "4"], "ballot.too_many"),
    ],
)
def test_a_refused_ballot_leaves_the_code_live(session: Session, marks: list[str], code: str) -> None:
    round_ = a_round(session, a_street(session))
    proof = a_proof(session, round_)
    with pytest.raises(InvalidInput, match=code):
        cast_ballot(session, proof, secrets.token_bytes(16), marks, at=LATER)
    assert session.get_one(BallotCode, proof.code_key).state is CodeState.LIVE


def test_an_item_withdrawn_meanwhile_is_named(session: Session) -> None:
    street = a_street(session)
    round_ = a_round(session, street)
    proof, one, two = a_proof(session, round_), a_staff(session, street), a_staff(session, street)
    item = session.scalars(select(MenuItem).filter_by(round_id=round_.id, number="2")).one()
    session.add(
        ItemWithdrawal(
            item_id=item.id,
            round_id=round_.id,
            reason="场地变更",
            requested_by=one.staff_id,
            confirmed_by=two.staff_id,
            at=AT,
        )
    )
    session.flush()
    with pytest.raises(InvalidInput, match="ballot.withdrawn_item"):
        cast_ballot(session, proof, secrets.token_bytes(16), ["1", "2"], at=LATER)


def test_two_devices_at_once_make_one_ballot(engine: Engine, keys: Keys) -> None:
    with transaction(engine, keys=keys) as session:
        round_ = a_round(session, a_street(session))
        proofs = [a_proof(session, round_) for _ in range(12)]
    barrier, answers = Barrier(4), []

    def device() -> None:
        barrier.wait()
        for proof in proofs:
            try:
                with transaction(engine, keys=keys) as own:
                    answers.append(cast_ballot(own, proof, secrets.token_bytes(16), ["1"], at=LATER).tracker)
            except DomainError as refusal:
                answers.append(refusal.code)

    devices = [Thread(target=device) for _ in range(4)]
    for thread in devices:
        thread.start()
    for thread in devices:
        thread.join()
    with transaction(engine, keys=keys) as session:
        assert session.scalar(select(func.count()).select_from(InboxBallot)) == 12
        assert session.scalar(select(func.count()).where(BallotCode.state == CodeState.USED)) == 12
    assert answers.count("vote.code_used") == 36


def test_the_database_itself_refuses_a_changed_ballot_and_a_revived_code(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    cast_ballot(session, a_proof(session, round_), secrets.token_bytes(16), ["1"], at=LATER)
    for forbidden in ("UPDATE inbox_ballot SET choices = '2'", "UPDATE ballot_code SET state = 'live', idem = NULL"):
        with pytest.raises(DatabaseError, match="refused by"), session.begin_nested():
            session.execute(text(forbidden))


def test_a_closed_round_takes_no_ballots_even_by_hand(session: Session) -> None:
    round_ = a_round(session, a_street(session), state=RoundState.CLOSED)
    session.add(InboxBallot(tracker_key=secrets.token_bytes(16), round_id=round_.id, choices="1"))
    with pytest.raises(DatabaseError, match="refused by"):
        session.flush()


def test_unknown_codes_slow_their_address_after_ten_tries(session: Session) -> None:
    slowed = [count_unknown_code(session, "10.0.0.7", at=AT + timedelta(seconds=n)) for n in range(12)]
    assert slowed == [False] * 10 + [True] * 2
    assert not count_unknown_code(session, "10.0.0.8", at=AT)
    assert not count_unknown_code(session, "10.0.0.7", at=AT + timedelta(minutes=12))


def test_a_hundred_unknown_codes_a_minute_raise_the_alarm(session: Session) -> None:
    for number in range(101):
        count_unknown_code(session, f"10.0.0.{number}", at=AT)
    assert is_under_attack(session, at=AT)
    assert is_under_attack(session, at=AT + timedelta(minutes=50))
    assert not is_under_attack(session, at=AT + timedelta(minutes=70))


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_cast_waits_for_who_is_just_suspending_the_round_and_is_told_so(engine: Engine, keys: Keys) -> None:
    with transaction(engine, keys=keys) as session:
        round_ = a_round(session, a_street(session))
        proof, round_id = a_proof(session, round_), round_.id

    def cast() -> None:
        with transaction(engine, keys=keys) as session:
            cast_ballot(session, proof, secrets.token_bytes(16), ["1"], at=LATER)

    with Session(engine) as office:
        move(office, office.get_one(Round, round_id), RoundState.SUSPENDED, table=ROUND_MOVES)
        answer = behind_a_lock(engine, office.commit, cast)
    assert repr(answer) == repr(WrongState("vote.suspended"))
    with transaction(engine) as session:
        assert ballots_in(session) == []
