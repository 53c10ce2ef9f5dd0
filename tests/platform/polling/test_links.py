"""After the closing seal nothing joins code and ballot (vote.md 3). Each attack first finds what is there to be found."""

import base64
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from sqlalchemy import DateTime, Engine, select, text
from sqlalchemy.orm import Session

from diancai.platform.backups.operations import Recipient, take_backup
from diancai.platform.backups.restoring import decrypted
from diancai.platform.core.actor import SYSTEM, Actor
from diancai.platform.core.db import Base, log_outlives_seal, one_moment, open_engine, transaction
from diancai.platform.core.jobs import run_due_jobs
from diancai.platform.core.keys import NAMES, Keys
from diancai.platform.features import load_jobs
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import BallotCode, GivenKind, InboxBallot, SealedBallot
from diancai.platform.polling.operations.casting import CodeProof, cast_ballot
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.rounds.models import Round
from diancai.voting import has_valid_check, tracker_key_of, tracker_text
from diancai.voting.board import idem_of
from diancai.voting.codes import LETTERS_ALPHABET, in_fours
from tests.databases import FAST, Databases, running_cluster
from tests.factories import AT, a_round, a_station, a_street, an_entry
from tests.machine import postgres_programs, skip_or_fail
from tests.platform.polling.attacks import (
    PLANTED,
    Loot,
    Orders,
    by_planted_lines,
    by_planted_rows,
    by_writer,
    in_dump,
    in_log,
    in_place,
    p_of_matches,
    p_of_order,
    places,
    right,
    seize,
)

load_jobs()

VOTERS = 400
POSTED = 60
END = AT + timedelta(days=7)
NO_LOG_KEPT = f"{FAST} -c synchronous_commit=on -c wal_recycle=off -c wal_init_zero=off -c min_wal_size=32MB"
FIRST_SERIAL = 1_700_000_000
"""Posted slips have serials from here, so that their bytes are like no others."""


@dataclass(frozen=True)
class Voter:
    """What only the voter knows, in the order in which they came."""

    code: str
    key: bytes
    r: bytes
    choice: int

    @property
    def ballot(self) -> bytes:
        return tracker_key_of(self.r)


@dataclass(frozen=True, repr=False)
class Story:
    """One vote, and what could be taken away while voting, after a seal, and after the closing seal."""

    dialect: str
    keys: Keys
    voters: list[Voter]
    serials: list[int]
    voting: Loot
    sealed: Loot
    closed: Loot
    log_is_kept: bool
    copy: list[str]
    """The lines of a backup taken with the seal while voting, as a scrutineer's key opens it."""
    copy_file: Path

    @property
    def truth(self) -> dict[bytes, bytes]:
        return {voter.key: voter.ballot for voter in self.voters}

    def p_values(self, orders: Orders) -> list[float]:
        """Whether codes and ballots in these orders tell each other, when they were cast, or what was chosen."""
        codes, ballots = orders
        came = {key: place for place, voter in enumerate(self.voters) for key in (voter.key, voter.ballot)}
        choice = {voter.ballot: voter.choice for voter in self.voters}
        return [
            p_of_order([came[code] for code in codes]),
            p_of_order([came[ballot] for ballot in ballots]),
            p_of_order([choice[ballot] for ballot in ballots]),
            p_of_matches(orders, self.truth),
        ]


def the_same_keys() -> Keys:
    chance = random.Random("keys")
    return Keys(**{name: chance.randbytes(32) for name in NAMES})


def the_same_voters(keys: Keys) -> list[Voter]:
    """Early voters like the first items, late ones the last: an order that leaks shows in the choices too."""
    chance = random.Random(27)
    voters = []
    for place in range(VOTERS):
        body = "".join(chance.choices(LETTERS_ALPHABET, k=11))
        code = next(in_fours(body + last) for last in LETTERS_ALPHABET if has_valid_check(body + last))
        voters.append(Voter(code, code_key(keys, code), chance.randbytes(16), 1 + place * 6 // VOTERS))
    return voters


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("links")
    if request.param == "sqlite":
        yield _tell(Databases(folder, pytest.fail).migrated("sqlite"), folder)
        return
    if postgres_programs() is None:
        skip_or_fail("PostgreSQL")
    with running_cluster(NO_LOG_KEPT) as cluster:
        yield _tell(Databases(folder, lambda: cluster).migrated("postgresql"), cluster.folder)


def _tell(url: str, folder: Path) -> Story:
    engine, keys = open_engine(url), the_same_keys()
    voters = the_same_voters(keys)
    serials = _prepare(engine, keys, voters)
    keeper = engine.connect()  # an idle reader, as a backup would be, keeps SQLite's log from starting over
    keeper.execute(text("SELECT count(*) FROM division"))
    for voter in voters:
        _vote(engine, keys, voter)
    _sample(engine)
    voting = seize(engine, folder)
    keeper.close()
    _drop_planted(engine)
    copy_file, copy = folder / "backup.age", _back_up(engine, keys, folder / "backup.age")
    sealed = seize(engine, folder)
    _close(engine, keys)
    closed = seize(engine, folder)
    with Session(engine) as session:
        log_is_kept = log_outlives_seal(session)
    engine.dispose()
    return Story(engine.dialect.name, keys, voters, serials, voting, sealed, closed, log_is_kept, copy, copy_file)


def _back_up(engine: Engine, keys: Keys, file: Path) -> list[str]:
    """It seals what waits."""
    identity = pyrage.x25519.Identity.generate()
    with one_moment(engine, keys=keys) as session:
        take_backup(
            session, file, [Recipient("监票人", str(identity.to_public()))], by=SYSTEM, at=AT + timedelta(hours=1)
        )
    return list(decrypted(file.read_bytes(), str(identity)))


def _prepare(engine: Engine, keys: Keys, voters: list[Voter]) -> list[int]:
    blob = "BLOB" if engine.dialect.name == "sqlite" else "BYTEA"
    with transaction(engine, keys=keys) as session:
        round_ = a_round(session, a_street(session))
        station = a_station(session, round_)
        unused = [random.Random(n).randbytes(32) for n in range(POSTED)]
        serials = {key: FIRST_SERIAL + 7919 * place for place, key in enumerate(unused)}
        session.add_all(
            BallotCode(code_key=key, round_id=round_.id, station_id=station.id, serial=serials.get(key))
            for key in sorted([*unused, *(voter.key for voter in voters)])
        )
        for serial in serials.values():
            an_entry(
                session, round_, name=f"居民{serial}", given=GivenKind.POSTED, given_hour=AT, delivered_serial=serial
            )
        session.execute(text(PLANTED.format(blob=blob)))
    return list(serials.values())


def _vote(engine: Engine, keys: Keys, voter: Voter) -> None:
    """One request. The planted row is what an unthinking design would write beside the ballot."""
    note = f"{voter.code} {voter.r.hex()} {tracker_text(voter.ballot)}"
    with transaction(engine, keys=keys) as session:
        round_id = session.scalars(select(Round.id)).one()
        cast_ballot(session, CodeProof(voter.key, round_id), voter.r, [str(voter.choice)], at=AT)
        planted = {"code": voter.key, "ballot": voter.ballot, "note": note}
        session.execute(text("INSERT INTO planted VALUES (:code, :ballot, :note)"), planted)


def _sample(engine: Engine) -> None:
    """What the planner does now and then: it keeps samples of the columns in tables of its own."""
    with transaction(engine) as session:
        session.execute(text("ANALYZE"))


def _drop_planted(engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(text("DROP TABLE planted"))


def _close(engine: Engine, keys: Keys) -> None:
    with transaction(engine, keys=keys) as session:
        round_ = session.scalars(select(Round)).one()
        end_voting(session, round_, at=END)
        session.execute(text("UPDATE station SET ended_at = :at, unused_count = 60, spoiled_count = 0"), {"at": END})
        close_round(session, round_, by=Actor(name="监票人"), at=END)
    assert run_due_jobs(engine, at=END, keys=keys) == 2


# columns


def test_the_box_has_only_key_round_and_choices() -> None:
    def suspicious(table: type[Base]) -> set[str]:
        columns = table.__table__.columns
        foreign = {column.name for column in columns if column.foreign_keys} - {"round_id"}
        instants = {column.name for column in columns if issubclass(column.type.python_type, datetime)}
        return foreign | instants | ({column.name for column in columns} - {"tracker_key", "round_id", "choices"})

    assert {"idem", "serial", "station_id", "code_key"} <= suspicious(BallotCode)
    assert suspicious(InboxBallot) == suspicious(SealedBallot) == set()


def test_the_codes_know_neither_an_instant_nor_a_person() -> None:
    table = BallotCode.__table__
    targets = {key.target_fullname for column in table.columns for key in column.foreign_keys}
    assert targets == {"round.id", "station.id", "code_batch.id"}
    assert not [column for column in table.columns if isinstance(column.type, DateTime)]


def test_no_table_refers_to_the_box_or_to_a_code() -> None:
    targets = {
        key.target_fullname.partition(".")[0]
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
    }
    assert not targets & {"ballot_code", "inbox_ballot", "sealed_ballot"}


# hidden columns, places, dumps, logs


def test_no_transaction_joins_a_code_and_a_ballot(story: Story) -> None:
    if story.dialect == "sqlite":
        pytest.skip("SQLite keeps no transaction number in its rows")
    found = [right(by_writer(loot), story.truth) for loot in (story.voting, story.sealed, story.closed)]
    assert found == [VOTERS, 0, 0]
    assert len({story.closed.writers[key] for key in [*story.closed.used_codes, *story.closed.ballots]}) == 1


def test_rows_lie_in_the_order_of_their_keys(story: Story) -> None:
    assert right(by_planted_rows(story.voting), story.truth) == VOTERS
    assert in_place(story.closed) == (sorted(story.truth), sorted(story.truth.values()))


def test_a_dump_has_nothing_side_by_side(story: Story) -> None:
    assert right(by_planted_lines(story.voting), story.truth) == VOTERS
    assert right(by_planted_lines(story.closed), story.truth) == 0
    assert sorted(in_dump(story.closed)[0]) == sorted(story.truth)


@pytest.mark.parametrize("order", [in_place, in_dump, in_log])
def test_no_order_is_better_than_chance_after_the_closing_seal(story: Story, order: Callable[[Loot], Orders]) -> None:
    """A permutation test over 400 voters. SQLite keeps rows by key from the start: there only the log has an order."""
    if story.dialect == "postgresql" or order is in_log:
        codes, ballots = order(story.voting)
        assert min(len(codes), len(ballots)) > VOTERS * 0.9
        assert max(story.p_values((codes, ballots))[:3]) < 0.01
    codes, ballots = order(story.closed)
    if order is in_log and not codes:
        return  # nothing is left of it
    assert min(story.p_values((codes, ballots))) >= 0.01


def test_the_order_of_casting_joins_everything(story: Story) -> None:
    """What the permutation test would find had the box kept the order."""
    orders = [voter.key for voter in story.voters], [voter.ballot for voter in story.voters]
    assert max(story.p_values(orders)) < 0.001


def test_opening_needs_no_warning_where_no_log_is_kept(story: Story) -> None:
    assert not story.log_is_kept


def test_a_database_that_keeps_its_log_is_known(session: Session, dialect: str) -> None:
    assert log_outlives_seal(session) == (dialect == "postgresql")


# backups


def test_a_backup_taken_while_voting_joins_nothing(story: Story) -> None:
    def keys_in(table: str, column: str, keep: Callable[[dict[str, Any]], bool] = lambda row: True) -> list[bytes]:
        return [base64.b64decode(row[column]["bytes"]) for row in rows_in(story.copy, table) if keep(row)]

    codes = keys_in("ballot_code", "code_key", lambda row: row["state"] == "used")
    ballots = keys_in("sealed_ballot", "tracker_key")
    assert (sorted(codes), sorted(ballots)) == (sorted(story.truth), sorted(story.truth.values()))
    assert min(story.p_values((codes, ballots))) >= 0.01
    assert not rows_in(story.copy, "inbox_ballot")


def test_it_has_no_code_no_nonce_no_tracker_and_no_name(story: Story) -> None:
    text_of_all = "\n".join(story.copy)
    for voter in story.voters:
        for secret in (voter.code, voter.r.hex(), base64.b64encode(voter.r).decode(), tracker_text(voter.ballot)):
            assert secret not in text_of_all
    assert not any(f"居民{serial}" in text_of_all for serial in story.serials)


def test_it_is_gone_after_the_closing_seal(story: Story) -> None:
    assert not story.copy_file.exists()


def rows_in(copy: list[str], table: str) -> list[dict[str, Any]]:
    """The rows of one table of a backup, by column."""
    lines = [json.loads(line) for line in copy]
    heads = [place for place, line in enumerate(lines) if isinstance(line, dict)]
    [start] = [place for place in heads if lines[place].get("table") == table]
    end = next(place for place in heads if place > start)
    return [dict(zip(lines[start]["columns"], line, strict=True)) for line in lines[start + 1 : end]]


# bytes


def test_no_file_keeps_what_the_closing_seal_erased(story: Story) -> None:
    idems = [idem_of(voter.r) for voter in story.voters]
    assert set(places(story.voting.files, idems)) == set(idems)
    assert places(story.closed.files, idems) == {}


def test_no_file_keeps_a_code_a_nonce_or_a_printed_tracker(story: Story) -> None:
    secrets = [
        shown
        for voter in story.voters
        for shown in (voter.code.encode(), voter.r.hex().encode(), tracker_text(voter.ballot).encode())
    ]
    raw = [voter.r for voter in story.voters]
    assert set(places(story.voting.files, secrets)) == set(secrets)
    assert places(story.closed.files, secrets) == {}
    assert places(story.voting.files, raw) == places(story.closed.files, raw) == {}


def test_no_file_keeps_the_serial_of_a_posted_slip(story: Story) -> None:
    """A serial lies behind the state of its code, and behind the hour in the register."""
    order = "big" if story.dialect == "sqlite" else "little"
    written = {serial.to_bytes(4, order) for serial in story.serials}  # type: ignore[arg-type]

    def serials_in(files: bytes, before: bytes) -> set[bytes]:
        patterns = [before + rb"\x00" * filling + rb"(?=(....))" for filling in range(4)]
        return {match for pattern in patterns for match in re.findall(pattern, files, re.DOTALL)} & written

    hour = int((AT - datetime(2000, 1, 1, tzinfo=AT.tzinfo)).total_seconds()) * 1_000_000
    is_sqlite = story.dialect == "sqlite"
    in_register = b"2026-09-01 02:00:00.000000" if is_sqlite else re.escape(hour.to_bytes(8, "little"))
    for before in (b"live", in_register):
        assert serials_in(story.voting.files, before) == written
        assert serials_in(story.closed.files, before) == set()
