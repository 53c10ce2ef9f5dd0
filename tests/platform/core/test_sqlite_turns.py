"""Writers on SQLite wait in a queue: nobody is told 'locked', and a killed writer holds nobody up."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from diancai.platform.core.db import open_engine, transaction
from tests.databases import Databases

WRITE = text("UPDATE notes SET count = count + 1")


@pytest.fixture
def impatient(databases: Databases) -> Engine:
    """SQLite itself does not wait here, so that whoever is not in the queue is told at once."""
    engine = open_engine(databases.empty("sqlite"))
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout=0"))
    with transaction(engine) as session:
        session.execute(text("CREATE TABLE notes (count INTEGER)"))
        session.execute(text("INSERT INTO notes VALUES (0)"))
    return engine


def test_many_writers_at_once_all_get_their_turn(impatient: Engine) -> None:
    def write(_: int) -> None:
        with transaction(impatient) as session:
            session.execute(WRITE)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(200)))
    with transaction(impatient) as session:
        assert session.scalar(text("SELECT count FROM notes")) == 200


def test_a_turn_ends_with_a_transaction_that_fails(impatient: Engine) -> None:
    with pytest.raises(OperationalError), transaction(impatient) as session:
        session.execute(text("SELECT nothing"))
    with transaction(impatient) as session:
        session.execute(WRITE)


def test_a_writer_waits_for_one_in_another_thread(impatient: Engine) -> None:
    is_writing, may_end = Event(), Event()

    def hold() -> None:
        with transaction(impatient) as session:
            session.execute(WRITE)
            is_writing.set()
            assert may_end.wait(10)

    def follow() -> int:
        with transaction(impatient) as session:
            return int(session.scalar(text("SELECT count FROM notes")) or 0)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(hold)
        assert is_writing.wait(10)
        second = pool.submit(follow)
        assert not second.done()
        may_end.set()
        assert second.result(10) == 1
        first.result(10)


def test_a_killed_writer_holds_nobody_up(impatient: Engine) -> None:
    program = (
        "import sys; from sqlalchemy import text; from diancai.platform.core.db import open_engine, transaction\n"
        "with transaction(open_engine(sys.argv[1])) as session:\n"
        "    session.execute(text('UPDATE notes SET count = 99'))\n"
        "    print('writing', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-P", "-c", program, str(impatient.url)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        os.kill(writer.pid, signal.SIGKILL)
        with transaction(impatient) as session:
            session.execute(WRITE)
            assert session.scalar(text("SELECT count FROM notes")) == 1
