from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta, timezone

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from diancai.platform.core.actor import SYSTEM, Actor
from diancai.platform.core.audit import GENESIS, AuditEntry, Event, broken_entries, record
from diancai.platform.core.db import transaction
from diancai.platform.core.trigger_kinds import append_only
from diancai.platform.core.triggers import drop_triggers
from tests.factories import AT
from tests.threads import at_once

WANG = Actor(staff_id=7, name="王敏")


@dataclass(frozen=True)
class TeaServed(Event):
    cups: int


def a_log(session: Session, count: int = 5) -> list[int]:
    return [record(session, TeaServed(1, cups), by=WANG, at=AT + timedelta(minutes=cups)).id for cups in range(count)]


def test_each_entry_holds_the_hash_of_the_one_before(session: Session) -> None:
    a_log(session, 3)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.previous_hash for entry in entries] == [GENESIS, entries[0].hash, entries[1].hash]
    assert list(broken_entries(session)) == []


def test_the_chain_holds_whatever_the_zone_an_instant_was_written_in(session: Session) -> None:
    record(session, TeaServed(None, 1), by=SYSTEM, at=AT.astimezone(timezone(timedelta(hours=8))))
    session.expire_all()
    assert list(broken_entries(session)) == []


CHANGES = (
    "at = '2026-09-01 02:09:00.000000+00:00'",
    "street_id = 2",
    "street_id = NULL",
    "actor_id = 8",
    "actor_name = '李明'",
    "event = 'TeaRefused'",
    "facts = '{\"cups\": 9}'",
)


def test_a_changed_entry_breaks_the_chain(session: Session) -> None:
    ids = a_log(session)
    drop_triggers(session.connection())
    for change in CHANGES:
        with session.begin_nested() as undone:
            session.execute(text(f"UPDATE audit_entry SET {change} WHERE id = {ids[2]}"))
            session.expire_all()
            assert list(broken_entries(session)) == [ids[2]], change
            undone.rollback()
    assert list(broken_entries(session)) == []


def test_an_entry_changed_with_its_hash_breaks_the_chain_at_the_next(session: Session) -> None:
    ids = a_log(session)
    drop_triggers(session.connection())
    session.execute(text(f"UPDATE audit_entry SET hash = '{'f' * 64}' WHERE id = {ids[2]}"))
    session.expire_all()
    assert list(broken_entries(session)) == [ids[2], ids[3]]


def test_a_removed_entry_breaks_the_chain(session: Session) -> None:
    ids = a_log(session)
    drop_triggers(session.connection())
    session.execute(text(f"DELETE FROM audit_entry WHERE id = {ids[1]}"))
    session.expire_all()
    assert list(broken_entries(session)) == [ids[2]]


def test_entries_in_another_order_break_the_chain(session: Session) -> None:
    ids = a_log(session)
    drop_triggers(session.connection())
    for old, new in ((ids[1], 900), (ids[2], ids[1]), (900, ids[2])):
        session.execute(text(f"UPDATE audit_entry SET id = {new} WHERE id = {old}"))
    session.expire_all()
    assert list(broken_entries(session)) == ids[1:4]


FORBIDDEN = {
    "update": "UPDATE audit_entry SET facts = '{}'",
    "delete": "DELETE FROM audit_entry",
    "replace": (
        "INSERT OR REPLACE INTO audit_entry (id, at, actor_name, event, facts, previous_hash, hash) "
        "SELECT id, at, '李明', event, facts, previous_hash, hash FROM audit_entry"
    ),
    "truncate": "TRUNCATE audit_entry",
}


def test_the_database_itself_keeps_the_log(session: Session, dialect: str) -> None:
    a_log(session)
    has_no = {"sqlite": "truncate", "postgresql": "replace"}[dialect]
    for way in FORBIDDEN.keys() - {has_no}:
        with pytest.raises(DatabaseError, match="refused by audit_entry_no"), session.begin_nested():
            session.execute(text(FORBIDDEN[way]))
    assert list(broken_entries(session)) == []


def test_append_only_covers_every_way_to_touch_a_row() -> None:
    written = [statement for trigger in append_only("leaf") for statement in trigger.for_postgresql()]
    assert all(any(f"BEFORE {way} ON leaf" in line for line in written) for way in ("UPDATE", "DELETE", "TRUNCATE"))


def test_two_who_write_at_once_make_one_chain(engine: Engine) -> None:
    def writer(number: int) -> Callable[[], None]:
        def write() -> None:
            for cups in range(10):
                with transaction(engine) as session:
                    record(session, TeaServed(number, cups), by=WANG, at=AT)

        return write

    at_once(*(writer(number) for number in range(3)))
    with transaction(engine) as session:
        assert list(broken_entries(session)) == []
        assert len(session.scalars(select(AuditEntry)).all()) == 30
