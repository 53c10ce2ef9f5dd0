"""Servers of our own on loopback, as in production: gunicorn with threads."""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

from diancai.platform.cli.serving import web_command

APPLICATION = "diancai.platform.wsgi:app"
PROCESSES, THREADS = 2, 8


@contextmanager
def serving(
    port: int, environment: dict[str, str], application: str = APPLICATION, *, largest_file: int = 0
) -> Iterator[subprocess.Popen[bytes]]:
    """The master of the web processes. `largest_file`: bytes beyond which no file of theirs may grow; 0: no limit."""
    command = [
        application if part == APPLICATION else part for part in web_command("127.0.0.1", port, PROCESSES, THREADS)
    ]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    server = subprocess.Popen(
        command,
        env=os.environ | environment,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
        preexec_fn=limit if largest_file else None,
    )
    try:
        wait_for(port)
        yield server
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def wait_for(port: int) -> None:
    """Until it answers anything at all. Raises RuntimeError after half a minute."""
    for _ in range(300):
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
        except HTTPError:
            return  # the bare one has no such page
        except OSError:
            time.sleep(0.1)  # another process: there is nothing to wait on
        else:
            return
    raise RuntimeError("the server did not start")


def workers_of(server: subprocess.Popen[bytes]) -> list[int]:
    with open(f"/proc/{server.pid}/task/{server.pid}/children") as children:
        return [int(child) for child in children.read().split()]
