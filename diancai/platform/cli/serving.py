"""`diancai serve` and `diancai worker`."""

import gc
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from threading import Event
from typing import Protocol

import click
import structlog
from gunicorn.app.wsgiapp import run

from diancai.platform.cli.context import load_keys, load_settings, opened_engine
from diancai.platform.core import clock
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import enqueue, run_due_jobs
from diancai.platform.core.logs import configure_logging
from diancai.platform.features import load_jobs

log = structlog.get_logger()
LOOK_EVERY_SECONDS = 2.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=2, show_default=True, help="Web processes.")
@click.option("--threads", default=8, show_default=True, help="Threads in each web process.")
def serve(host: str, port: int, processes: int, threads: int) -> None:
    """Web processes (gunicorn) and one worker; the worker is started again when it dies."""
    load_keys(load_settings())
    worker_command = [sys.executable, "-m", "diancai", "worker"]
    web = web_command(host, port, processes, threads)
    run_together(partial(subprocess.Popen, worker_command), partial(subprocess.Popen, web))


@click.command()
def worker() -> None:
    """Run due jobs until told to stop."""
    work()


def work() -> None:
    settings = load_settings()
    keys = load_keys(settings)
    configure_logging(settings.log_level)
    load_jobs()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened_engine(settings) as engine:
        with transaction(engine) as session:
            enqueue(session, "polling.purge_failures", due_at=clock.now(), unique_key="purge_failures")
        while not stop.wait(LOOK_EVERY_SECONDS):
            try:
                run_due_jobs(engine, at=clock.now(), keys=keys)
            except Exception as problem:  # the database may be away for a while; the worker outlives that
                log.error("worker_failed", error=type(problem).__name__)


def web_command(host: str, port: int, processes: int, threads: int) -> list[str]:
    """gunicorn with threads, no access log (it would name addresses), no control socket in the home folder."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "diancai.platform.wsgi:app",
        f"--bind={host}:{port}",
        "--worker-class=gthread",
        f"--workers={processes}",
        f"--threads={threads}",
        "--preload",
        "--no-control-socket",
        "--log-level=error",  # a warning would name the address of whoever sent half a request
        "--timeout=60",
        "--graceful-timeout=20",
        "--keep-alive=5",
        "--forwarded-allow-ips=",
    ]


class Child(Protocol):
    """What is asked of a process that was started: `subprocess.Popen` has it."""

    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def wait(self, timeout: float) -> object: ...


class Forked:
    """A child that goes on from here: what has been imported need not be imported again."""

    def __init__(self, task: Callable[[], None]) -> None:
        self._process = get_context("fork").Process(target=task)
        self._process.start()

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, timeout: float) -> None:
        self._process.join(timeout)


def serve_here(command: list[str]) -> None:
    """What `web_command` starts, in this process."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    gc.freeze()  # what is here by now stays, and stays shared with the processes that gunicorn makes
    sys.argv = command[command.index("gunicorn") :]
    run()


def run_together(
    start_worker: Callable[[], Child],
    *start_webs: Callable[[], Child],
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """All until a web side ends or a signal comes; then all end. `meanwhile` runs while they start."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    webs = [start() for start in start_webs]
    workers: list[Child] = []
    try:
        meanwhile()
        workers = [start_worker()]
        while not stop.is_set() and all(web.poll() is None for web in webs):
            if workers[0].poll() is not None:
                log.error("worker_ended", exit_status=workers[0].returncode)
                stop.wait(1)
                workers = [start_worker()]
            stop.wait(0.5)
        ended = [web.returncode for web in webs if web.poll() is not None]
    finally:
        for child in (*webs, *workers):
            child.terminate()
        for child in (*webs, *workers):
            child.wait(timeout=30)
    if not stop.is_set():
        raise click.ClickException(f"the web side ended with code {ended[0]}")
