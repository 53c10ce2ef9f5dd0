"""Backups: encrypted to the scrutineers, taken together with a seal, restored whole or not at all."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.backups.models import Backup
from diancai.platform.backups.operations import Recipient, destroy_backup, read_recipients, take_backup
from diancai.platform.backups.restoring import decrypted, restore_backup
from diancai.platform.core.actor import SYSTEM, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.db import Base, one_moment, open_engine, transaction
from diancai.platform.core.jobs import run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.divisions.models import Division
from diancai.platform.features import load_jobs
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import InboxBallot, SealedBallot, Station
from diancai.platform.polling.operations.casting import CodeProof, cast_ballot
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations import resume_round
from diancai.platform.rounds.states import RoundState
from diancai.voting import tracker_key_of
from tests.databases import Databases
from tests.factories import AT, a_community, a_round, a_staff, a_station, a_street, some_codes
from tests.platform.polling.votes import END, MINUTES_10, SCRUTINEER, collecting, count, vote

IDENTITY = pyrage.x25519.Identity.generate()
SCRUTINEERS = [Recipient("监票人甲", str(IDENTITY.to_public()))]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.age"


@contextmanager
def an_empty_database(databases: Databases, engine: Engine) -> Iterator[Engine]:
    empty = open_engine(databases.migrated(engine.dialect.name))
    yield empty
    empty.dispose()


def taken(engine: Engine, keys: Keys, file: Path) -> bytes:
    with one_moment(engine, keys=keys) as session:
        take_backup(session, file, SCRUTINEERS, by=SYSTEM, at=MINUTES_10)
    return file.read_bytes()


def restored(engine: Engine, keys: Keys, content: bytes, identity: str = str(IDENTITY)) -> list[RoundState]:
    with transaction(engine, keys=keys) as session:
        restore_backup(session, content, identity, "0" * 64, by=SYSTEM, at=MINUTES_10)
        return list(session.scalars(select(Round.state)))


def rows(session: Session) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_a_backup_restores_every_row(engine: Engine, keys: Keys, databases: Databases, file: Path) -> None:
    with transaction(engine, keys=keys) as session:
        round_, _, rs = collecting(session, ballots=7)
        close_round(session, round_, by=SCRUTINEER, at=MINUTES_10)
        before = rows(session)
    content = taken(engine, keys, file)
    with an_empty_database(databases, engine) as other:
        assert restored(other, keys, content) == [RoundState.CLOSED]
        with Session(other) as session:
            # What came after the copy: the entry of the restore itself.
            assert rows(session) == before | {"audit_entry": before["audit_entry"] + 1}
            assert set(session.scalars(select(SealedBallot.tracker_key))) == {tracker_key_of(r) for r in rs}
        with transaction(other, keys=keys) as session:
            street = session.get_one(Division, session.scalars(select(Round.street_id)).one())
            a_community(session, street, code="110102001999")  # numbers go on behind those restored


def test_only_a_recipient_can_open_it(engine: Engine, keys: Keys, file: Path) -> None:
    content = taken(engine, keys, file)
    stranger = str(pyrage.x25519.Identity.generate())
    with pytest.raises(InvalidInput) as refusal:
        decrypted(content, stranger)
    assert refusal.value.code == "backup.wrong_key"
    with pytest.raises(InvalidInput) as refusal:
        decrypted(content[:-1] + b"x", str(IDENTITY))
    assert refusal.value.code == "backup.wrong_key"


def test_no_unsealed_ballot_leaves_the_database(engine: Engine, keys: Keys, databases: Databases, file: Path) -> None:
    with transaction(engine, keys=keys) as session:
        station = a_station(session, a_round(session, a_street(session)))
        vote(session, station, 24)
    with pytest.raises(WrongState) as refusal:
        taken(engine, keys, file)
    assert (refusal.value.code, refusal.value.facts["waiting"]) == ("backup.unsealed", 24)
    with transaction(engine, keys=keys) as session:
        vote(session, session.scalars(select(Station)).one(), 1)
    content = taken(engine, keys, file)
    with Session(engine) as session:
        assert count(session, InboxBallot) == 0
    with an_empty_database(databases, engine) as other:
        assert restored(other, keys, content) == [RoundState.SUSPENDED]
        with Session(other) as session:
            assert (count(session, InboxBallot), count(session, SealedBallot)) == (0, 25)


def test_a_restored_round_waits_for_two_people(engine: Engine, keys: Keys, databases: Databases, file: Path) -> None:
    with transaction(engine, keys=keys) as session:
        vote(session, a_station(session, a_round(session, a_street(session))), 25)
    content = taken(engine, keys, file)
    with an_empty_database(databases, engine) as other:
        restored(other, keys, content)
        with transaction(other, keys=keys) as session:
            round_ = session.scalars(select(Round)).one()
            officer = a_staff(session, session.get_one(Division, round_.street_id), Role.OFFICER)
            with pytest.raises(WrongState) as refusal:
                resume_round(session, round_, reason="网络恢复", by=officer, at=MINUTES_10)
    assert refusal.value.code == "round.restored"


def test_a_copy_of_an_open_round_goes_when_it_closes(engine: Engine, keys: Keys, file: Path) -> None:
    load_jobs()
    with transaction(engine, keys=keys) as session:
        station = a_station(session, a_round(session, a_street(session)))
        vote(session, station, 25)
    taken(engine, keys, file)
    with transaction(engine, keys=keys) as session:
        round_ = session.scalars(select(Round)).one()
        end_voting(session, round_, at=END)
        station = session.scalars(select(Station)).one()
        station.ended_at, station.unused_count, station.spoiled_count = END, 0, 0
        close_round(session, round_, by=SCRUTINEER, at=END)
    assert file.exists()
    run_due_jobs(engine, at=END, keys=keys)
    assert not file.exists()
    with Session(engine) as session:
        assert session.scalars(select(Backup)).one().destroyed_at == END
        assert count(session, AuditEntry, AuditEntry.event == "BackupDestroyed") == 1


def test_another_file_under_its_name_is_left_alone(engine: Engine, keys: Keys, file: Path) -> None:
    taken(engine, keys, file)
    file.write_text("somebody's own")
    with transaction(engine, keys=keys) as session:
        destroy_backup(session, session.scalars(select(Backup)).one(), by=SYSTEM, at=MINUTES_10)
    assert file.read_text() == "somebody's own"


@pytest.mark.parametrize("harm", ["a ballot less", "an entry changed", "cut off"])
def test_a_broken_backup_restores_nothing(
    engine: Engine, keys: Keys, databases: Databases, file: Path, harm: str
) -> None:
    with transaction(engine, keys=keys) as session:
        vote(session, a_station(session, a_round(session, a_street(session))), 25)
    taken(engine, keys, file.with_suffix(".first"))  # and with it an entry in the log
    lines = list(decrypted(taken(engine, keys, file), str(IDENTITY)))
    with an_empty_database(databases, engine) as other:
        with pytest.raises(InvalidInput) as refusal:
            restored(other, keys, harmed(lines, harm))
        with Session(other) as session:
            assert not any(rows(session).values())
    codes = {
        "a ballot less": "backup.broken_seal",
        "an entry changed": "backup.broken_log",
        "cut off": "backup.cut_off",
    }
    assert refusal.value.code == codes[harm]


def harmed(lines: list[str], harm: str) -> bytes:
    where = next(n for n, line in enumerate(lines) if '"table": "sealed_ballot"' in line)
    if harm == "cut off":
        lines = lines[:-1]
    elif harm == "a ballot less":
        del lines[where + 1]
        counts = json.loads(lines[-1])
        counts["rows"]["sealed_ballot"] -= 1
        lines[-1] = json.dumps(counts)
    else:
        entry = next(n for n, line in enumerate(lines) if '"table": "audit_entry"' in line) + 1
        row = json.loads(lines[entry])
        row[4] = "别人"
        lines[entry] = json.dumps(row, ensure_ascii=False)
    content = gzip.compress("\n".join(lines).encode())
    return pyrage.encrypt(content, [IDENTITY.to_public()])


def test_it_is_restored_into_an_empty_database_only(engine: Engine, keys: Keys, file: Path) -> None:
    with transaction(engine, keys=keys) as session:
        a_street(session)
    content = taken(engine, keys, file)
    with pytest.raises(Conflict) as refusal:
        restored(engine, keys, content)
    assert refusal.value.code == "backup.not_empty"


def test_recipients_are_read_line_by_line() -> None:
    text = f"# 监票人\n王 建国 {IDENTITY.to_public()}\n\n"
    assert read_recipients(text) == [Recipient("王 建国", str(IDENTITY.to_public()))]
    with pytest.raises(InvalidInput) as refusal:
        read_recipients(f"{text}李四 age1nonsense")
    assert refusal.value.facts["line"] == 4
    with pytest.raises(InvalidInput) as refusal:
        read_recipients("# 还没有人")
    assert refusal.value.code == "backup.no_recipients"


def test_the_rest_of_the_vote_is_as_it_was(engine: Engine, keys: Keys, databases: Databases, file: Path) -> None:
    """A voter whose ballot is in the copy gets the same tracker on retry (vote.md 2)."""
    with transaction(engine, keys=keys) as session:
        station = a_station(session, a_round(session, a_street(session)))
        vote(session, station, 24)
        [code] = some_codes(session, station, 1)
        proof, r = CodeProof(code_key(keys, code), station.round_id), b"r" * 16
        first = cast_ballot(session, proof, r, ["1"], at=AT)
    content = taken(engine, keys, file)
    with an_empty_database(databases, engine) as other:
        restored(other, keys, content)
        with transaction(other, keys=keys) as session:
            assert cast_ballot(session, proof, r, ["1"], at=MINUTES_10) == first
