"""What somebody who got hold of the database would try, to join the codes that were used with the ballots in the box.

`seize` is what is taken away at one moment. An attack on it answers with guesses (code key → ballot key), or with the
codes and the ballots each in an order that might be that of casting.
"""

import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, text

from tests.machine import postgres_programs

Guesses = dict[bytes, bytes]
Orders = tuple[list[bytes], list[bytes]]

# What an unthinking design would keep: code, ballot and a note of both, in the order of casting.
PLANTED = "CREATE TABLE planted (code_key {blob}, tracker_key {blob}, note TEXT)"


@dataclass(frozen=True, repr=False)
class Loot:
    """One moment's database: rows as they lie, their hidden columns, a dump, and the bytes of all its files."""

    used_codes: list[bytes]
    ballots: list[bytes]
    planted: list[tuple[bytes, bytes]]
    writers: dict[bytes, str]
    idems: dict[bytes, bytes]
    dump: str
    files: bytes
    log: bytes


def seize(engine: Engine, folder: Path) -> Loot:
    """`folder` holds the database file, or the whole cluster."""
    is_sqlite = engine.dialect.name == "sqlite"
    place = "" if is_sqlite else "ORDER BY ctid"
    writer = "''" if is_sqlite else "xmin::text"
    log = b"".join(path.read_bytes() for path in _files(engine, folder) if is_log(path))  # a checkpoint cuts it short
    with engine.connect() as connection:
        if not is_sqlite:
            connection.execute(text("CHECKPOINT"))
        codes = connection.execute(
            text(f"SELECT code_key, idem, {writer} FROM ballot_code WHERE state = 'used' {place}")
        ).all()
        boxes = [
            connection.execute(text(f"SELECT tracker_key, {writer} FROM {box} {place}")).all()
            for box in ("sealed_ballot", "inbox_ballot")
        ]
        has_planted = engine.dialect.has_table(connection, "planted")
        planted = connection.execute(text("SELECT code_key, tracker_key FROM planted")).all() if has_planted else []
    ballots = [row for box in boxes for row in box]
    return Loot(
        used_codes=[bytes(row[0]) for row in codes],
        ballots=[bytes(row[0]) for row in ballots],
        planted=[(bytes(row[0]), bytes(row[1])) for row in planted],
        writers={bytes(row[0]): row[-1] for row in [*codes, *ballots]},
        idems={bytes(row[0]): bytes(row[1]) for row in codes if row[1] is not None},
        dump=_dump(engine),
        files=b"".join(path.read_bytes() for path in _files(engine, folder)),
        log=log,
    )


def is_log(path: Path) -> bool:
    return path.parent.name == "pg_wal" or path.name.endswith("-wal")


def _files(engine: Engine, folder: Path) -> list[Path]:
    if engine.dialect.name == "sqlite":
        database = Path(str(engine.url.database))
        return sorted(database.parent.glob(f"{database.name}*"))
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _dump(engine: Engine) -> str:
    if engine.dialect.name == "sqlite":
        connection = sqlite3.connect(str(engine.url.database))
        try:
            return "\n".join(connection.iterdump()).lower()
        finally:
            connection.close()
    programs = postgres_programs()
    assert programs is not None
    where = ["-U", "postgres", "-h", str(engine.url.query["host"]), str(engine.url.database)]
    dumped = subprocess.run([str(programs / "pg_dump"), "--data-only", *where], capture_output=True, check=True)
    return dumped.stdout.decode()


# attacks


def by_writer(loot: Loot) -> Guesses:
    """A code and a ballot that the same transaction wrote, where it wrote only one of each (xmin)."""
    written: dict[str, list[bytes]] = {}
    for key in loot.ballots:
        written.setdefault(loot.writers[key], []).append(key)
    codes: dict[str, list[bytes]] = {}
    for key in loot.used_codes:
        codes.setdefault(loot.writers[key], []).append(key)
    return {
        found[0]: written[writer][0]
        for writer, found in codes.items()
        if writer and len(found) == len(written.get(writer, [])) == 1
    }


def by_planted_rows(loot: Loot) -> Guesses:
    return dict(loot.planted)


def by_planted_lines(loot: Loot) -> Guesses:
    """The planted rows once more, from the dump."""
    lines = re.findall(r"([0-9a-f]{64})\W+x\W?([0-9a-f]{32})", loot.dump)
    return {bytes.fromhex(code): bytes.fromhex(ballot) for code, ballot in lines}


def in_place(loot: Loot) -> Orders:
    """As the rows lie in their tables."""
    return loot.used_codes, loot.ballots


def in_dump(loot: Loot) -> Orders:
    return _in_order_of(loot, lambda key: loot.dump.find(key.hex()))


def in_log(loot: Loot) -> Orders:
    """As the write-ahead log first met the code's `idem`, or the code itself, and the ballot's key."""
    first = places(loot.log, [*loot.idems.values(), *loot.used_codes, *loot.ballots])
    return _in_order_of(loot, lambda key: first.get(loot.idems.get(key, key), -1))


def _in_order_of(loot: Loot, place_of: Callable[[bytes], int]) -> Orders:
    codes, ballots = (
        sorted((key for key in keys if place_of(key) >= 0), key=place_of) for keys in (loot.used_codes, loot.ballots)
    )
    return codes, ballots


# measures


def right(guesses: Guesses, truth: Mapping[bytes, bytes]) -> int:
    return sum(truth[code] == ballot for code, ballot in guesses.items() if code in truth)


def places(haystack: bytes, needles: Iterable[bytes]) -> dict[bytes, int]:
    """Where each needle (of two bytes or more) first occurs; those that do not are left out."""
    by_start: dict[bytes, list[bytes]] = {}
    for needle in needles:
        by_start.setdefault(needle[:2], []).append(needle)
    content = np.frombuffer(haystack, np.uint8)
    if content.size < 2:
        return {}
    starts = np.zeros(1 << 16, dtype=bool)
    starts[[int.from_bytes(start) for start in by_start]] = True
    pairs = content[:-1].astype(np.uint16) << np.uint16(8) | content[1:]
    found: dict[bytes, int] = {}
    for place in np.flatnonzero(starts[pairs]).tolist():
        for needle in by_start[haystack[place : place + 2]]:
            if needle not in found and haystack.startswith(needle, place):
                found[needle] = place
    return found


def p_of_matches(orders: Orders, truth: Mapping[bytes, bytes]) -> float:
    """How often a shuffled second order joins as many pairs rightly, first with first, as this one does."""
    codes, ballots = orders
    number = {ballot: place for place, ballot in enumerate(ballots)}
    wanted = np.array([number.get(truth[code], -1) for code in codes])
    here = np.arange(len(codes))
    return _share_at_least(float((here == wanted).sum()), lambda mixed: float((mixed == wanted).sum()), here)


def p_of_order(values: Sequence[int]) -> float:
    """Rank correlation of values with their places (Spearman), two-sided: how often a shuffle goes along as closely."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - count / 2)[place]  # equal values share a rank
    here = np.arange(len(ranks)) - (len(ranks) - 1) / 2
    return _share_at_least(float(abs(here @ ranks)), lambda mixed: float(abs(here @ mixed)), ranks)


def _share_at_least(observed: float, measure: Callable[[Any], float], values: Any, rounds: int = 1999) -> float:
    chance = np.random.default_rng(20260901)
    return (1 + sum(measure(chance.permutation(values)) >= observed for _ in range(rounds))) / (1 + rounds)
