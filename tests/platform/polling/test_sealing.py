import random
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from diancai.errors import Conflict, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import HANDLERS, LEASE, Job, enqueue, run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.polling import erasure, jobs
from diancai.platform.polling.board import has_tracker, seals_of
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import (
    BallotCode,
    BatchState,
    ClosingMinute,
    CodeBatch,
    CodeState,
    GivenKind,
    InboxBallot,
    RegisterEntry,
    Seal,
    SealedBallot,
    Station,
)
from diancai.platform.polling.operations.casting import CodeProof, cast_ballot
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.sealing import close_round, seal_for_good, seal_inbox, seal_message
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.living import void_round
from diancai.platform.rounds.states import RoundState
from diancai.voting import board_root, hash_b, tracker_key_of, tracker_text
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry, some_codes

MINUTES_10 = AT + timedelta(minutes=10)
END = AT + timedelta(days=7)


class Killed(BaseException):
    """What a killed process leaves: no handler of ours runs after it."""


def vote(session: Session, station: Station, count: int, *, at: datetime = AT) -> list[bytes]:
    """So many residents vote. Returns the random `r` of each."""
    return [cast_once(session, station, secrets.token_bytes(16), at=at) for _ in range(count)]


def cast_once(session: Session, station: Station, r: bytes, *, at: datetime = AT) -> bytes:
    proof = CodeProof(code_key(session.info["keys"], some_codes(session, station, 1)[0]), station.round_id)
    cast_ballot(session, proof, r, [str(random.Random(r).randint(1, 6))], at=at)
    return r


def count(session: Session, table: type, *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


def collecting(session: Session, ballots: int = 0) -> tuple[Round, Station, list[bytes]]:
    """A round whose voting has ended, with one station that has ended too, and so many ballots."""
    round_ = a_round(session, a_street(session))
    station = a_station(session, round_)
    rs = vote(session, station, ballots)
    end_voting(session, round_, at=END)
    station.ended_at, station.unused_count, station.spoiled_count = END, 0, 0
    session.flush()
    return round_, station, rs


def a_scrutineer(session: Session, round_: Round) -> Actor:
    return Actor(name=f"监票人{round_.id}")


# while voting


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


# the closing seal


def test_the_closing_seal_puts_both_hashes_and_the_counts_on_record(session: Session) -> None:
    round_, _, rs = collecting(session, 30)
    an_entry(session, round_, name="李明", given=GivenKind.SLIP, given_hour=AT)
    an_entry(session, round_, name="王敏", is_late=True)
    texts = list(session.scalars(select(InboxBallot.choices)))
    minute = close_round(session, round_, by=a_scrutineer(session, round_), at=END)
    assert minute.root_a == board_root(sorted(map(tracker_key_of, rs))).hex()
    assert minute.hash_b == hash_b(texts).hex()
    assert (minute.ballot_count, minute.used_code_count, minute.given_count) == (30, 30, 1)
    assert (minute.register_count, minute.late_count) == (2, 1)
    seal = seals_of(session, round_.id)[0]
    assert (seal.is_closing, seal.root, seal.ballot_count) == (True, minute.root_a, 30)
    assert round_.state is RoundState.CLOSED
    assert "RoundSealed" in session.scalars(select(AuditEntry.event)).all()


def test_the_closing_seal_erases_idem_serials_and_print_runs(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    station, person = a_station(session, round_), a_staff(session, a_street(session, code="110105001000"), Role.OFFICER)
    batch = CodeBatch(
        round_id=round_.id,
        station_id=station.id,
        kind="delivered",
        slip_count=3,
        requested_by=person.staff_id,
        requested_at=AT,
        state=BatchState.VOID,
    )
    session.add(batch)
    session.flush()
    vote(session, station, 3)
    some_codes(session, station, 2)
    for serial, code in enumerate(session.scalars(select(BallotCode)).all(), 1):
        code.serial, code.batch_id = serial, batch.id
    an_entry(session, round_, given=GivenKind.POSTED, given_hour=AT, delivered_serial=4)
    session.flush()
    before = {row.code_key: row.state for row in session.execute(select(BallotCode.code_key, BallotCode.state))}
    end_voting(session, round_, at=END)
    station.ended_at, station.unused_count, station.spoiled_count = END, 2, 0
    close_round(session, round_, by=a_scrutineer(session, round_), at=END)
    session.expire_all()
    left = session.execute(select(BallotCode.idem, BallotCode.serial, BallotCode.batch_id).distinct()).all()
    assert [tuple(row) for row in left] == [(None, None, None)]
    assert session.scalars(select(RegisterEntry.delivered_serial)).all() == [None]
    assert {row.code_key: row.state for row in session.execute(select(BallotCode.code_key, BallotCode.state))} == before


def test_an_empty_box_is_closed_too(session: Session) -> None:
    round_, _, _ = collecting(session)
    minute = close_round(session, round_, by=a_scrutineer(session, round_), at=END)
    assert (minute.ballot_count, minute.hash_b) == (0, hash_b([]).hex())


def test_a_round_is_not_closed_while_a_station_gives_out_slips(session: Session) -> None:
    round_, _, _ = collecting(session)
    a_station(session, round_, name="第二投票点")
    with pytest.raises(WrongState, match=r"station.not_ended") as refusal:
        close_round(session, round_, by=a_scrutineer(session, round_), at=END)
    assert refusal.value.facts == {"name": "第二投票点"}
    assert round_.state is RoundState.COLLECTING


def test_a_round_is_not_closed_while_a_print_run_waits(session: Session) -> None:
    round_, station, _ = collecting(session)
    person = a_staff(session, a_street(session, code="110105001000"), Role.OFFICER)
    session.add(
        CodeBatch(
            round_id=round_.id,
            station_id=station.id,
            kind="bearer",
            slip_count=3,
            requested_by=person.staff_id,
            requested_at=AT,
        )
    )
    session.flush()
    with pytest.raises(WrongState, match=r"batch.still_waits"):
        close_round(session, round_, by=a_scrutineer(session, round_), at=END)


@pytest.mark.parametrize(
    ("planted", "ballots", "codes"),
    [
        ("INSERT INTO inbox_ballot (tracker_key, round_id, choices) VALUES (:key, :round_id, '1')", 4, 3),
        ("INSERT INTO sealed_ballot (tracker_key, round_id, choices) VALUES (:key, :round_id, '1')", 4, 3),
        ("DELETE FROM inbox_ballot WHERE tracker_key = (SELECT tracker_key FROM inbox_ballot LIMIT 1)", 2, 3),
        ("UPDATE ballot_code SET state = 'used' WHERE state = 'live'", 3, 4),
    ],
)
def test_a_box_that_does_not_fit_its_codes_is_not_closed(
    engine: Engine, keys: Keys, planted: str, ballots: int, codes: int
) -> None:
    with transaction(engine, keys=keys) as session:
        round_, station, _ = collecting(session, 3)
        some_codes(session, station, 1)
        values = {"key": bytes(range(16)), "round_id": round_.id}
        session.execute(text(planted), {name: value for name, value in values.items() if f":{name}" in planted})
        round_id = round_.id
    with (
        pytest.raises(Conflict, match=r"closing.ballots_and_codes_differ") as refusal,
        transaction(engine, keys=keys) as session,
    ):
        close_round(session, session.get_one(Round, round_id), by=Actor(name="监票人"), at=END)
    assert refusal.value.facts == {"ballots": ballots, "codes": codes}
    with transaction(engine, keys=keys) as session:
        assert session.get_one(Round, round_id).state is RoundState.COLLECTING
        assert count(session, Seal) == count(session, ClosingMinute) == count(session, Job) == 0
        assert count(session, BallotCode, BallotCode.idem.is_not(None)) == 3


def test_a_round_is_closed_once(session: Session) -> None:
    round_, _, _ = collecting(session, 3)
    close_round(session, round_, by=a_scrutineer(session, round_), at=END)
    with pytest.raises(WrongState, match=r"state.not_from_here"):
        close_round(session, round_, by=a_scrutineer(session, round_), at=END)
    assert count(session, Seal) == 1


def test_a_round_that_is_still_voting_is_not_closed(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    with pytest.raises(WrongState, match=r"state.not_from_here"):
        close_round(session, round_, by=a_scrutineer(session, round_), at=AT)


# trouble


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


def test_a_round_made_void_after_opening_gets_its_closing_seal(engine: Engine, keys: Keys) -> None:
    with transaction(engine, keys=keys) as session:
        street = a_street(session)
        round_ = a_round(session, street)
        vote(session, a_station(session, round_), 3)
        one, two = a_staff(session, street, Role.LEADER), a_staff(session, street, Role.LEADER)
        void_round(session, round_id=round_.id, reason="规则有误", by=two, requested_by=one, at=MINUTES_10)
        round_id = round_.id
    for _ in range(2):
        run_due_jobs(engine, at=MINUTES_10, keys=keys)
    with transaction(engine, keys=keys) as session:
        assert session.get_one(Round, round_id).state is RoundState.VOID
        assert session.get_one(ClosingMinute, round_id).ballot_count == 3
        assert (count(session, InboxBallot), count(session, SealedBallot)) == (0, 3)
        assert not [name for name in session.scalars(select(Job.name)) if name.startswith("polling.")]
        assert count(session, BallotCode, BallotCode.idem.is_not(None)) == 0
        assert "TracesErased" in session.scalars(select(AuditEntry.event)).all()


def test_erasing_is_tried_again_until_no_reader_is_in_the_way(
    engine: Engine, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "PATIENCE_MS", 50)
    with transaction(engine, keys=keys) as session:
        collecting(session, 3)
    reader = engine.connect().execution_options(isolation_level="SERIALIZABLE")
    reader.execute(text("SELECT count(*) FROM station"))
    with transaction(engine, keys=keys) as session:
        round_id = session.scalars(select(Round.id)).one()
        seal_for_good(session, session.get_one(Round, round_id), by=Actor(name="监票人"), at=END)
    assert run_due_jobs(engine, at=END, keys=keys) == 0
    with transaction(engine, keys=keys) as session:
        assert session.scalars(select(Job.last_error)).all() == ["Conflict"]
        assert "TracesErased" not in session.scalars(select(AuditEntry.event)).all()
    reader.close()
    assert run_due_jobs(engine, at=END + timedelta(seconds=2), keys=keys) == 1
    with transaction(engine, keys=keys) as session:
        assert "TracesErased" in session.scalars(select(AuditEntry.event)).all()
        assert count(session, Job) == 0


def test_a_table_in_use_is_a_reader_in_the_way(engine: Engine, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "PATIENCE_MS", 50)
    with transaction(engine, keys=keys) as session:
        round_, _, _ = collecting(session, 3)
        seal_for_good(session, round_, by=Actor(name="监票人"), at=END)
    with transaction(engine, keys=keys) as writer:
        writer.execute(text("UPDATE register_entry SET phone = phone"))
        with pytest.raises(Conflict, match=r"erasure.reader_in_the_way"):
            erasure.erase_dead_rows(engine)
    erasure.erase_dead_rows(engine)
