"""Sending requests to a server on loopback: so many at once over kept connections, each answer timed."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Volley:
    """How a number of requests went: seconds of the wall clock for all, seconds of each, and how many were answered well."""

    seconds: float
    latencies: tuple[float, ...]
    good_count: int

    @property
    def p99(self) -> float:
        return sorted(self.latencies)[int(len(self.latencies) * 0.99)]


def form_post(path: str, port: int, body: str, cookie: str = "") -> bytes:
    """The bytes of a request with a form."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
    )
    return f"{head}{f'Cookie: {cookie}' if cookie else 'Accept: */*'}\r\n\r\n{body}".encode()


def fire(port: int, requests: Sequence[bytes], connection_count: int, good: bytes) -> Volley:
    """Send the requests over so many connections, each as soon as its connection is free."""
    return asyncio.run(_fire(port, list(requests), connection_count, good))


async def _fire(port: int, requests: list[bytes], connection_count: int, good: bytes) -> Volley:
    latencies: list[float] = []
    good_count = 0

    async def sender() -> None:
        nonlocal good_count
        stream = None
        while requests:
            request = requests.pop()
            began = time.perf_counter()
            stream = stream or await asyncio.open_connection("127.0.0.1", port)
            answer, is_kept = await exchange(*stream, request)
            latencies.append(time.perf_counter() - began)
            good_count += good in answer
            if not is_kept:
                stream[1].close()
                stream = None
        if stream:
            stream[1].close()

    began = time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(connection_count)))
    return Volley(time.perf_counter() - began, tuple(latencies), good_count)


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[bytes, bool]:
    """The answer, and whether the server keeps the connection."""
    writer.write(request)
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
        return head + await reader.readexactly(length), b"connection: close" not in lines
    return b"", False
