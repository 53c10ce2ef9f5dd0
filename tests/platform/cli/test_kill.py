"""The real server, killed without warning under load: no acknowledged ballot is lost, none is doubled."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, func, select

from diancai.platform.core import clock
from diancai.platform.core.db import transaction
from diancai.platform.core.keys import Keys, write_keys
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import BallotCode, CodeState, InboxBallot
from diancai.platform.polling.proofs import CodeProof, seal_proof
from diancai.voting import tracker_key_of, tracker_text
from tests.factories import a_round, a_station, a_street, some_codes

BALLOTS = 240
pytestmark = pytest.mark.alone
TRACKER = re.compile(r'<strong class="tracker">([^<]+)')
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Voter:
    """One proof and one `r`, sent again until it is answered."""

    def __init__(self, token: str) -> None:
        self.token, self.r = token, secrets.token_bytes(16)
        self.acknowledged = ""

    def cast(self, port: int) -> str:
        with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            page, cookie = ask(connection, "GET", "/vote")
            form_token = CSRF.search(page)
            if form_token is None:
                return ""
            fields = {"proof": self.token, "r": self.r.hex(), "choice": "1", "csrf_token": form_token[1]}
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
            answer, _ = ask(connection, "POST", "/vote/cast", urlencode(fields), headers)
        found = TRACKER.search(answer)
        return found[1] if found else ""

    def try_once(self, port: int) -> None:
        with suppress(OSError, HTTPException):
            self.acknowledged = self.cast(port) or self.acknowledged


def ask(connection: HTTPConnection, method: str, path: str, body: str = "", headers: Any = None) -> tuple[str, str]:
    """The page, and the cookie that came with it."""
    connection.request(method, path, body, headers or {})
    with closing(connection.getresponse()) as answer:
        cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
        return answer.read().decode(), cookie


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
    voters = _voters(engine, keys)
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
    assert answers == [tracker_text(tracker_key_of(voter.r)) for voter in voters]
    assert all(acknowledged.get(voter.token, answer) == answer for voter, answer in zip(voters, answers, strict=True))
    with transaction(engine, keys=keys) as session:
        assert session.scalar(select(func.count()).select_from(InboxBallot)) == BALLOTS
        assert session.scalar(select(func.count()).where(BallotCode.state == CodeState.USED)) == BALLOTS


def _voters(engine: Engine, keys: Keys) -> list[Voter]:
    at = clock.now()
    times = {"opens_at": at - timedelta(hours=1), "closes_at": at + timedelta(days=1)}
    with transaction(engine, keys=keys) as session:
        round_ = a_round(session, a_street(session), **times, latest_close_at=at + timedelta(days=2))
        codes = some_codes(session, a_station(session, round_), BALLOTS)
        proofs = [CodeProof(code_key(keys, code), round_.id) for code in codes]
        return [Voter(seal_proof(keys, proof, at=at)) for proof in proofs]
