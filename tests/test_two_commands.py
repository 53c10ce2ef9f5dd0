"""The README's first command on a clone of this repository, as a newcomer runs it; the times are printed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[1]
COLD_SECONDS, WARM_SECONDS, HELP_SECONDS = 120, 5, 0.5

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is committed, and nothing else."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    folder = tmp_path_factory.mktemp("newcomer") / "diancai"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo(clone: Path, port: int) -> Iterator[float]:
    """Seconds until the portal answers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTEST"))}
    began = time.monotonic()
    with (clone / "demo.log").open("wb") as log:
        command = ["make", "demo", f"PORT={port}", f"PYTHON={sys.executable}"]
        running = subprocess.Popen(command, cwd=clone, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        yield _until_it_answers(running, port, began)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(timeout=60)


def _until_it_answers(running: subprocess.Popen[bytes], port: int, began: float) -> float:
    while time.monotonic() - began < 10 * COLD_SECONDS and running.poll() is None:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            if answer.status == 200:
                return time.monotonic() - began
        time.sleep(0.1)  # another process: there is nothing to wait on
    return float("inf")


def told(name: str, seconds: float, limit: float, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n[time] {name}: {seconds:.1f} s (at most {limit:g} s)")


def test_make_demo_starts_from_nothing_and_again(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with demo(clone, port) as seconds:
        told("make demo, cold", seconds, COLD_SECONDS, capsys)
        assert seconds <= COLD_SECONDS, (clone / "demo.log").read_text("utf-8")[-2000:]
        accounts = (clone / "instance" / "demo-accounts.txt").read_text("utf-8")
        with urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            assert "去投票" in answer.read().decode()
    for _ in range(3):  # machines are noisy: the best of three
        with demo(clone, port) as seconds:
            told("make demo, warm", seconds, WARM_SECONDS, capsys)
            assert (clone / "instance" / "demo-accounts.txt").read_text("utf-8") == accounts
        if seconds <= WARM_SECONDS:
            break
    assert seconds <= WARM_SECONDS


def test_help_comes_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-P", "-m", "diancai", "--help"]
    seconds = min(_timed(command) for _ in range(3))
    told("diancai --help", seconds, HELP_SECONDS, capsys)
    assert seconds <= HELP_SECONDS


def _timed(command: list[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return time.monotonic() - began
