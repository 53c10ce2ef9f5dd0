"""Several things at once, in tests."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own, started together. Returns what each returned, or the exception it raised."""
    barrier = Barrier(len(works))
    answers: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            answers[place] = work()
        except Exception as problem:  # it belongs to the test
            answers[place] = problem

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
