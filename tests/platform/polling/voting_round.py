"""A round under a state machine: the database, and the model of what residents hold in their hands."""

import hashlib
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.core.actor import Actor
from diancai.platform.core.db import transaction
from diancai.platform.core.keys import Keys
from diancai.platform.divisions.models import Division
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import (
    BallotCode,
    BatchKind,
    BatchState,
    CodeBatch,
    CodeState,
    InboxBallot,
    RegisterEntry,
    SealedBallot,
)
from diancai.platform.polling.operations.casting import CodeProof, Receipt, cast_ballot
from diancai.platform.polling.operations.paper import receive_blanks
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_station, an_entry, some_codes

PEOPLE = 9
T = TypeVar("T")
people = st.integers(0, PEOPLE - 1)
marks_lists = st.lists(st.integers(1, 7).map(str), max_size=4, unique=True)
VALID = [str(number) for number in range(1, 7)]
BOXES = (InboxBallot, SealedBallot)


class VotingRound(RuleBasedStateMachine):
    """One round. What the residents hold in their hands is the model; the database is asked after every step."""

    engine: Engine
    keys: Keys
    street_id: int
    officer: Actor
    other: Actor

    def __init__(self) -> None:
        super().__init__()
        self.at = AT
        self.numbers = count()
        self.in_hand: dict[int, str] = {}
        self.cast_from: dict[str, tuple[bytes, list[str]]] = {}
        self.spoiled = 0
        self.on_paper: dict[int, str] = {}
        self.papers_are_read = False
        self.state = RoundState.VOTING
        self.sealed_before: set[bytes] = set()

    # the ways of a request

    def step(self, work: Callable[[Session, Round], T]) -> T | DomainError:
        """One transaction, as a request has it; a refusal leaves nothing behind."""
        try:
            with transaction(self.engine, keys=self.keys) as session:
                return work(session, session.get_one(Round, self.round_id))
        except DomainError as refusal:
            return refusal

    def look(self, work: Callable[[Session], T]) -> T:
        with Session(self.engine, info={"keys": self.keys}) as session:
            return work(session)

    @property
    def round_(self) -> Round:
        return self.look(lambda session: session.get_one(Round, self.round_id))

    def is_open(self) -> bool:
        round_ = self.round_
        return round_.state is RoundState.VOTING and self.at < round_.closes_at

    def new_r(self) -> bytes:
        return hashlib.sha256(f"{self.round_id}/{next(self.numbers)}".encode()).digest()[:16]

    def cast_with(self, code: str, r: bytes, marks: list[str]) -> Receipt | DomainError:
        proof = CodeProof(code_key(self.keys, code), self.round_id)
        return self.step(lambda session, _: cast_ballot(session, proof, r, marks, at=self.at))

    @initialize()
    def begin(self) -> None:
        with transaction(self.engine, keys=self.keys) as session:
            round_ = a_round(session, session.get_one(Division, self.street_id), channels="phone,paper")
            station = a_station(session, round_)
            receive_blanks(session, round_, station, PEOPLE, by=self.officer, at=AT)
            batch = CodeBatch(
                round_id=round_.id,
                station_id=station.id,
                kind=BatchKind.BEARER,
                state=BatchState.PRINTED,
                slip_count=2 * PEOPLE,
                requested_by=self.officer.staff_id,
                requested_at=AT,
                approved_by=self.other.staff_id,
                printed_at=AT,
            )
            session.add(batch)
            session.flush()
            self.pile = some_codes(session, station, 2 * PEOPLE)
            for code in session.scalars(select(BallotCode).filter_by(round_id=round_.id)):
                code.batch_id = batch.id
            self.entry_ids = [an_entry(session, round_, name=f"居民{place}").id for place in range(PEOPLE)]
            self.round_id, self.station_id = round_.id, station.id
        for person in range(2):
            self.resident_votes(person, str(1 + person))

    def facts(self, session: Session) -> tuple[set[bytes], set[bytes], set[bytes], int]:
        inbox, sealed = (
            set(session.scalars(select(box.tracker_key).filter_by(round_id=self.round_id))) for box in BOXES
        )
        used = select(BallotCode.code_key).filter_by(round_id=self.round_id, state=CodeState.USED)
        given = select(func.count()).where(RegisterEntry.round_id == self.round_id, RegisterEntry.given.is_not(None))
        self.state = session.get_one(Round, self.round_id).state
        return inbox, sealed, set(session.scalars(used)), session.scalar(given) or 0
