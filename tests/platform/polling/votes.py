"""Residents who have voted: what tests of sealing begin with."""

import random
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.platform.core.actor import Actor
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations.casting import CodeProof, cast_ballot
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.rounds.models import Round
from tests.factories import AT, a_round, a_station, a_street, some_codes

MINUTES_10 = AT + timedelta(minutes=10)
END = AT + timedelta(days=7)
SCRUTINEER = Actor(name="监票人")


def vote(session: Session, station: Station, count: int, *, at: datetime = AT) -> list[bytes]:
    """So many residents vote. Returns the random `r` of each."""
    return [cast_once(session, station, secrets.token_bytes(16), at=at) for _ in range(count)]


def cast_once(session: Session, station: Station, r: bytes, *, at: datetime = AT) -> bytes:
    proof = CodeProof(code_key(session.info["keys"], some_codes(session, station, 1)[0]), station.round_id)
    cast_ballot(session, proof, r, [str(random.Random(r).randint(1, 6))], at=at)
    return r


def count(session: Session, table: type, *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


def collecting(session: Session, ballots: int = 0) -> tuple[Round, Station, list[bytes]]:
    """A round whose voting has ended, with one station that has ended too, and so many ballots."""
    round_ = a_round(session, a_street(session))
    station = a_station(session, round_)
    rs = vote(session, station, ballots)
    end_voting(session, round_, at=END)
    station.ended_at, station.unused_count, station.spoiled_count = END, 0, 0
    session.flush()
    return round_, station, rs
