"""At the office: everything that one sitting needs, as lines for the laptop that will serve it.

Keys stay here: names and second factors travel in clear inside the encrypted pack, and the laptop seals them with keys of its
own. It knows no ballot code of the office, and the office none of its.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, WrongState
from diancai.platform.accounts.models import Staff, StaffRole
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.keys import keys_of
from diancai.platform.core.migrate import newest_revision
from diancai.platform.core.moves import hold
from diancai.platform.core.pictures import Picture
from diancai.platform.core.rows import plain
from diancai.platform.core.timeline import TimelineEntry
from diancai.platform.core.working_days import CalendarDay, CalendarYear
from diancai.platform.divisions.models import Division, PrivacyNotice, StreetOffice
from diancai.platform.funds.models import Fund
from diancai.platform.hall_server.events import HallServerPacked
from diancai.platform.hall_server.parcels import PACK, wrap_pack
from diancai.platform.polling.hall_models import Sitting, SittingRound, SittingStation
from diancai.platform.polling.hall_queries import rounds_served, stations_in
from diancai.platform.polling.hall_server_models import HallServer, HallServerState
from diancai.platform.polling.models import GivenKind, RegisterEntry, Station
from diancai.platform.polling.operations.persons import person_of
from diancai.platform.rounds.models import (
    ItemWithdrawal,
    MenuItem,
    Round,
    RoundAddendum,
    RoundScrutineer,
    RuleBook,
)
from diancai.platform.rounds.publicity import publicity_problems
from diancai.platform.rounds.states import RoundState
from diancai.voting import has_valid_check

PACKABLE = (RoundState.ANNOUNCED, RoundState.VOTING)


def pack(session: Session, server: HallServer, code: str, *, by: Actor, at: datetime) -> bytes:
    """A new pack, encrypted to `code`, which the caller shows once. Only what the newest pack hands back is taken.

    Raises WrongState hall_server.not_away, hall.not_open (title), and what keeps an announced round from opening
    (`publicity_problems`); InvalidInput hall_server.weak_code.
    """
    if not has_valid_check(code):
        raise InvalidInput("hall_server.weak_code", field="code")
    hold(session, server)
    if server.state is not HallServerState.AWAY:
        raise WrongState("hall_server.not_away")
    sitting = session.get_one(Sitting, server.sitting_id)
    rounds = rounds_served(session, sitting)
    for round_ in rounds:
        _require_packable(session, round_, at)
    signing, identity = Ed25519PrivateKey.generate(), pyrage.x25519.Identity.generate()
    server.pack_number += 1
    server.public_key = signing.public_key().public_bytes_raw()
    server.identity = keys_of(session).seal_text(str(identity))
    session.flush()
    record(session, HallServerPacked(server.street_id, server.id, server.pack_number), by=by, at=at)
    charge = {
        "server_id": server.id,
        "sitting_id": sitting.id,
        "street_id": server.street_id,
        "pack_number": server.pack_number,
        "signing_key": signing.private_bytes_raw().hex(),
        "recipient": str(identity.to_public()),
    }
    return wrap_pack(_lines(session, sitting, rounds, charge, at), code)


def _require_packable(session: Session, round_: Round, at: datetime) -> None:
    if round_.state not in PACKABLE:
        raise WrongState("hall.not_open", title=round_.title)
    if round_.state is RoundState.ANNOUNCED:  # in the hall it opens by the clock alone
        for problem in publicity_problems(session, round_, at=at):
            raise problem


def _lines(
    session: Session, sitting: Sitting, rounds: Collection[Round], charge: dict[str, Any], at: datetime
) -> Iterator[dict[str, Any]]:
    yield {"format": PACK, "schema": newest_revision(), "packed_at": at.isoformat(), "charge": charge}
    staff_ids: set[int] = set()
    counts: dict[str, int] = {}
    tables = [(table, _rows(session, table, found)) for table, found in _tables(session, sitting, rounds)]
    for table, rows in tables:
        staff_ids |= _staff_named(table, rows)
    yield from _staff_lines(session, sitting.street_id, staff_ids)
    for table, rows in tables:
        counts[table.name] = len(rows)
        for row in rows:
            yield {"table": table.name, "row": {name: plain(value) for name, value in row.items()}}
    people = list(_people(session, sitting))
    yield from people
    yield {"rows": counts, "people": len(people)}


def _tables(
    session: Session, sitting: Sitting, rounds: Collection[Round]
) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """What is carried, parents before children, and which rows of it."""
    numbers = [round_.id for round_ in rounds]
    items = select(MenuItem.picture_sha256).where(MenuItem.round_id.in_(numbers))
    subjects = [f"round:{number}" for number in numbers]
    carried: list[tuple[type, ColumnElement[bool]]] = [
        (Division, Division.id.is_not(None)),
        (CalendarYear, CalendarYear.year.is_not(None)),
        (CalendarDay, CalendarDay.day.is_not(None)),
        (StreetOffice, StreetOffice.street_id == sitting.street_id),
        (PrivacyNotice, PrivacyNotice.street_id == sitting.street_id),
        (Fund, Fund.id.in_([round_.fund_id for round_ in rounds])),
        (Picture, Picture.sha256.in_(items)),
        (Round, Round.id.in_(numbers)),
        (RuleBook, RuleBook.round_id.in_(numbers)),
        (RoundAddendum, RoundAddendum.round_id.in_(numbers)),
        (RoundScrutineer, RoundScrutineer.round_id.in_(numbers)),
        (MenuItem, MenuItem.round_id.in_(numbers)),
        (ItemWithdrawal, ItemWithdrawal.round_id.in_(numbers)),
        (TimelineEntry, TimelineEntry.subject.in_(subjects)),
        (Station, Station.id.in_([desk.id for desk in stations_in(session, sitting)])),
        (Sitting, Sitting.id == sitting.id),
        (SittingRound, SittingRound.sitting_id == sitting.id),
        (SittingStation, SittingStation.sitting_id == sitting.id),
    ]
    for model, found in carried:
        table = model.__table__  # type: ignore[attr-defined]
        yield table, found


def _rows(session: Session, table: Table, found: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = session.execute(select(table).where(found).order_by(*table.primary_key))
    return [dict(row._mapping) for row in rows]


def _staff_named(table: Table, rows: list[dict[str, Any]]) -> set[int]:
    """People whom these rows point to."""
    columns = [key.parent.name for key in table.foreign_keys if key.column.table.name == Staff.__tablename__]
    return {row[name] for row in rows for name in columns if row[name] is not None}


def _staff_lines(session: Session, street_id: int, named: set[int]) -> Iterator[dict[str, Any]]:
    """Those with a role in the street can sign in as they do at the office; of others only the name comes along."""
    roles = session.scalars(select(StaffRole).filter_by(division_id=street_id).order_by(StaffRole.id)).all()
    holders = {role.staff_id for role in roles}
    keys = keys_of(session)
    for person in session.scalars(select(Staff).where(Staff.id.in_(named | holders)).order_by(Staff.id)):
        can_sign_in = person.id in holders and person.is_active
        secret = person.totp_secret if can_sign_in else None
        yield {
            "staff": {
                "id": person.id,
                "sign_in_name": person.sign_in_name,
                "name": person.name,
                "password_hash": person.password_hash if can_sign_in else "",
                "totp_secret": keys.open_text(secret) if secret else None,
                "is_active": can_sign_in,
                "must_change_password": person.must_change_password,
                "created_at": plain(person.created_at),
            }
        }
    for role in roles:
        yield {"role": {"id": role.id, "staff_id": role.staff_id, "role": role.role, "division_id": street_id}}


def _people(session: Session, sitting: Sitting) -> Iterator[dict[str, Any]]:
    """The hall's voters, in clear: without phones, which a hall does not need."""
    keys = keys_of(session)
    desks = [desk.id for desk in stations_in(session, sitting)]
    mine = select(RegisterEntry).where(RegisterEntry.given == GivenKind.HALL, RegisterEntry.given_station_id.in_(desks))
    for entry in session.scalars(mine.order_by(RegisterEntry.id)):
        person = person_of(keys, entry)
        yield {
            "person": {
                "id": entry.id,
                "round_id": entry.round_id,
                "is_late": entry.is_late,
                "name": person.name,
                "community_id": person.community_id,
                "household": person.household,
                "birth_year": person.birth_year,
                "id_last_four": person.id_last_four,
            }
        }
