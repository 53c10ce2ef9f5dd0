"""The cast beside a bare route: throughput, CPU and the slowest of a thousand at once (count.md, Timing).

Both applications run under the same server with the same processes and threads, on the same database, in turns.
"""

import os
import re
import secrets
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.bare import SCHEMA, connect
from benchmarks.journey import PEOPLE, RATE, RATE_SECONDS, READERS, SECONDS, fixed_rate, thousand_people
from benchmarks.load import Volley, fire, form_post
from benchmarks.servers import serving
from diancai.platform.core import clock
from diancai.platform.core.db import open_engine, transaction
from diancai.platform.core.keys import Keys, new_keys, write_keys
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.proofs import CodeProof, seal_proof
from tests.databases import Databases, running_cluster
from tests.factories import a_round, a_station, a_street, some_codes
from tests.machine import postgres_programs

ROUNDS, BALLOTS, CONNECTIONS, AT_ONCE = 5, 400, 16, 1_000
TICKS = os.sysconf("SC_CLK_TCK")
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Side:
    """One of the two applications: how its next requests are made, and what it answers to a good one."""

    port: int
    server: subprocess.Popen[bytes]
    requests: Callable[[int], list[bytes]]
    good: bytes
    codes: Callable[[int], list[str]] = lambda _count: []

    def volley(self, count: int, connection_count: int) -> tuple[Volley, float]:
        """The volley and the CPU seconds that the server took for it."""
        requests, before = self.requests(count), cpu_seconds(self.server.pid)
        went = fire(self.port, requests, connection_count, self.good)
        if went.good_count != count:
            raise RuntimeError(f"{count - went.good_count} of {count} requests were not answered well")
        return went, cpu_seconds(self.server.pid) - before


def casting() -> None:
    """Print a line per database."""
    for dialect in ("sqlite", "postgresql"):
        if dialect == "postgresql" and postgres_programs() is None:
            print("cast postgresql: PostgreSQL's server programs are not installed")
            continue
        with _databases() as databases, _sides(databases, dialect) as (ours, bare):
            _people(dialect, ours)
            print(f"cast {dialect}: {_compared(ours, bare)}", flush=True)


def _people(dialect: str, ours: "Side") -> None:
    """As people come: at a fixed rate, and a thousand on their whole way within three minutes."""
    steady = fixed_rate(ours.port, ours.requests(RATE * RATE_SECONDS), ours.good)
    print(f"{RATE} casts a second for {RATE_SECONDS} s on {dialect}: {steady}", flush=True)
    voters, readers = thousand_people(ours.port, ours.codes(PEOPLE))
    print(f"{PEOPLE} people within {SECONDS} s on {dialect}: {voters}; {READERS} readers: {readers}", flush=True)


def _compared(ours: Side, bare: Side) -> str:
    """Medians of five rounds in turns, after one to warm up; then a thousand at once, thrice in turns."""
    for side in (ours, bare):
        side.volley(BALLOTS // 4, CONNECTIONS)
    rates: dict[bool, list[float]] = {True: [], False: []}
    costs: dict[bool, list[float]] = {True: [], False: []}
    slowest: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(ROUNDS):
        for side in (ours, bare):
            went, cpu = side.volley(BALLOTS, CONNECTIONS)
            rates[side is ours].append(BALLOTS / went.seconds)
            costs[side is ours].append(cpu / BALLOTS)
    for _ in range(3):
        for side in (ours, bare):
            slowest[side is ours].append(side.volley(AT_ONCE, AT_ONCE)[0].p99)
    rate, cost, slow = ({is_ours: median(held[is_ours]) for is_ours in held} for held in (rates, costs, slowest))
    return (
        f"throughput {rate[True] / rate[False]:.2f} x bare, cpu {cost[True] / cost[False]:.2f} x bare, "
        f"p99 {slow[True] / slow[False]:.2f} x bare ({rate[True]:.0f} and {rate[False]:.0f} a second, "
        f"{1000 * cost[True]:.1f} and {1000 * cost[False]:.1f} ms CPU, {slow[True]:.2f} and {slow[False]:.2f} s)"
    )


@contextmanager
def _databases() -> Iterator[Databases]:
    """As durable as in production: nothing is switched off."""
    with tempfile.TemporaryDirectory() as folder, running_cluster("-c max_connections=200") as cluster:
        yield Databases(Path(folder), lambda: cluster)


@contextmanager
def _sides(databases: Databases, dialect: str) -> Iterator[tuple[Side, Side]]:
    url, keys = databases.migrated(dialect), new_keys()
    keys_file = databases.folder / f"{dialect}.keys"
    write_keys(keys_file, keys)
    connection = connect(url)
    for statement in SCHEMA:
        connection.execute(statement)
    environment = {
        "DIANCAI_ENVIRONMENT": "test",
        "DIANCAI_DATABASE_URL": url,
        "DIANCAI_KEYS_FILE": str(keys_file),
        "BARE_DATABASE": url,
    }
    with serving(18_431, environment) as ours, serving(18_432, environment, "benchmarks.bare:app") as bare:
        yield (
            _ours(url, keys, 18_431, ours),
            Side(18_432, bare, _bare_casts(connection, 18_432), b"\r\n\r\ncast"),
        )


def cpu_seconds(pid: int) -> float:
    """User and system time of the server's workers so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    parts = (Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split() for child in children)
    return sum(int(part[11]) + int(part[12]) for part in parts) / TICKS


def _ours(url: str, keys: Keys, port: int, server: subprocess.Popen[bytes]) -> Side:
    """Casts of one open round, each with a code of its own; the form token of one page serves all."""
    engine, at = open_engine(url), clock.now()
    times = {"opens_at": at - timedelta(hours=1), "closes_at": at + timedelta(days=1)}
    with transaction(engine, keys=keys) as session:
        round_ = a_round(session, a_street(session), **times, latest_close_at=at + timedelta(days=2))
        station = a_station(session, round_)
        round_id, station_id = round_.id, station.id
    with urlopen(f"http://127.0.0.1:{port}/vote") as answer:
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        found = CSRF.search(answer.read().decode())
    assert found is not None
    token = found[1]

    def codes(count: int) -> list[str]:
        with transaction(engine, keys=keys) as session:
            return some_codes(session, session.get_one(type(station), station_id), count)

    def requests(count: int) -> list[bytes]:
        proofs = (seal_proof(keys, CodeProof(code_key(keys, code), round_id), at=clock.now()) for code in codes(count))
        forms = ({"proof": p, "r": secrets.token_hex(16), "choice": "1", "csrf_token": token} for p in proofs)
        return [form_post("/vote/cast", port, urlencode(form), cookie) for form in forms]

    return Side(port, server, requests, b'class="tracker"', codes)


def _bare_casts(connection: object, port: int) -> Callable[[int], list[bytes]]:
    def requests(count: int) -> list[bytes]:
        codes = [secrets.token_hex(16) for _ in range(count)]
        for code in codes:
            connection.execute(f"INSERT INTO bare_code (code, is_used) VALUES ('{code}', 0)")  # type: ignore[attr-defined]
        forms = ({"code": code, "nonce": secrets.token_hex(16), "choice": "1"} for code in codes)
        return [form_post("/cast", port, urlencode(form)) for form in forms]

    return requests


if __name__ == "__main__":
    casting()
