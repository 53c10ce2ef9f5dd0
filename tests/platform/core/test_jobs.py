from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import (
    HANDLERS,
    KEEP_TRYING,
    LEASE,
    MOST_ATTEMPTS,
    OUTSIDE,
    Job,
    JobState,
    cancel,
    enqueue,
    job,
    outside_job,
    run_due_jobs,
)
from diancai.platform.core.timeline import TimelineEntry, note, timeline_of
from diancai.platform.core.words import WORDS
from diancai.platform.features import load_jobs
from tests.factories import AT
from tests.threads import at_once, behind_a_lock


class Killed(BaseException):
    """What a killed process leaves: no handler of ours runs after it."""


@pytest.fixture(autouse=True)
def kettle() -> Iterator[None]:
    """Four jobs of these tests: one works, one fails, one dies, one works outside any transaction."""

    @job("tea.brew")
    def brew(session: Session, cups: int, *, at: datetime) -> None:
        note(session, "tea", "brewed", at=at, cups=cups)

    @job("tea.spill")
    def spill(session: Session, cups: int, *, at: datetime) -> None:
        brew(session, cups, at=at)
        session.flush()
        raise ValueError("a code or a choice might stand here")

    @job("tea.die")
    def die(session: Session, *, at: datetime) -> None:
        brew(session, 1, at=at)
        raise Killed

    @outside_job("tea.wash")
    def wash(engine: Engine, *, at: datetime) -> None:
        with transaction(engine) as session:
            note(session, "tea", "washed", at=at)

    yield
    for name in ("tea.brew", "tea.spill", "tea.die"):
        del HANDLERS[name]
    del OUTSIDE["tea.wash"]


def queue(engine: Engine, name: str, *arguments: object, due_at: datetime = AT, key: str | None = None) -> None:
    with transaction(engine) as session:
        enqueue(session, name, *arguments, due_at=due_at, unique_key=key)


def brewed(engine: Engine) -> list[int]:
    with transaction(engine) as session:
        return [entry.fact_values.get("cups", 0) for entry in timeline_of(session, "tea")]


def jobs(engine: Engine) -> list[Job]:
    with Session(engine) as session:
        return list(session.scalars(select(Job).order_by(Job.id)))


def test_a_job_runs_once_and_leaves_no_row(engine: Engine) -> None:
    queue(engine, "tea.brew", 3)
    assert [run_due_jobs(engine, at=AT) for _ in range(2)] == [1, 0]
    assert brewed(engine) == [3]
    assert jobs(engine) == []


def test_a_job_waits_for_its_time(engine: Engine) -> None:
    queue(engine, "tea.brew", 1, due_at=AT + timedelta(seconds=1))
    assert run_due_jobs(engine, at=AT) == 0
    assert run_due_jobs(engine, at=AT + timedelta(seconds=1)) == 1


def test_jobs_run_in_the_order_of_their_times(engine: Engine) -> None:
    for minutes in (2, 1, 3):
        queue(engine, "tea.brew", minutes, due_at=AT - timedelta(minutes=minutes))
    run_due_jobs(engine, at=AT)
    with transaction(engine) as session:
        entries = session.scalars(select(TimelineEntry).order_by(TimelineEntry.id))
        assert [entry.fact_values["cups"] for entry in entries] == [3, 2, 1]


def test_a_job_of_a_transaction_that_fails_was_never_queued(engine: Engine) -> None:
    with Session(engine) as session:
        enqueue(session, "tea.brew", 1, due_at=AT)
        session.rollback()
    assert run_due_jobs(engine, at=AT) == 0


def test_the_same_key_waits_once_with_the_newest_time(engine: Engine) -> None:
    queue(engine, "tea.brew", 1, key="tea")
    queue(engine, "tea.brew", 1, key="tea", due_at=AT + timedelta(hours=1))
    assert [waiting.due_at for waiting in jobs(engine)] == [AT + timedelta(hours=1)]
    assert run_due_jobs(engine, at=AT) == 0


def test_a_cancelled_job_never_runs(engine: Engine) -> None:
    queue(engine, "tea.brew", 1, key="tea")
    with transaction(engine) as session:
        cancel(session, "tea")
    assert run_due_jobs(engine, at=AT) == 0


def test_each_job_is_run_by_one_of_two_workers(engine: Engine) -> None:
    for cups in range(20):
        queue(engine, "tea.brew", cups)
    succeeded = at_once(*[lambda: run_due_jobs(engine, at=AT)] * 2)
    assert sum(succeeded) == 20
    assert sorted(brewed(engine)) == list(range(20))


def test_a_job_that_fails_leaves_nothing_and_waits_longer_each_time(engine: Engine) -> None:
    queue(engine, "tea.spill", 1)
    queue(engine, "tea.brew", 2)
    assert run_due_jobs(engine, at=AT) == 1
    assert brewed(engine) == [2]
    delays, at = [], AT
    for attempt in range(2, MOST_ATTEMPTS):
        left = jobs(engine)[0]
        assert (left.state, left.attempts, left.lease_until) == (JobState.WAITING, attempt - 1, None)
        delays.append(left.due_at - at)
        at = left.due_at
        assert run_due_jobs(engine, at=at) == 0
    assert delays[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert max(delays) == timedelta(minutes=10)


def test_a_job_that_failed_too_often_stays_to_be_seen(engine: Engine) -> None:
    queue(engine, "tea.spill", 1)
    for hours in range(MOST_ATTEMPTS + 3):
        run_due_jobs(engine, at=AT + timedelta(hours=hours))
    (left,) = jobs(engine)
    assert (left.state, left.attempts, left.last_error) == (JobState.FAILED, MOST_ATTEMPTS, "ValueError")


def test_a_job_that_a_promise_hangs_on_is_never_given_up(engine: Engine) -> None:
    job("tea.spill", keeps_trying=True)(HANDLERS["tea.spill"])
    queue(engine, "tea.spill", 1)
    try:
        for hours in range(MOST_ATTEMPTS + 3):
            run_due_jobs(engine, at=AT + timedelta(hours=hours))
    finally:
        KEEP_TRYING.remove("tea.spill")
    (left,) = jobs(engine)
    assert (left.state, left.attempts) == (JobState.WAITING, MOST_ATTEMPTS + 3)


def test_a_job_nobody_knows_fails_by_itself(engine: Engine) -> None:
    queue(engine, "tea.unknown")
    queue(engine, "tea.brew", 1)
    assert run_due_jobs(engine, at=AT) == 1
    assert [left.last_error for left in jobs(engine)] == ["KeyError"]


def test_a_worker_that_was_killed_loses_its_job_after_the_lease(engine: Engine) -> None:
    queue(engine, "tea.die")
    with pytest.raises(Killed):
        run_due_jobs(engine, at=AT)
    assert brewed(engine) == []
    assert [(left.state, left.lease_until) for left in jobs(engine)] == [(JobState.RUNNING, AT + LEASE)]
    HANDLERS["tea.die"] = lambda session, *, at: HANDLERS["tea.brew"](session, 7, at=at)
    assert run_due_jobs(engine, at=AT + LEASE) == 0
    assert run_due_jobs(engine, at=AT + LEASE + timedelta(seconds=1)) == 1
    assert (brewed(engine), jobs(engine)) == ([7], [])


def test_a_worker_whose_lease_was_taken_over_undoes_its_work(engine: Engine) -> None:
    @job("tea.slow")
    def slow(session: Session, *, at: datetime) -> None:
        note(session, "tea", "brewed", at=at, cups=len(HANDLERS))

    queue(engine, "tea.slow")

    def taken_over(engine: Engine, *, at: datetime) -> None:
        """While this one works, its lease ends and another worker finishes the job."""
        del OUTSIDE["tea.slow"]
        assert run_due_jobs(engine, at=at + LEASE + timedelta(seconds=1)) == 1

    OUTSIDE["tea.slow"] = taken_over
    try:
        assert run_due_jobs(engine, at=AT) == 0
    finally:
        OUTSIDE.pop("tea.slow", None)
        del HANDLERS["tea.slow"]
    assert len(brewed(engine)) == 1
    assert jobs(engine) == []


def test_work_outside_a_transaction_is_tried_again_too(engine: Engine) -> None:
    wash = OUTSIDE["tea.wash"]
    OUTSIDE["tea.wash"] = HANDLERS["tea.spill"]
    queue(engine, "tea.wash")
    assert run_due_jobs(engine, at=AT) == 0
    OUTSIDE["tea.wash"] = wash
    assert run_due_jobs(engine, at=AT + timedelta(seconds=2)) == 1
    assert jobs(engine) == []


def test_a_job_may_queue_itself_again_under_its_key(engine: Engine) -> None:
    @job("tea.refill")
    def refill(session: Session, *, at: datetime) -> None:
        enqueue(session, "tea.refill", due_at=at + timedelta(minutes=1), unique_key="refill")

    queue(engine, "tea.refill", key="refill")
    try:
        assert run_due_jobs(engine, at=AT) == 1
    finally:
        del HANDLERS["tea.refill"]
    assert [(left.due_at, left.attempts) for left in jobs(engine)] == [(AT + timedelta(minutes=1), 0)]


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_job_that_a_worker_is_just_ending_is_queued_anew(engine: Engine) -> None:
    queue(engine, "tea.brew", 1, key="tea")
    with Session(engine) as worker:
        worker.execute(delete(Job))
        again = behind_a_lock(engine, worker.commit, lambda: queue(engine, "tea.brew", 2, due_at=AT, key="tea"))
    assert again is None
    assert [left.arguments for left in jobs(engine)] == ["[2]"]


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_of_two_that_queue_the_same_key_at_once_one_moves_the_others_job(engine: Engine) -> None:
    with Session(engine) as first:
        enqueue(first, "tea.brew", 1, due_at=AT, unique_key="tea")
        later = AT + timedelta(hours=1)
        second = behind_a_lock(engine, first.commit, lambda: queue(engine, "tea.brew", 1, due_at=later, key="tea"))
    assert second is None
    assert [left.due_at for left in jobs(engine)] == [later]


def test_every_job_has_a_name_that_an_administrator_understands() -> None:
    load_jobs()
    unnamed = {f"job.{name}" for name in HANDLERS | OUTSIDE if not name.startswith("tea.")} - WORDS.keys()
    assert unnamed == set()
