"""The days of the vote: residents take their slips and cast their ballots, the worker opens and seals."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.cli.demo.ballots import choices
from diancai.platform.cli.demo.dishes import HONGZHUAN, SHUYUAN, XIANGYANG
from diancai.platform.cli.demo.people import Resident
from diancai.platform.cli.demo.stage import Plan, Stage
from diancai.platform.cli.demo.team import Team
from diancai.platform.core.actor import Actor
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.core.keys import keys_of
from diancai.platform.polling.models import RegisterEntry, Station
from diancai.platform.polling.operations.casting import cast_ballot, read_code
from diancai.platform.polling.operations.desk import give_slip
from diancai.platform.polling.operations.persons import Person, person_keys
from diancai.platform.polling.operations.register import request_late_entry
from diancai.platform.polling.queries import community_names, stations_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import items_of

SECOND_DESK = frozenset({SHUYUAN, HONGZHUAN, XIANGYANG})


@dataclass(frozen=True, slots=True)
class Voter:
    """One who takes a slip and mostly votes. `code` is there for delivered slips, which need no desk."""

    resident: Resident
    marks: tuple[str, ...]
    is_casting: bool
    code: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Hall:
    """What the desks have in hand: a pile of codes each, who is in the register, and the ballot number of each dish."""

    round_id: int
    piles: dict[int, list[str]]
    entry_ids: dict[bytes, int]
    community_ids: dict[str, int]
    numbers: dict[str, str]
    clerk: Actor


def open_hall(session: Session, round_: Round, piles: dict[int, list[str]], clerk: Actor) -> Hall:
    entries = select(RegisterEntry.identity_key, RegisterEntry.id).where(RegisterEntry.round_id == round_.id)
    ids = {name: number for number, name in community_names(session, round_).items()}
    numbers = {item.name: item.number for item in items_of(session, round_)}
    return Hall(round_.id, piles, {row.identity_key: row.id for row in session.execute(entries)}, ids, numbers, clerk)


def voter(random: Random, resident: Resident, plan: Plan, *, casting_share: float, code: str = "") -> Voter:
    """What this person will order, and whether the slip becomes a ballot at all."""
    marks = tuple(choices(random, resident, plan.menu, plan.year))
    return Voter(resident, marks, random.random() < casting_share, code)


def play(stage: Stage, hall: Hall, coming: Sequence[Voter], slots: Sequence[datetime]) -> None:
    """Everybody comes in one of the slots, in equal numbers; one transaction a slot, and then the worker's turn."""
    stage.let_the_worker_run(slots[0])
    for place, at in enumerate(slots):
        with stage.step() as session:
            round_ = session.get_one(Round, hall.round_id)
            desks = stations_of(session, round_)
            for voter in coming[place :: len(slots)]:
                _come(session, round_, hall, desks, voter, at)
        stage.let_the_worker_run(at)


def register_late(
    stage: Stage, round_id: int, team: Team, newcomers: Sequence[tuple[str, str]], *, at: datetime
) -> None:
    """补登 at the desk: all but the last are confirmed by a scrutineer; the last still waits in 待我确认."""
    with stage.step() as session:
        round_ = session.get_one(Round, round_id)
        ids = {name: number for number, name in community_names(session, round_).items()}
        requests = [
            request_late_entry(
                session,
                round_,
                Person(name, ids[community], "9栋5单元-501", 1990 + place),
                reason="近期入住，持居住登记凭证到投票点补登。",
                by=team.clerk,
                at=at,
            )
            for place, (name, community) in enumerate(newcomers)
        ]
        for request in requests[:-1]:
            confirm_request(session, request, by=team.scrutineers[0], at=at)


def _come(session: Session, round_: Round, hall: Hall, desks: list[Station], voter: Voter, at: datetime) -> None:
    code = voter.code or _take_slip(session, round_, hall, desks, voter.resident, at)
    if not voter.is_casting:
        return
    proof = read_code(session, code).proof
    assert proof is not None  # the code was printed for this round
    marks = [hall.numbers[name] for name in voter.marks]
    cast_ballot(session, proof, secrets.token_bytes(16), marks, at=at)


def _take_slip(
    session: Session, round_: Round, hall: Hall, desks: list[Station], resident: Resident, at: datetime
) -> str:
    desk = desks[resident.community in SECOND_DESK]
    person = _person(resident, hall.community_ids[resident.community])
    identity = person_keys(keys_of(session), round_.id, person).identity
    entry = session.get_one(RegisterEntry, hall.entry_ids[identity])
    give_slip(session, round_, entry, station=desk, by=hall.clerk, at=at)
    return hall.piles[desk.id].pop()


def _person(resident: Resident, community_id: int) -> Person:
    """As the register knows the resident."""
    last_four = resident.id_last_four
    year = None if last_four else resident.birth_year
    return Person(resident.name, community_id, resident.household, year, last_four or None)
