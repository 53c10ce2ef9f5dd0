"""After the closing seal nothing joins code and ballot (vote.md 3). Each attack first finds what is there to be found."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import DateTime
from sqlalchemy.orm import Session

from diancai.platform.core.db import Base, log_outlives_seal
from diancai.platform.features import load_jobs
from diancai.platform.polling.models import BallotCode, InboxBallot, SealedBallot
from diancai.voting import tracker_text
from diancai.voting.board import idem_of
from tests.databases import Databases, running_cluster
from tests.factories import AT
from tests.machine import postgres_programs, skip_or_fail
from tests.platform.polling.attacks import (
    Loot,
    Orders,
    by_planted_lines,
    by_planted_rows,
    by_writer,
    in_dump,
    in_log,
    in_place,
    places,
    right,
)
from tests.platform.polling.link_story import (
    NO_LOG_KEPT,
    VOTERS,
    Story,
    tell,
)

load_jobs()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("links")
    if request.param == "sqlite":
        yield tell(Databases(folder, pytest.fail).migrated("sqlite"), folder)
        return
    if postgres_programs() is None:
        skip_or_fail("PostgreSQL")
    with running_cluster(NO_LOG_KEPT) as cluster:
        yield tell(Databases(folder, lambda: cluster).migrated("postgresql"), cluster.folder)


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
