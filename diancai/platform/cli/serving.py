"""`diancai serve` and `diancai worker`."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Event

import click
import structlog

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
    run_together([sys.executable, "-m", "diancai", "worker"], web_command(host, port, processes, threads))


@click.command()
def worker() -> None:
    """Run due jobs until told to stop."""
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
        "--log-level=warning",
        "--timeout=60",
        "--graceful-timeout=20",
        "--keep-alive=5",
        "--forwarded-allow-ips=",
    ]


def run_together(worker_command: list[str], web: list[str], meanwhile: Callable[[], None] = lambda: None) -> None:
    """Both until the web side ends or a signal comes; then both end. `meanwhile` runs while they start."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    children = {"web": subprocess.Popen(web), "worker": subprocess.Popen(worker_command)}
    try:
        meanwhile()
        while not stop.is_set() and children["web"].poll() is None:
            if children["worker"].poll() is not None:
                log.error("worker_ended", exit_status=children["worker"].returncode)
                time.sleep(1)
                children["worker"] = subprocess.Popen(worker_command)
            stop.wait(0.5)
    finally:
        for child in children.values():
            child.terminate()
        for child in children.values():
            child.wait(timeout=30)
    if not stop.is_set():
        raise click.ClickException(f"the web side ended with code {children['web'].returncode}")
