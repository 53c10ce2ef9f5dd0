"""In the hall: an empty database is filled from a pack, and serves its sitting from then on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput
from diancai.platform.accounts.models import Staff, StaffRole
from diancai.platform.core.actor import SYSTEM, Role
from diancai.platform.core.audit import record
from diancai.platform.core.db import Base
from diancai.platform.core.hall_charge import HallCharge
from diancai.platform.core.jobs import enqueue
from diancai.platform.core.keys import keys_of
from diancai.platform.core.migrate import newest_revision
from diancai.platform.core.rows import move_sequences, value_of
from diancai.platform.core.triggers import create_triggers, drop_triggers
from diancai.platform.hall_server.events import HallServerOpened
from diancai.platform.polling.models import RegisterEntry
from diancai.platform.polling.operations.persons import Person, entry_columns
from diancai.platform.polling.operations.readings import keep_readings
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState

SEAL_AFTER = timedelta(minutes=10)


def unpack(session: Session, lines: Sequence[Mapping[str, Any]], *, at: datetime) -> HallCharge:
    """Fill the session's database, which has the newest schema and no rows, from what `parcels.unwrap_pack` opened.

    Raises InvalidInput hall_server.other_schema (theirs, ours), hall_server.not_a_pack when it is cut off.
    """
    head, *body, end = lines
    if head["schema"] != newest_revision():
        raise InvalidInput("hall_server.other_schema", theirs=head["schema"], ours=newest_revision())
    people = [line["person"] for line in body if "person" in line]
    if len(people) != end["people"] or sum(end["rows"].values()) != sum("row" in line for line in body):
        raise InvalidInput("hall_server.not_a_pack")
    connection = session.connection()
    drop_triggers(connection)
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    _add_rows(session, (line for line in body if "row" in line and line["table"] == "division"))
    _add_staff(session, body)
    _add_rows(session, (line for line in body if "row" in line and line["table"] != "division"))
    _add_people(session, people)
    create_triggers(connection)
    if connection.dialect.name == "postgresql":
        move_sequences(connection, Base.metadata.sorted_tables)
    charge = _add_charge(session, head["charge"])
    _set_clocks(session, at)
    event = HallServerOpened(charge.street_id, charge.server_id, charge.pack_number, len(people))
    record(session, event, by=SYSTEM, at=at)
    return charge


def _add_rows(session: Session, lines: Iterable[Mapping[str, Any]]) -> None:
    tables = Base.metadata.tables
    for line in lines:
        session.execute(insert(tables[line["table"]]), {name: value_of(one) for name, one in line["row"].items()})


def _add_staff(session: Session, lines: Sequence[Mapping[str, Any]]) -> None:
    keys = keys_of(session)
    for facts in (line["staff"] for line in lines if "staff" in line):
        secret = facts["totp_secret"]
        known = {name: value_of(one) for name, one in facts.items() if name != "totp_secret"}
        session.add(Staff(**known, totp_secret=keys.seal_text(secret) if secret else None))
    session.flush()
    for facts in (line["role"] for line in lines if "role" in line):
        session.add(StaffRole(**(facts | {"role": Role(facts["role"])})))
    session.flush()


def _add_people(session: Session, people: Sequence[Mapping[str, Any]]) -> None:
    """The same numbers as at the office: by them the marks find their way back."""
    keys = keys_of(session)
    names: dict[int, list[tuple[int, str]]] = {}
    for facts in people:
        kept = {"id": facts["id"], "round_id": facts["round_id"], "is_late": facts["is_late"]}
        person = Person(**{name: one for name, one in facts.items() if name not in kept})
        session.add(RegisterEntry(**kept, **entry_columns(keys, kept["round_id"], person)))
        names.setdefault(kept["round_id"], []).append((kept["id"], person.name))
    session.flush()
    for round_id, found in names.items():
        keep_readings(session, round_id, found)


def _add_charge(session: Session, facts: Mapping[str, Any]) -> HallCharge:
    charge = HallCharge(
        server_id=facts["server_id"],
        sitting_id=facts["sitting_id"],
        street_id=facts["street_id"],
        pack_number=facts["pack_number"],
        signing_key=keys_of(session).seal_text(facts["signing_key"]),
        recipient=facts["recipient"],
    )
    session.add(charge)
    session.flush()
    return charge


def _set_clocks(session: Session, at: datetime) -> None:
    for round_ in session.scalars(select(Round).order_by(Round.id)).all():
        if round_.state is RoundState.ANNOUNCED:
            enqueue(
                session, "hall_server.open_round", round_.id, due_at=round_.opens_at, unique_key=f"open:{round_.id}"
            )
        else:
            enqueue(session, "polling.seal_round", round_.id, due_at=at + SEAL_AFTER, unique_key=f"seal:{round_.id}")
        due_at = round_.closes_at
        enqueue(session, "polling.close_round", round_.id, due_at=due_at, unique_key=f"close:{round_.id}")
