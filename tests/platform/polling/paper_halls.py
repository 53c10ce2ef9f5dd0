"""A round with paper ballots at one station, for tests of paper and of its reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.features import load_jobs
from diancai.platform.polling.models import GivenKind, InboxBallot, Station
from diancai.platform.polling.operations import keying as sheet_keying
from diancai.platform.polling.operations import paper
from diancai.platform.polling.operations.desk import give_slip
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.stations import Leftover, end_issuing
from diancai.platform.polling.paper_models import SheetBatch, SheetBatchState
from diancai.platform.polling.paper_queries import sheet_batches_of
from diancai.platform.rounds.models import Round
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry
from tests.platform.polling.votes import END

load_jobs()
CHANNELS = "phone,terminal,paper"


@dataclass
class Hall:
    """A round with paper at one station, and the people at its desks."""

    session: Session
    round_: Round
    station: Station
    officer: Actor
    clerk: Actor
    other_clerk: Actor
    scrutineer: Actor
    other_scrutineer: Actor
    given: int = 0

    def give(self, count: int, kind: GivenKind = GivenKind.PAPER) -> None:
        for number in range(count):
            entry = an_entry(self.session, self.round_, household=f"{kind.value}{self.given + number}号")
            give_slip(self.session, self.round_, entry, station=self.station, kind=kind, by=self.clerk, at=AT)
        self.given += count

    def end(self, unused: int, spoiled: int = 0) -> None:
        end_voting(self.session, self.round_, at=END)
        left = Leftover(unused, spoiled)
        end_issuing(
            self.session, self.round_, self.station, unused_count=0, spoiled_count=0, paper=left, by=self.clerk, at=END
        )

    def open(self, found: int) -> None:
        asked = paper.request_opening(self.session, self.round_, self.station, found, by=self.clerk, at=END)
        confirm_request(self.session, asked, by=self.scrutineer, at=END)

    def batches(self) -> list[SheetBatch]:
        paper.make_batches(self.session, self.round_, by=self.officer, at=END)
        return sheet_batches_of(self.session, self.round_)

    def read(self, batch: SheetBatch, reader: Actor, sheets: Sequence[Sequence[str]]) -> SheetBatchState:
        keying = sheet_keying.begin_keying(self.session, self.round_, batch, by=reader)
        for place in sheet_keying.places_to_key(self.session, batch, keying):
            sheet_keying.key_sheet(self.session, self.round_, keying, place, sheets[place - 1])
        return sheet_keying.finish_keying(self.session, self.round_, keying, by=reader, at=END)

    def box(self) -> list[str]:
        return sorted(self.session.scalars(select(InboxBallot.choices).filter_by(round_id=self.round_.id)))


def a_hall(session: Session, *, blanks: int = 100, **columns: object) -> Hall:
    street = a_street(session)
    round_ = a_round(session, street, channels=CHANNELS, **columns)
    station = a_station(session, round_)
    roles = (Role.OFFICER, Role.CLERK, Role.CLERK, Role.SCRUTINEER, Role.SCRUTINEER)
    people = [a_staff(session, street, role, name=f"{role.value}{place}") for place, role in enumerate(roles)]
    hall = Hall(session, round_, station, *people)
    paper.receive_blanks(session, round_, station, blanks, by=hall.officer, at=AT)
    return hall


def an_opened_hall(session: Session, sheet_count: int) -> Hall:
    hall = a_hall(session)
    hall.give(sheet_count)
    hall.end(100 - sheet_count)
    hall.open(sheet_count)
    return hall
