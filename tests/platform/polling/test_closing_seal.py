from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from diancai.errors import Conflict, WrongState
from diancai.platform.core.actor import Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import Job, run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.divisions.models import Division
from diancai.platform.features import load_jobs
from diancai.platform.polling import erasure
from diancai.platform.polling.board import seals_of
from diancai.platform.polling.models import (
    BallotCode,
    BatchState,
    ClosingMinute,
    CodeBatch,
    GivenKind,
    InboxBallot,
    RegisterEntry,
    Seal,
    SealedBallot,
)
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.sealing import close_round, seal_for_good
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.living import void_round
from diancai.platform.rounds.states import RoundState
from diancai.voting import board_root, hash_b, tracker_key_of
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry, some_codes
from tests.platform.polling.votes import END, MINUTES_10, SCRUTINEER, collecting, count, vote

load_jobs()


def test_the_closing_seal_puts_both_hashes_and_the_counts_on_record(session: Session) -> None:
    round_, _, rs = collecting(session, 30)
    an_entry(session, round_, name="李明", given=GivenKind.SLIP, given_hour=AT)
    an_entry(session, round_, name="王敏", is_late=True)
    texts = list(session.scalars(select(InboxBallot.choices)))
    minute = close_round(session, round_, by=SCRUTINEER, at=END)
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
    close_round(session, round_, by=SCRUTINEER, at=END)
    session.expire_all()
    left = session.execute(select(BallotCode.idem, BallotCode.serial, BallotCode.batch_id).distinct()).all()
    assert [tuple(row) for row in left] == [(None, None, None)]
    assert session.scalars(select(RegisterEntry.delivered_serial)).all() == [None]
    assert {row.code_key: row.state for row in session.execute(select(BallotCode.code_key, BallotCode.state))} == before


def test_an_empty_box_is_closed_too(session: Session) -> None:
    round_, _, _ = collecting(session)
    minute = close_round(session, round_, by=SCRUTINEER, at=END)
    assert (minute.ballot_count, minute.hash_b) == (0, hash_b([]).hex())


def test_a_round_is_not_closed_while_a_station_gives_out_slips(session: Session) -> None:
    round_, _, _ = collecting(session)
    a_station(session, round_, name="第二投票点")
    with pytest.raises(WrongState, match=r"station.not_ended") as refusal:
        close_round(session, round_, by=SCRUTINEER, at=END)
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
        close_round(session, round_, by=SCRUTINEER, at=END)


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
        close_round(session, session.get_one(Round, round_id), by=SCRUTINEER, at=END)
    assert refusal.value.facts == {"ballots": ballots, "codes": codes, "sheets": 0}
    with transaction(engine, keys=keys) as session:
        assert session.get_one(Round, round_id).state is RoundState.COLLECTING
        assert count(session, Seal) == count(session, ClosingMinute) == count(session, Job) == 0
        assert count(session, BallotCode, BallotCode.idem.is_not(None)) == 3


def test_a_round_is_closed_once(session: Session) -> None:
    round_, _, _ = collecting(session, 3)
    close_round(session, round_, by=SCRUTINEER, at=END)
    with pytest.raises(WrongState, match=r"state.not_from_here"):
        close_round(session, round_, by=SCRUTINEER, at=END)
    assert count(session, Seal) == 1


def test_a_round_that_is_still_voting_is_not_closed(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    with pytest.raises(WrongState, match=r"state.not_from_here"):
        close_round(session, round_, by=SCRUTINEER, at=AT)


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
        polling_jobs = [name for name in session.scalars(select(Job.name)) if name.startswith("polling.")]
        assert polling_jobs == ["polling.purge_register"]
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
        seal_for_good(session, session.get_one(Round, round_id), by=SCRUTINEER, at=END)
    assert run_due_jobs(engine, at=END, keys=keys) == 1  # that of the backups; the erasure waits
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
        seal_for_good(session, round_, by=SCRUTINEER, at=END)
    with transaction(engine, keys=keys) as writer:
        writer.execute(text("UPDATE register_entry SET phone = phone"))
        with pytest.raises(Conflict, match=r"erasure.reader_in_the_way"):
            erasure.erase_dead_rows(engine)
    erasure.erase_dead_rows(engine)


def test_a_void_box_that_does_not_balance_is_sealed_on_record_all_the_same(engine: Engine, keys: Keys) -> None:
    with transaction(engine, keys=keys) as session:
        round_ = a_round(session, a_street(session))
        vote(session, a_station(session, round_), 3)
        session.add(InboxBallot(tracker_key=bytes(16), round_id=round_.id, choices="1"))
        session.flush()
        one, two = (a_staff(session, session.get_one(Division, round_.street_id), Role.LEADER) for _ in range(2))
        void_round(session, round_id=round_.id, reason="票箱里多出一张", by=two, requested_by=one, at=MINUTES_10)
        round_id = round_.id
    for _ in range(2):
        run_due_jobs(engine, at=MINUTES_10, keys=keys)
    with transaction(engine, keys=keys) as session:
        assert session.get(ClosingMinute, round_id) is None
        assert (count(session, InboxBallot), count(session, SealedBallot)) == (0, 4)
        assert count(session, BallotCode, BallotCode.idem.is_not(None)) == 0
        assert {"VoidRoundUnbalanced", "TracesErased"} <= set(session.scalars(select(AuditEntry.event)))
