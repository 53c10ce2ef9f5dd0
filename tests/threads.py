"""Several things at once, in tests."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import Engine, text


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


def behind_a_lock(engine: Engine, holding: Callable[[], Any], work: Callable[[], Any]) -> Any:
    """On PostgreSQL: start `work`, see it wait for a lock of ours, let go by `holding`. Returns what `work` came to."""
    answers: list[Any] = []
    thread = Thread(target=lambda: answers.extend(at_once(work)))
    thread.start()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watch:
        while thread.is_alive() and not watch.scalar(text(WAITING)):
            pass
    holding()
    thread.join()
    return answers[0]


WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
