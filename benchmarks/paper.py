"""A thousand paper sheets keyed twice by twelve clerks, through the requests that their pages make.

The clerks here do not think: each answers as soon as the page is there, so the server meets more at once than in a hall.
How long a hall would take is added up from what the server took and from a stated time of a person for every sheet.
"""

import asyncio
import re
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.journey import Browser, Waits
from benchmarks.servers import serving
from diancai.platform.core import clock
from diancai.platform.core.actor import Actor, Grant, Role
from diancai.platform.core.db import open_engine, transaction
from diancai.platform.core.keys import Keys, new_keys, write_keys
from diancai.platform.polling.models import GivenKind, Station
from diancai.platform.polling.operations.paper import make_batches
from diancai.platform.polling.paper_models import PaperBox, SheetBatch, SheetBatchState
from diancai.platform.polling.paper_queries import sheet_counts
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.databases import Databases, running_cluster
from tests.factories import a_round, a_station, a_street, an_entry
from tests.machine import postgres_programs
from tests.offices import a_browser, an_account
from tests.sites import Clock, an_app

SHEETS, CLERKS, MARKS = 1_000, 12, 3
SECONDS_A_MARK, SECONDS_A_SHEET = 2.0, 2.0
"""Of a person: for each mark that is read and typed, and for taking up the next sheet."""
MISREAD_EVERY = 100
PORT = 18_433
TOKEN, PLACE = re.compile(r'name="csrf_token" value="([^"]+)"'), re.compile(r'name="place" value="(\d+)"')


@dataclass
class Clerk:
    """A signed-in browser, the readings that fall to it, and the seconds that it waited for the server."""

    browser: Browser
    readings: list[tuple[int, bool]] = field(default_factory=list)
    sheet_count: int = 0

    def hall_seconds(self) -> float:
        """With the time of a person for every sheet."""
        by_hand = self.sheet_count * (MARKS * SECONDS_A_MARK + SECONDS_A_SHEET)
        return by_hand + sum(self.browser.waits.pages)


def keying() -> None:
    """Print a line per database."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        dialects = ["sqlite"] + (["postgresql"] if postgres_programs() else [])
        cluster = stack.enter_context(running_cluster("-c max_connections=200")) if len(dialects) > 1 else None
        databases = Databases(Path(folder), lambda: cluster)  # type: ignore[arg-type, return-value]
        for dialect in dialects:
            print(f"keying {dialect}: {_rehearsed(databases, dialect)}")


def _rehearsed(databases: Databases, dialect: str) -> str:
    url, keys = databases.migrated(dialect), new_keys()
    keys_file = databases.folder / f"{dialect}-paper.keys"
    write_keys(keys_file, keys)
    engine = open_engine(url)
    with transaction(engine, keys=keys) as session:
        round_id, people = _sheets_in_batches(session)
    environment = {"DIANCAI_ENVIRONMENT": "test", "DIANCAI_DATABASE_URL": url, "DIANCAI_KEYS_FILE": str(keys_file)}
    with an_app(url, engine, keys, Clock(clock.now())) as site:
        cookies = [a_browser(site, number).get_cookie("session") for number in people]
    clerks = [Clerk(Browser(PORT, Waits(), f"session={cookie.value}")) for cookie in cookies if cookie]
    with transaction(engine, keys=keys) as session:
        batches = list(session.scalars(select(SheetBatch.id).order_by(SheetBatch.number)))
    for place, batch_id in enumerate(batches):
        for turn in (0, 1):
            clerks[(2 * place + turn) % CLERKS].readings.append((batch_id, turn == 1))
    with serving(PORT, environment):
        asyncio.run(_all(clerks[:CLERKS], round_id, turn=False))
        asyncio.run(_all(clerks[:CLERKS], round_id, turn=True))
        decider = clerks[CLERKS]
        decider.readings = [(number, False) for number in _differing(engine, keys)]
        asyncio.run(_all([decider], round_id, turn=False))
    return _told(clerks, _accepted(engine, keys, round_id))


def _sheets_in_batches(session: Session) -> tuple[int, list[int]]:
    """A round whose boxes are open: its number, and those of twelve clerks and a scrutineer."""
    street, at = a_street(session), clock.now()
    times = {"opens_at": at - timedelta(days=2), "closes_at": at - timedelta(hours=1), "latest_close_at": at}
    round_ = a_round(session, street, items=20, max_marks=5, channels="phone,paper", **times)
    station = a_station(session, round_)
    people = [an_account(session, street.id, Role.CLERK, sign_in_name=f"clerk{n}").id for n in range(CLERKS)]
    people.append(an_account(session, street.id, Role.SCRUTINEER, sign_in_name="scrutineer").id)
    _found(session, round_, station, people)
    officer = Actor(people[0], "李明", frozenset({Grant(Role.OFFICER, street.id)}))
    make_batches(session, round_, by=officer, at=at)
    return round_.id, people


def _found(session: Session, round_: Round, station: Station, people: list[int]) -> None:
    for number in range(SHEETS):
        given = {"given": GivenKind.PAPER, "given_station_id": station.id, "given_hour": round_.opens_at}
        an_entry(session, round_, household=f"{number}号", **given)
    at = clock.now()
    station.ended_at, station.unused_count, station.spoiled_count = at, 0, 0
    round_.state = RoundState.COLLECTING
    session.flush()
    box = PaperBox(station_id=station.id, received_count=SHEETS, unused_count=0, spoiled_count=0, opened_at=at)
    box.found_count, box.opened_by, box.confirmed_by = SHEETS, people[0], people[-1]
    session.add(box)
    session.flush()


async def _all(clerks: list[Clerk], round_id: int, *, turn: bool) -> None:
    await asyncio.gather(*(_keys(clerk, round_id, turn=turn) for clerk in clerks))


async def _keys(clerk: Clerk, round_id: int, *, turn: bool) -> None:
    """Every reading of this turn, sheet after sheet, as the page asks for them."""
    browser = clerk.browser
    for batch_id, is_second in clerk.readings:
        if is_second is not turn:
            continue
        overview, batch = f"/staff/rounds/{round_id}/papers", f"/staff/rounds/{round_id}/papers/batches/{batch_id}"
        page = await browser.get(overview, b"</html>")
        await browser.post(batch, [("csrf_token", _found_in(TOKEN, page))], b" 303 ")
        page = await browser.get(batch, b"</html>")
        while place := _found_in(PLACE, page):
            form = [("csrf_token", _found_in(TOKEN, page)), ("place", place)]
            await browser.post(
                f"{batch}/sheet", [*form, ("numbers", _marks(batch_id, int(place), is_second))], b" 303 "
            )
            clerk.sheet_count += 1
            page = await browser.get(batch, b"</html>")
        await browser.post(f"{batch}/finish", [("csrf_token", _found_in(TOKEN, page))], b" 303 ")
    browser.close()
    browser.stream = None


def _marks(batch_id: int, place: int, is_second: bool) -> str:
    """What stands on a sheet; of a hundred sheets the second reader misreads one."""
    sheet = 50 * batch_id + place
    numbers = [1 + sheet % 7, 8 + sheet % 6, 14 + sheet % 7]
    if is_second and sheet % MISREAD_EVERY == 0:
        numbers[0] = numbers[0] % 7 + 1
    return " ".join(map(str, numbers))


def _found_in(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    return found[1] if found else ""


def _differing(engine: object, keys: Keys) -> list[int]:
    with transaction(engine, keys=keys) as session:  # type: ignore[arg-type]
        return list(session.scalars(select(SheetBatch.id).filter_by(state=SheetBatchState.DIFFERING)))


def _accepted(engine: object, keys: Keys, round_id: int) -> int:
    with transaction(engine, keys=keys) as session:  # type: ignore[arg-type]
        return sheet_counts(session, round_id).valid


def _told(clerks: list[Clerk], accepted: int) -> str:
    waits = Waits([second for clerk in clerks for second in clerk.browser.waits.pages])
    waits.failed = sum(clerk.browser.waits.failed for clerk in clerks)
    slowest, decider = max(clerk.hall_seconds() for clerk in clerks[:-1]), clerks[-1].hall_seconds()
    return (
        f"{accepted} of {SHEETS} sheets accepted, {CLERKS} clerks at once: {waits}; with {SECONDS_A_MARK} s a mark and "
        f"{SECONDS_A_SHEET} s a sheet of a person: {(slowest + decider) / 60:.1f} min"
    )


if __name__ == "__main__":
    keying()
