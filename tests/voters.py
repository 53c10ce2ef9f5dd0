"""Residents at their phones, as a server meets them: each sends one ballot until it is answered."""

import re
import secrets
import socket
from contextlib import closing, suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine

from diancai.platform.core import clock
from diancai.platform.core.db import transaction
from diancai.platform.core.keys import Keys
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.proofs import CodeProof, seal_proof
from diancai.voting import tracker_key_of, tracker_text
from tests.factories import a_round, a_station, a_street, some_codes

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

    @property
    def tracker(self) -> str:
        """What every answer to this voter must say."""
        return tracker_text(tracker_key_of(self.r))

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


def some_voters(engine: Engine, keys: Keys, count: int) -> list[Voter]:
    """Voters of one open round, each with a code of its own."""
    at = clock.now()
    times = {"opens_at": at - timedelta(hours=2), "closes_at": at + timedelta(days=1)}
    with transaction(engine, keys=keys) as session:
        round_ = a_round(session, a_street(session), **times, latest_close_at=at + timedelta(days=2))
        codes = some_codes(session, a_station(session, round_), count)
        proofs = [CodeProof(code_key(keys, code), round_.id) for code in codes]
        return [Voter(seal_proof(keys, proof, at=at)) for proof in proofs]
