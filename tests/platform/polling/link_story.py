"""One vote of four hundred from opening to closing seal, and what could be taken away at three moments of it."""

import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyrage
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from diancai.platform.backups.operations import Recipient, take_backup
from diancai.platform.backups.restoring import decrypted
from diancai.platform.core.actor import SYSTEM, Actor
from diancai.platform.core.db import log_outlives_seal, one_moment, open_engine, transaction
from diancai.platform.core.jobs import run_due_jobs
from diancai.platform.core.keys import NAMES, Keys
from diancai.platform.features import load_jobs
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import BallotCode, GivenKind
from diancai.platform.polling.operations.casting import CodeProof, cast_ballot
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.rounds.models import Round
from diancai.voting import has_valid_check, tracker_key_of, tracker_text
from diancai.voting.codes import LETTERS_ALPHABET, in_fours
from tests.databases import FAST
from tests.factories import AT, a_round, a_station, a_street, an_entry
from tests.platform.polling.attacks import (
    PLANTED,
    Loot,
    Orders,
    p_of_matches,
    p_of_order,
    seize,
)

load_jobs()

VOTERS = 400
POSTED = 60
END = AT + timedelta(days=7)
NO_LOG_KEPT = f"{FAST} -c synchronous_commit=on -c wal_recycle=off -c wal_init_zero=off -c min_wal_size=32MB"
FIRST_SERIAL = 1_700_000_000
"""Posted slips have serials from here, so that their bytes are like no others."""


@dataclass(frozen=True)
class Voter:
    """What only the voter knows, in the order in which they came."""

    code: str
    key: bytes
    r: bytes
    choice: int

    @property
    def ballot(self) -> bytes:
        return tracker_key_of(self.r)


@dataclass(frozen=True, repr=False)
class Story:
    """One vote, and what could be taken away while voting, after a seal, and after the closing seal."""

    dialect: str
    keys: Keys
    voters: list[Voter]
    serials: list[int]
    voting: Loot
    sealed: Loot
    closed: Loot
    log_is_kept: bool
    copy: list[str]
    """The lines of a backup taken with the seal while voting, as a scrutineer's key opens it."""
    copy_file: Path

    @property
    def truth(self) -> dict[bytes, bytes]:
        return {voter.key: voter.ballot for voter in self.voters}

    def p_values(self, orders: Orders) -> list[float]:
        """Whether codes and ballots in these orders tell each other, when they were cast, or what was chosen."""
        codes, ballots = orders
        came = {key: place for place, voter in enumerate(self.voters) for key in (voter.key, voter.ballot)}
        choice = {voter.ballot: voter.choice for voter in self.voters}
        return [
            p_of_order([came[code] for code in codes]),
            p_of_order([came[ballot] for ballot in ballots]),
            p_of_order([choice[ballot] for ballot in ballots]),
            p_of_matches(orders, self.truth),
        ]


def the_same_keys() -> Keys:
    chance = random.Random("keys")
    return Keys(**{name: chance.randbytes(32) for name in NAMES})


def the_same_voters(keys: Keys) -> list[Voter]:
    """Early voters like the first items, late ones the last: an order that leaks shows in the choices too."""
    chance = random.Random(27)
    voters = []
    for place in range(VOTERS):
        body = "".join(chance.choices(LETTERS_ALPHABET, k=11))
        code = next(in_fours(body + last) for last in LETTERS_ALPHABET if has_valid_check(body + last))
        voters.append(Voter(code, code_key(keys, code), chance.randbytes(16), 1 + place * 6 // VOTERS))
    return voters


def tell(url: str, folder: Path) -> Story:
    engine, keys = open_engine(url), the_same_keys()
    voters = the_same_voters(keys)
    serials = _prepare(engine, keys, voters)
    keeper = engine.connect()  # an idle reader, as a backup would be, keeps SQLite's log from starting over
    keeper.execute(text("SELECT count(*) FROM division"))
    for voter in voters:
        _vote(engine, keys, voter)
    _sample(engine)
    voting = seize(engine, folder)
    keeper.close()
    _drop_planted(engine)
    copy_file, copy = folder / "backup.age", _back_up(engine, keys, folder / "backup.age")
    sealed = seize(engine, folder)
    _close(engine, keys)
    closed = seize(engine, folder)
    with Session(engine) as session:
        log_is_kept = log_outlives_seal(session)
    engine.dispose()
    return Story(engine.dialect.name, keys, voters, serials, voting, sealed, closed, log_is_kept, copy, copy_file)


def _back_up(engine: Engine, keys: Keys, file: Path) -> list[str]:
    """It seals what waits."""
    identity = pyrage.x25519.Identity.generate()
    with one_moment(engine, keys=keys) as session:
        take_backup(
            session, file, [Recipient("监票人", str(identity.to_public()))], by=SYSTEM, at=AT + timedelta(hours=1)
        )
    return list(decrypted(file.read_bytes(), str(identity)))


def _prepare(engine: Engine, keys: Keys, voters: list[Voter]) -> list[int]:
    blob = "BLOB" if engine.dialect.name == "sqlite" else "BYTEA"
    with transaction(engine, keys=keys) as session:
        round_ = a_round(session, a_street(session))
        station = a_station(session, round_)
        unused = [random.Random(n).randbytes(32) for n in range(POSTED)]
        serials = {key: FIRST_SERIAL + 7919 * place for place, key in enumerate(unused)}
        session.add_all(
            BallotCode(code_key=key, round_id=round_.id, station_id=station.id, serial=serials.get(key))
            for key in sorted([*unused, *(voter.key for voter in voters)])
        )
        for serial in serials.values():
            an_entry(
                session, round_, name=f"居民{serial}", given=GivenKind.POSTED, given_hour=AT, delivered_serial=serial
            )
        session.execute(text(PLANTED.format(blob=blob)))
    return list(serials.values())


def _vote(engine: Engine, keys: Keys, voter: Voter) -> None:
    """One request. The planted row is what an unthinking design would write beside the ballot."""
    note = f"{voter.code} {voter.r.hex()} {tracker_text(voter.ballot)}"
    with transaction(engine, keys=keys) as session:
        round_id = session.scalars(select(Round.id)).one()
        cast_ballot(session, CodeProof(voter.key, round_id), voter.r, [str(voter.choice)], at=AT)
        planted = {"code": voter.key, "ballot": voter.ballot, "note": note}
        session.execute(text("INSERT INTO planted VALUES (:code, :ballot, :note)"), planted)


def _sample(engine: Engine) -> None:
    """What the planner does now and then: it keeps samples of the columns in tables of its own."""
    with transaction(engine) as session:
        session.execute(text("ANALYZE"))


def _drop_planted(engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(text("DROP TABLE planted"))


def _close(engine: Engine, keys: Keys) -> None:
    with transaction(engine, keys=keys) as session:
        round_ = session.scalars(select(Round)).one()
        end_voting(session, round_, at=END)
        session.execute(text("UPDATE station SET ended_at = :at, unused_count = 60, spoiled_count = 0"), {"at": END})
        close_round(session, round_, by=Actor(name="监票人"), at=END)
    assert run_due_jobs(engine, at=END, keys=keys) == 2
