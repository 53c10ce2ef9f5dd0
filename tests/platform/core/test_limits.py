from datetime import timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from diancai.platform.core.db import transaction
from diancai.platform.core.limits import FailureCount, add_failure, failures, forget_failures, purge_failures
from tests.factories import AT
from tests.threads import at_once

ONE, OTHER = b"1" * 32, b"2" * 32


def test_failures_are_counted_for_each_key_and_purpose(session: Session) -> None:
    for purpose, key in (("code", ONE), ("code", ONE), ("code", OTHER), ("sign_in", ONE)):
        add_failure(session, purpose, key, at=AT)
    counts = [failures(session, "code", key, since=AT) for key in (ONE, OTHER, None)]
    assert counts == [2, 1, 3]


def test_failures_before_the_window_do_not_count(session: Session) -> None:
    add_failure(session, "code", ONE, at=AT - timedelta(minutes=11))
    add_failure(session, "code", ONE, at=AT - timedelta(minutes=10))
    add_failure(session, "code", ONE, at=AT)
    assert failures(session, "code", ONE, since=AT - timedelta(minutes=10)) == 2


def test_failures_are_forgotten_for_the_one_who_succeeds(session: Session) -> None:
    add_failure(session, "code", ONE, at=AT)
    add_failure(session, "code", OTHER, at=AT)
    forget_failures(session, "code", ONE)
    assert failures(session, "code", None, since=AT) == 1


def test_counts_of_yesterday_are_purged(session: Session) -> None:
    add_failure(session, "code", ONE, at=AT - timedelta(days=1, minutes=1))
    add_failure(session, "code", ONE, at=AT)
    purge_failures(session, at=AT)
    assert session.scalar(select(func.count()).select_from(FailureCount)) == 1


def test_failures_from_several_processes_at_once_are_all_counted(engine: Engine) -> None:
    def fail() -> None:
        for _ in range(5):
            with transaction(engine) as session:
                add_failure(session, "code", ONE, at=AT)

    assert at_once(*[fail] * 4) == [None] * 4
    with transaction(engine) as session:
        assert failures(session, "code", ONE, since=AT) == 20
