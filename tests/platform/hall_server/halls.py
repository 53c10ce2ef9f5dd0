"""A street with a sitting and a second, empty installation for its hall."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from diancai.platform.accounts.models import StaffRole
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.confirmations import confirm_request, requests_for
from diancai.platform.core.db import transaction
from diancai.platform.core.hall_charge import HallCharge, hall_charge
from diancai.platform.core.keys import Keys
from diancai.platform.divisions.models import Division
from diancai.platform.hall_server.operations.packing import pack
from diancai.platform.hall_server.operations.preparing import request_hall_server
from diancai.platform.hall_server.operations.unpacking import unpack
from diancai.platform.hall_server.parcels import unwrap_pack
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.hall_models import Sitting, SittingStep
from diancai.platform.polling.hall_server_models import HallServer
from diancai.platform.polling.models import BatchKind, RegisterEntry, Station
from diancai.platform.polling.operations.casting import CodeProof, cast_ballot
from diancai.platform.polling.operations.codes import print_batch, request_batch
from diancai.platform.polling.operations.desk import give_slip
from diancai.platform.polling.operations.hall import Figures, do_step, propose_closing
from diancai.platform.polling.operations.sittings import SittingPlan, plan_sitting
from diancai.platform.polling.operations.stations import end_issuing
from diancai.platform.rounds.models import Round
from diancai.voting import new_code
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry

MORNING = AT + timedelta(hours=1)
NOON = AT + timedelta(hours=3)
BEFORE_CLOSING = tuple(SittingStep)[: list(SittingStep).index(SittingStep.CLOSED)]


@dataclass(frozen=True)
class People:
    officer: Actor
    chair: Actor
    chief: Actor
    clerk: Actor
    second: Actor


@dataclass(frozen=True)
class Office:
    """What a test of the office's side begins with; numbers, for the rows live in one session only."""

    people: People
    round_id: int
    sitting_id: int
    hall_desk_id: int
    other_desk_id: int
    voters: tuple[int, ...]


def an_office(session: Session, voters: int = 6, **round_facts: Any) -> Office:
    street = a_street(session)
    officer, chair = a_holder(session, street, Role.OFFICER), a_holder(session, street, Role.REVIEWER)
    chief, clerk = a_holder(session, street, Role.SCRUTINEER), a_holder(session, street, Role.CLERK)
    second = a_holder(session, street, Role.OFFICER)
    round_ = a_round(session, street, **round_facts)
    other = a_station(session, round_, name="街道大厅")
    desk = a_station(session, round_, name="会场")
    entries = [an_entry(session, round_, name=f"李{number}", household=f"{number}号") for number in range(voters)]
    plan = SittingPlan(
        title="千人大会",
        place="礼堂",
        starts_at=MORNING,
        expected_count=voters,
        round_ids=(round_.id,),
        chair_id=chair.staff_id or 0,
        chief_id=chief.staff_id or 0,
        station_ids=(desk.id,),
    )
    sitting = plan_sitting(session, street.id, plan, by=officer, at=AT)
    people = People(officer, chair, chief, clerk, second)
    return Office(people, round_.id, sitting.id, desk.id, other.id, tuple(one.id for one in entries))


def a_holder(session: Session, street: Division, role: Role) -> Actor:
    """Whose role stands in the tables too: only such a one is found when names are to be chosen, and is packed."""
    actor = a_staff(session, street, role)
    session.add(StaffRole(staff_id=actor.staff_id, role=role, division_id=street.id))
    session.flush()
    return actor


def prepare(session: Session, office: Office, communities: Sequence[int] = ()) -> HallServer:
    """The hall takes everybody of the first community along."""
    sitting = session.get_one(Sitting, office.sitting_id)
    chosen = list(communities) or [session.get_one(RegisterEntry, office.voters[0]).community_id]
    asked = request_hall_server(session, sitting, chosen, reason="礼堂没有网", by=office.people.officer, at=AT)
    server = confirm_request(session, asked, by=office.people.chief, at=AT)
    assert isinstance(server, HallServer)
    return server


def packed(session: Session, office: Office, code: str) -> bytes:
    server = session.scalars(select(HallServer).order_by(HallServer.id.desc())).first()
    assert server is not None
    return pack(session, server, code, by=office.people.officer, at=AT)


def open_hall(engine: Engine, keys: Keys, content: bytes, code: str) -> None:
    with transaction(engine, keys=keys) as session:
        unpack(session, unwrap_pack(content, code), at=MORNING)


@contextmanager
def in_hall(engine: Engine, keys: Keys) -> Iterator[tuple[Session, HallCharge]]:
    with transaction(engine, keys=keys) as session:
        charge = hall_charge(session)
        assert charge is not None
        yield session, charge


def hold_the_vote(session: Session, office: Office, came: int, *, spare: int = 2) -> list[bytes]:
    """So many come and vote on their phones, up to the signed balance and DECLARED. Returns each one's `r`."""
    round_ = session.get_one(Round, office.round_id)
    sitting, desk = session.get_one(Sitting, office.sitting_id), session.get_one(Station, office.hall_desk_id)
    codes = print_slips(session, office, came + spare)
    for entry_id in office.voters[:came]:
        entry = session.get_one(RegisterEntry, entry_id)
        give_slip(session, round_, entry, station=desk, by=office.people.clerk, at=MORNING)
    rs = [cast_with(session, round_, codes[number], number) for number in range(came)]
    figures = Figures(present_count=came, ballots={round_.id: came})
    for step in BEFORE_CLOSING:
        do_step(session, sitting, step, figures, by=office.people.chair, at=MORNING)
    asked = propose_closing(session, sitting, by=office.people.chair, at=NOON)
    confirm_request(session, asked, by=office.people.chief, at=NOON)
    for step in (SittingStep.RETURNED, SittingStep.DECLARED):
        do_step(session, sitting, step, figures, by=office.people.chair, at=NOON)
    end_issuing(session, round_, desk, unused_count=spare, spoiled_count=0, by=office.people.clerk, at=NOON)
    [again] = requests_for(session, office.people.second)
    confirm_request(session, again, by=office.people.second, at=NOON)
    return rs


def print_slips(session: Session, office: Office, count: int) -> tuple[str, ...]:
    round_, desk = session.get_one(Round, office.round_id), session.get_one(Station, office.hall_desk_id)
    run = request_batch(
        session,
        round_,
        station=desk,
        kind=BatchKind.BEARER,
        slip_count=count,
        community_id=None,
        reason="会场用",
        by=office.people.officer,
        at=MORNING,
    )
    [asked] = requests_for(session, office.people.second)
    confirm_request(session, asked, by=office.people.second, at=MORNING)
    return print_batch(session, round_, run, by=office.people.officer, at=MORNING).codes


def cast_with(session: Session, round_: Round, code: str, number: int) -> bytes:
    r = number.to_bytes(16, "big")
    proof = CodeProof(code_key(session.info["keys"], code), round_.id)
    cast_ballot(session, proof, r, [str(number % 6 + 1)], at=MORNING)
    return r


def a_pack_code() -> str:
    return new_code()
