"""A thousand people within three minutes, each the whole way, while others read the portal; and casts at a fixed rate.

The open model sends at its rate whatever comes back: a slow server meets more at once, as with real people.
"""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.load import exchange, form_post

PEOPLE, SECONDS, READERS, READ_EVERY = 1_000, 180, 300, 30
RATE, RATE_SECONDS = 50, 60
FIELD = r'name="{}" value="([^"]+)"'


@dataclass
class Waits:
    """Seconds of each page, and how many were not answered well."""

    pages: list[float] = field(default_factory=list)
    failed: int = 0

    def share(self, part: float) -> float:
        return sorted(self.pages)[int(len(self.pages) * part)]

    def __str__(self) -> str:
        return (
            f"p50 {1000 * self.share(0.5):.0f} ms, p95 {1000 * self.share(0.95):.0f} ms, "
            f"p99 {1000 * self.share(0.99):.0f} ms, {self.failed} of {len(self.pages)} failed"
        )


@dataclass
class Browser:
    """One connection and its cookie."""

    port: int
    waits: Waits
    cookie: str = ""
    stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, good: bytes) -> str:
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        return await self.ask(f"{head}Cookie: {self.cookie}\r\n\r\n".encode(), good)

    async def post(self, path: str, form: Sequence[tuple[str, str]], good: bytes) -> str:
        return await self.ask(form_post(path, self.port, urlencode(form), self.cookie), good)

    async def ask(self, request: bytes, good: bytes) -> str:
        began = time.perf_counter()
        self.stream = self.stream or await asyncio.open_connection("127.0.0.1", self.port)
        answer, is_kept = await exchange(*self.stream, request)
        self.waits.pages.append(time.perf_counter() - began)
        self.waits.failed += good not in answer
        if not is_kept:
            self.stream[1].close()
            self.stream = None
        page = answer.decode("utf-8", "replace")
        if found := re.search(r"(?im)^set-cookie: ([^;\r\n]+)", page):
            self.cookie = found[1]
        return page

    def close(self) -> None:
        if self.stream:
            self.stream[1].close()


def thousand_people(port: int, codes: Sequence[str]) -> tuple[Waits, Waits]:
    """Link, ballot, review, cast and receipt of each, begun at random within three minutes; and the portal's readers."""
    voters, readers = Waits(), Waits()
    asyncio.run(_evening(port, codes, voters, readers))
    return voters, readers


async def _evening(port: int, codes: Sequence[str], voters: Waits, readers: Waits) -> None:
    luck = random.Random(1)
    people = [_at(luck.uniform(0, SECONDS), lambda code=code: _vote(port, code, voters)) for code in codes]
    reading = [
        _at(begin, lambda: _read(port, readers))
        for reader in range(READERS)
        for begin in range(int(luck.uniform(0, READ_EVERY)), SECONDS, READ_EVERY)
    ]
    await asyncio.gather(*people, *reading)


async def _at(second: float, work: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(second)
    await work()


async def _vote(port: int, code: str, waits: Waits) -> None:
    browser = Browser(port, waits)
    page = await browser.get("/vote", b'name="code"')
    token = _field(page, "csrf_token")
    page = await browser.post("/vote", [("csrf_token", token), ("code", code)], b'name="choice"')
    ballot = [("csrf_token", token), ("proof", _field(page, "proof")), ("choice", "1"), ("choice", "2")]
    page = await browser.post("/vote/review", ballot, b'name="r"')
    await browser.post("/vote/cast", [*ballot, ("r", _field(page, "r"))], b'class="tracker"')
    browser.close()


async def _read(port: int, waits: Waits) -> None:
    browser = Browser(port, waits)
    await browser.get("/", b"</html>")
    browser.close()


def _field(page: str, name: str) -> str:
    found = re.search(FIELD.format(name), page)
    return found[1] if found else ""


def fixed_rate(port: int, requests: Sequence[bytes], good: bytes) -> Waits:
    """So many casts a second, each on a connection of its own."""
    waits = Waits()
    asyncio.run(_at_rate(port, requests, good, waits))
    return waits


async def _at_rate(port: int, requests: Sequence[bytes], good: bytes, waits: Waits) -> None:
    async def send(request: bytes) -> None:
        browser = Browser(port, waits)
        await browser.ask(request, good)
        browser.close()

    await asyncio.gather(*(_at(place / RATE, lambda each=each: send(each)) for place, each in enumerate(requests)))
