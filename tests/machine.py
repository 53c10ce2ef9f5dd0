"""What the machine has to have for some tests, and what is said when it lacks it."""

import glob
import os
import shutil
import time
from pathlib import Path

import pytest

MISSING = "is not installed"
DEBIAN_PACKAGES = {"PostgreSQL": "postgresql", "Chromium": "chromium fonts-noto-cjk"}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_program() -> str | None:
    """The installed browser of Chromium's family."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def postgres_programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`: on the path, or the newest where Debian keeps them off it."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    return Path(found[-1]).parent if found else None


def skip_or_fail(what: str) -> None:
    """A missing program skips a test on a person's machine and fails it in CI, where everything must be there."""
    words = f"{what} {MISSING}"
    if os.environ.get("CI") == "true":
        pytest.fail(words, pytrace=False)
    pytest.skip(words)


def closing_line(reasons: str) -> str | None:
    """What to install, when `reasons` (of skips and failures) name a missing program; otherwise nothing."""
    lacking = [name for name in DEBIAN_PACKAGES if f"{name} {MISSING}" in reasons]
    if not lacking:
        return None
    packages = " ".join(DEBIAN_PACKAGES[name] for name in lacking)
    return f"Tests did not run for want of {' and '.join(lacking)}. On Debian: apt-get install {packages}"


QUICK_LOOP_SECONDS = 0.06
"""A million turns of `slowness` on the machine that limits in seconds are meant for."""


def slowness() -> float:
    """How many times slower than that this machine is right now; never below 1. The best of three tries."""

    def spent() -> float:
        begun, turns = time.process_time(), 0
        while turns < 1_000_000:
            turns += 1
        return time.process_time() - begun

    return max(1.0, min(spent() for _ in range(3)) / QUICK_LOOP_SECONDS)
