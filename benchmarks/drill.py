"""`make drill`: faults while people vote. No acknowledged ballot may be lost, none may be doubled.

Clients keep every acknowledgement in a file that is synced before the next ballot is sent. After each fault all of them are
looked for in the box; at the end every voter sends the same ballot once more and must get the same tracker. Last, a backup
is taken while people vote, and restored into another database: what was acknowledged before it must be there, the gap is
what came after, and whoever stands in the gap votes again and gets the same tracker. Loopback only.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from threading import Lock

import pyrage
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from benchmarks.offline import FAULTS, an_offline_terminal
from benchmarks.servers import serving, wait_for, workers_of
from diancai.platform.backups.operations import Recipient, take_backup
from diancai.platform.backups.restoring import restore_backup
from diancai.platform.core import clock
from diancai.platform.core.actor import SYSTEM, Role
from diancai.platform.core.db import one_moment, open_engine, transaction
from diancai.platform.core.keys import Keys, new_keys, write_keys
from diancai.platform.divisions.models import Division
from diancai.platform.polling.models import BallotCode, CodeState, InboxBallot, SealedBallot
from diancai.platform.polling.operations.recovery import (
    journal_of,
    replay_journal,
    resume_restored,
    stations_to_replay,
)
from diancai.platform.rounds.models import Round
from diancai.voting import tracker_text
from tests.databases import Cluster, Databases, running_cluster
from tests.factories import a_staff
from tests.machine import postgres_programs
from tests.voters import Voter, free_port, some_voters

KILLS, VOTERS_A_FAULT, CLIENTS = 10, 60, 8
DISK_BYTES = 6_000
"""What is left on the disk when it is full: room for a page of SQLite's log, not for a ballot."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Ballots that were acknowledged and are not there; ballots beyond one a voter."""

    lost: int = 0
    doubled: int = 0

    def __add__(self, other: "Losses") -> "Losses":
        return Losses(self.lost + other.lost, self.doubled + other.doubled)


def losses(engine: Engine, keys: Keys, acknowledged: Sequence[str]) -> Losses:
    """What of the acknowledged trackers is missing, and by how many ballots the box exceeds the used codes or falls short."""
    engine.dispose()  # a connection of before the fault may be dead
    with transaction(engine, keys=keys) as session:
        boxes = (session.scalars(select(box.tracker_key)) for box in (InboxBallot, SealedBallot))
        held = [tracker_text(key) for keys_of_box in boxes for key in keys_of_box]
        used = session.scalar(select(func.count()).select_from(BallotCode).where(BallotCode.state == CodeState.USED))
    missing = len(set(acknowledged) - set(held)) + max(0, (used or 0) - len(held))
    return Losses(lost=missing, doubled=max(0, len(held) - (used or 0)) + len(held) - len(set(held)))


@dataclass
class Drill:
    """One database under its faults. `voters` have not voted yet; `told` have, and were answered."""

    name: str
    engine: Engine
    keys: Keys
    environment: dict[str, str]
    record: Path
    voters: list[Voter]
    told: list[Voter] = field(default_factory=list)
    fault_count: int = 0
    found: Losses = Losses()
    gap: int = 0
    _writing: Lock = field(default_factory=Lock)

    def under_load(self, what: str, port: int, fault: Callable[[], None]) -> None:
        """Voters send; when a third was answered the fault happens; then everybody tries until answered."""
        group = [self.voters.pop() for _ in range(VOTERS_A_FAULT)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            tries = [pool.submit(self._send, voter, port) for voter in group]
            for one in tries[: VOTERS_A_FAULT // 3]:
                one.result()
            fault()
        before = losses(self.engine, self.keys, self._acknowledged())
        self.found += before
        print(
            f"  {what}: {len(self._acknowledged())} acknowledged, {before.lost} lost, {before.doubled} doubled",
            flush=True,
        )
        self.fault_count += 1
        self._settle(group, port)

    def _send(self, voter: Voter, port: int) -> None:
        with suppress(OSError, HTTPException):
            tracker = voter.cast(port)
            if tracker:
                self._acknowledge(voter, tracker)

    def _acknowledge(self, voter: Voter, tracker: str) -> None:
        with self._writing, self.record.open("a") as kept:
            kept.write(f"{tracker}\n")
            kept.flush()
            os.fsync(kept.fileno())
            voter.acknowledged = tracker
            self.told.append(voter)

    def _acknowledged(self) -> list[str]:
        return self.record.read_text().split() if self.record.exists() else []

    def _settle(self, group: list[Voter], port: int) -> None:
        wait_for(port)
        for voter in group:
            for _ in range(20):
                if voter.acknowledged:
                    break
                self._send(voter, port)
            else:
                self.found += Losses(lost=1)  # a voter who is never answered has lost the vote

    def everybody_again(self, port: int) -> None:
        """The same `r` once more: the same tracker, and no second ballot."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            answers = list(pool.map(lambda voter: voter.cast(port), self.told))
        others = sum(answer != voter.tracker for voter, answer in zip(self.told, answers, strict=True))
        after = losses(self.engine, self.keys, self._acknowledged())
        self.found += after + Losses(lost=others)
        print(f"  everybody again: {len(answers)} the same trackers but {others}", flush=True)


def kill_a_worker(server: subprocess.Popen[bytes]) -> None:
    os.kill(workers_of(server)[0], signal.SIGKILL)


def drain_a_worker(server: subprocess.Popen[bytes]) -> None:
    """gunicorn lets it finish what it has begun, and starts another."""
    os.kill(workers_of(server)[0], signal.SIGTERM)


def run(drill: Drill, databases: Databases, cluster: Cluster | None) -> None:
    """All faults of one database, one after the other."""
    print(f"drill on {drill.name}", flush=True)
    port = free_port()
    with serving(port, drill.environment) as server:
        for number in range(1, KILLS + 1):
            drill.under_load(f"kill -9 of a web process, {number} of {KILLS}", port, lambda: kill_a_worker(server))
        drill.under_load("one of two web processes draining", port, lambda: drain_a_worker(server))
        if cluster:
            drill.under_load("PostgreSQL restarted", port, cluster.restart)
        drill.everybody_again(port)
    if not cluster:
        _full_disk(drill)
    with serving(free := free_port(), drill.environment, "benchmarks.skewed:app"):
        drill.under_load("the clock an hour back", free, lambda: None)
        drill.everybody_again(free)
    _lost_machine(drill, databases)
    _without_network(drill, databases)


def _without_network(drill: Drill, databases: Databases) -> None:
    """A terminal that nothing reaches, on a round of its own."""
    engine = open_engine(databases.migrated(drill.name))
    shown = an_offline_terminal(engine, drill.keys)
    after = losses(engine, drill.keys, shown)
    engine.dispose()
    drill.found += after
    drill.fault_count += len(FAULTS)
    print(
        f"  a terminal {', '.join(FAULTS)}: {len(shown)} shown, {after.lost} lost, {after.doubled} doubled", flush=True
    )


def _lost_machine(drill: Drill, databases: Databases) -> None:
    """All that is left is a backup that was taken while people voted."""
    copy, identity = databases.folder / f"{drill.name}.age", pyrage.x25519.Identity.generate()
    before: list[str] = []

    def take() -> None:
        before.extend(drill._acknowledged())
        with one_moment(drill.engine, keys=drill.keys) as session:
            recipients = [Recipient("drill", str(identity.to_public()))]
            take_backup(session, copy, recipients, by=SYSTEM, at=clock.now())

    with serving(port := free_port(), drill.environment) as _:
        drill.under_load("a backup while people vote", port, take)
    published = len(drill.told)
    drill.engine.dispose()
    url = databases.migrated(drill.name)
    drill.engine = open_engine(url)
    drill.environment = drill.environment | {"DIANCAI_DATABASE_URL": url}
    with transaction(drill.engine, keys=drill.keys) as session:
        restore_backup(session, copy.read_bytes(), str(identity), "0" * 64, by=SYSTEM, at=clock.now())
        drill.gap = _go_on(session, published)
    drill.found += losses(drill.engine, drill.keys, before)
    drill.fault_count += 1
    print(f"  restored from the backup: {len(before)} acknowledged before it, gap {drill.gap}", flush=True)
    with serving(port := free_port(), drill.environment):
        drill.everybody_again(port)


def _go_on(session: Session, published: int) -> int:
    """The desk's journal, which is empty here, and two people. Returns the gap."""
    round_, at = session.scalars(select(Round)).one(), clock.now()
    street = session.get_one(Division, round_.street_id)
    officer, leader = a_staff(session, street, Role.OFFICER), a_staff(session, street, Role.LEADER)
    for station in stations_to_replay(session, round_):
        journal = journal_of(session, round_, station, at=at)
        replay_journal(session, round_, station, journal, 0, by=officer, at=at)
    facts = {"round_id": round_.id, "published_count": published}
    return resume_restored(session, by=leader, requested_by=officer, reason="drill", at=at, **facts)


def _full_disk(drill: Drill) -> None:
    """Files of the server may not grow: casts are refused, none is acknowledged; with room again they go through."""
    database = Path(drill.environment["DIANCAI_DATABASE_URL"].removeprefix("sqlite:///"))
    largest = database.stat().st_size + DISK_BYTES
    group = drill.voters[-VOTERS_A_FAULT:]
    with serving(port := free_port(), drill.environment, largest_file=largest), ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda voter: drill._send(voter, port), group))
    refused = sum(not voter.acknowledged for voter in group)
    drill.fault_count += 1
    print(f"  disk full: {refused} of {len(group)} refused", flush=True)
    with serving(port := free_port(), drill.environment):
        drill.under_load("room on the disk again", port, lambda: None)


def main() -> None:
    found, faults, gap = Losses(), 0, 0
    with tempfile.TemporaryDirectory() as folder, running_cluster("-c max_connections=200") as cluster:
        databases = Databases(Path(folder), lambda: cluster)
        for dialect in ("sqlite", "postgresql"):
            drill = prepared(databases, dialect)
            run(drill, databases, cluster if dialect == "postgresql" else None)
            drill.engine.dispose()
            found, faults, gap = found + drill.found, faults + drill.fault_count, gap + drill.gap
    print(f"gap {gap}")
    print(f"drill: {faults} faults, {found.lost} lost, {found.doubled} doubled")
    sys.exit(1 if found.lost or found.doubled else 0)


def prepared(databases: Databases, dialect: str, voter_count: int = (KILLS + 6) * VOTERS_A_FAULT) -> Drill:
    url, keys = databases.migrated(dialect), new_keys()
    keys_file = databases.folder / f"{dialect}.keys"
    write_keys(keys_file, keys)
    engine = open_engine(url)
    environment = {
        "DIANCAI_ENVIRONMENT": "test",
        "DIANCAI_DATABASE_URL": url,
        "DIANCAI_KEYS_FILE": str(keys_file),
    }
    record = databases.folder / f"{dialect}.acknowledged"
    return Drill(dialect, engine, keys, environment, record, some_voters(engine, keys, voter_count))


if __name__ == "__main__":
    if postgres_programs() is None:
        sys.exit("make drill needs PostgreSQL's server programs: apt-get install postgresql")
    main()
