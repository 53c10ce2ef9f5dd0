import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from diancai.errors import WrongState
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import HANDLERS, LEASE, Job, enqueue, run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.polling import jobs
from diancai.platform.polling.board import has_tracker, seals_of
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import (
    BallotCode,
    CodeState,
    InboxBallot,
    Seal,
    SealedBallot,
    Station,
)
from diancai.platform.polling.operations.casting import CodeProof, cast_ballot
from diancai.platform.polling.operations.sealing import seal_inbox, seal_message
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from diancai.voting import board_root, tracker_key_of, tracker_text
from tests.factories import AT, a_round, a_station, a_street, some_codes
from tests.platform.polling.votes import MINUTES_10, cast_once, count, vote


class Killed(BaseException):
    """What a killed process leaves: no handler of ours runs after it."""


def test_a_seal_needs_twenty_five_ballots_and_ten_minutes(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    station = a_station(session, round_)
    vote(session, station, 24)
    assert seal_inbox(session, round_, at=MINUTES_10) is None
    vote(session, station, 1)
    assert seal_inbox(session, round_, at=MINUTES_10 - timedelta(seconds=1)) is None
    first = seal_inbox(session, round_, at=MINUTES_10)
    assert first is not None
    assert (first.number, first.ballot_count, first.is_closing) == (1, 25, False)
    vote(session, station, 25)
    assert seal_inbox(session, round_, at=MINUTES_10 + timedelta(minutes=9)) is None
    second = seal_inbox(session, round_, at=MINUTES_10 + timedelta(minutes=10))
    assert second is not None
    assert (second.number, second.ballot_count) == (2, 50)
    assert count(session, InboxBallot) == 0


def test_a_seal_signs_the_root_over_all_sorted_keys(session: Session, keys: Keys) -> None:
    round_ = a_round(session, a_street(session))
    station = a_station(session, round_)
    rs = []
    for number in (1, 2):
        rs += vote(session, station, 25)
        seal = seal_inbox(session, round_, at=AT + number * timedelta(minutes=10))
        assert seal is not None
        assert seal.root == board_root(sorted(map(tracker_key_of, rs))).hex()
        message = seal_message(round_.id, number, 25 * number, seal.root)
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys.public_key_hex))
        public.verify(bytes.fromhex(seal.signature), message)


def test_sealing_one_round_leaves_the_others(session: Session) -> None:
    street = a_street(session)
    one, other = a_round(session, street), a_round(session, street)
    vote(session, a_station(session, one), 25)
    vote(session, a_station(session, other), 25)
    seal_inbox(session, one, at=MINUTES_10)
    assert count(session, InboxBallot, InboxBallot.round_id == other.id) == 25
    assert count(session, SealedBallot, SealedBallot.round_id == one.id) == 25


def test_the_board_changes_only_at_seals(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    station = a_station(session, round_)
    trackers = [tracker_text(tracker_key_of(r)) for r in vote(session, station, 25)]
    assert not any(has_tracker(session, round_.id, tracker) for tracker in trackers)
    seal_inbox(session, round_, at=MINUTES_10)
    assert all(has_tracker(session, round_.id, tracker) for tracker in trackers)
    later = tracker_text(tracker_key_of(vote(session, station, 1)[0]))
    assert not has_tracker(session, round_.id, later)
    assert [seal.ballot_count for seal in seals_of(session, round_.id)] == [25]


def test_one_review_page_is_one_ballot_whatever_the_code(session: Session) -> None:
    """A second ballot under the same key would stop every later seal; the second code stays live."""
    round_ = a_round(session, a_street(session))
    station = a_station(session, round_)
    r = vote(session, station, 25)[0]
    proof = CodeProof(code_key(session.info["keys"], some_codes(session, station, 1)[0]), round_.id)
    for minutes in (0, 10):
        seal_inbox(session, round_, at=AT + timedelta(minutes=minutes))
        with pytest.raises(WrongState, match=r"vote.expired"):
            cast_ballot(session, proof, r, ["1"], at=AT)
    assert session.get_one(BallotCode, proof.code_key).state is CodeState.LIVE
    assert count(session, SealedBallot) == 25


def test_a_used_code_is_not_answered_with_somebody_elses_tracker(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    station = a_station(session, round_)
    proof = CodeProof(code_key(session.info["keys"], some_codes(session, station, 1)[0]), round_.id)
    cast_ballot(session, proof, secrets.token_bytes(16), ["1"], at=AT)
    theirs = cast_once(session, station, secrets.token_bytes(16))
    with pytest.raises(WrongState, match=r"vote.expired"):
        cast_ballot(session, proof, theirs, ["1"], at=AT)


def test_a_round_that_is_not_voting_is_not_sealed_by_the_job(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    vote(session, a_station(session, round_), 25)
    for state, seals in ((RoundState.COLLECTING, 0), (RoundState.SUSPENDED, 1)):
        round_.state = state
        session.flush()
        jobs.seal_voting_round(session, round_.id, at=MINUTES_10)
        assert count(session, Seal) == seals


@pytest.fixture
def box(engine: Engine, keys: Keys) -> tuple[int, list[bytes]]:
    """A voting round with 30 ballots, committed, and its sealing job."""
    with transaction(engine, keys=keys) as session:
        round_ = a_round(session, a_street(session))
        rs = vote(session, a_station(session, round_), 30)
        enqueue(session, "polling.seal_round", round_.id, due_at=MINUTES_10, unique_key=f"seal:{round_.id}")
        return round_.id, rs


@pytest.fixture
def killed_while_sealing() -> Iterator[None]:
    """The process dies between claiming the job and committing it, with everything already written."""
    sealing = HANDLERS["polling.seal_round"]

    def die(session: Session, round_id: int, *, at: datetime) -> None:
        sealing(session, round_id, at=at)
        session.flush()
        raise Killed

    HANDLERS["polling.seal_round"] = die
    yield
    HANDLERS["polling.seal_round"] = sealing


def test_a_seal_that_was_killed_is_made_after_the_restart(
    engine: Engine, keys: Keys, box: tuple[int, list[bytes]], request: pytest.FixtureRequest
) -> None:
    round_id, rs = box
    sealing = HANDLERS["polling.seal_round"]
    request.getfixturevalue("killed_while_sealing")
    with pytest.raises(Killed):
        run_due_jobs(engine, at=MINUTES_10, keys=keys)
    with transaction(engine, keys=keys) as session:
        assert (count(session, InboxBallot), count(session, SealedBallot), count(session, Seal)) == (30, 0, 0)
    HANDLERS["polling.seal_round"] = sealing
    after = MINUTES_10 + LEASE + timedelta(seconds=1)
    assert run_due_jobs(engine, at=after, keys=keys) == 1
    with transaction(engine, keys=keys) as session:
        assert count(session, InboxBallot) == 0
        sealed = session.scalars(select(SealedBallot.tracker_key)).all()
        assert sorted(sealed) == sorted(map(tracker_key_of, rs))
        assert [seal.number for seal in seals_of(session, round_id)] == [1]
        assert session.scalars(select(Job.due_at)).all() == [after + jobs.LOOK_AGAIN]


def test_a_ballot_that_arrives_during_a_seal_waits_for_the_next(
    engine: Engine, keys: Keys, box: tuple[int, list[bytes]], dialect: str
) -> None:
    """On PostgreSQL it is cast while the seal's transaction is open; on SQLite it waits for it."""
    round_id, rs = box
    late, is_sealed = secrets.token_bytes(16), Event()

    def cast_late() -> None:
        is_sealed.wait()
        with transaction(engine, keys=keys) as own:
            cast_once(own, own.scalars(select(Station)).one(), late)

    voter = Thread(target=cast_late)
    voter.start()
    with transaction(engine, keys=keys) as session:
        seal = seal_inbox(session, session.get_one(Round, round_id), at=MINUTES_10)
        is_sealed.set()
        if dialect == "postgresql":
            voter.join()
        assert seal is not None
        assert seal.ballot_count == 30
    voter.join()
    with transaction(engine, keys=keys) as session:
        assert session.scalars(select(InboxBallot.tracker_key)).all() == [tracker_key_of(late)]
        vote(session, session.scalars(select(Station)).one(), 24)
        second = seal_inbox(session, session.get_one(Round, round_id), at=MINUTES_10 + timedelta(minutes=10))
        assert second is not None
        assert second.ballot_count == 55
        keys_sealed = set(session.scalars(select(SealedBallot.tracker_key)))
        assert {tracker_key_of(r) for r in [*rs, late]} <= keys_sealed
