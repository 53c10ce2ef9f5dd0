"""Times and memory of one thing at a time, each in a process of its own, side by side in one run."""

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1].parent / "shared" / "data" / "pabulib"


@dataclass(frozen=True)
class Figure:
    """CPU seconds of the best of several repetitions, and the peak memory of the process."""

    seconds: float
    peak_mib: float
    answer: object = None


def best_of(work: Callable[[], object], repetitions: int) -> tuple[float, object]:
    """CPU seconds of this process, the least of so many."""
    best, answer = float("inf"), None
    for _ in range(repetitions):
        began = time.process_time()
        answer = work()
        best = min(best, time.process_time() - began)
    return best, answer


def peak_mib() -> float:
    """Of this program alone: `ru_maxrss` would count what its parent held before it began."""
    status = Path("/proc/self/status")
    if status.is_file():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(task: str, *arguments: str, limit_s: int = 900) -> Figure:
    """Run `python -m benchmarks.tasks TASK …`, which prints one JSON line."""
    command = [sys.executable, "-m", "benchmarks.tasks", task, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)
    if done.returncode:
        raise RuntimeError(f"{task}: {done.stderr.strip().splitlines()[-1:]}")
    return Figure(**json.loads(done.stdout.splitlines()[-1]))


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.pb"
