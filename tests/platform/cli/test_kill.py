"""The real server, killed without warning under load: no acknowledged ballot is lost, none is doubled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from diancai.platform.core.db import transaction
from diancai.platform.core.keys import Keys, write_keys
from diancai.platform.polling.models import BallotCode, CodeState, InboxBallot
from tests.voters import ask, free_port, some_voters

BALLOTS = 240
pytestmark = pytest.mark.alone


@contextmanager
def serving(port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The server in a process group of its own, ready to answer."""
    command = [sys.executable, "-P", "-m", "diancai", "serve", "--port", str(port), "--threads", "4"]
    server = subprocess.Popen(command, env=os.environ | environment, start_new_session=True)
    try:
        _wait_until_it_answers(port)
        yield server
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait_until_it_answers(port: int) -> None:
    for _ in range(300):
        with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
            ask(connection, "GET", "/healthz")
            return
        time.sleep(0.1)  # a process outside of this one: there is nothing to wait on
    pytest.fail("the server did not start")


def test_a_killed_server_loses_and_doubles_nothing(
    engine: Engine, database_url: str, tmp_path: Path, keys: Keys
) -> None:
    write_keys(tmp_path / "keys", keys)
    voters = some_voters(engine, keys, BALLOTS)
    environment = {
        "DIANCAI_ENVIRONMENT": "test",
        "DIANCAI_DATABASE_URL": database_url,
        "DIANCAI_KEYS_FILE": str(tmp_path / "keys"),
    }
    port = free_port()
    for answered in (40, 80):
        with serving(port, environment) as server, ThreadPoolExecutor(8) as pool:
            tries = [pool.submit(voter.try_once, port) for voter in voters if not voter.acknowledged]
            for one in tries[:answered]:
                one.result()
            os.killpg(server.pid, signal.SIGKILL)
    acknowledged = {voter.token: voter.acknowledged for voter in voters if voter.acknowledged}
    assert 40 < len(acknowledged) < BALLOTS
    with serving(port, environment), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda voter: voter.cast(port), voters))
    assert answers == [voter.tracker for voter in voters]
    assert all(acknowledged.get(voter.token, answer) == answer for voter, answer in zip(voters, answers, strict=True))
    with transaction(engine, keys=keys) as session:
        assert session.scalar(select(func.count()).select_from(InboxBallot)) == BALLOTS
        assert session.scalar(select(func.count()).where(BallotCode.state == CodeState.USED)) == BALLOTS
