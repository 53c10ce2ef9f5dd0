"""纸质票 through the pages, from the blanks at a desk to the sealed box, as its people meet them."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select

from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.confirmations import ConfirmationRequest, RequestState, confirm_request
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.polling.models import ClosingMinute, RegisterEntry, SealedBallot
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.paper_models import SheetBatch
from diancai.platform.results.box import open_box
from diancai.platform.rounds.models import Round
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry
from tests.sites import Clock, Site, an_app

load_jobs()
SHEETS = ("1 2", "3", "")


class PaperDesk:
    """A site with a round that has paper, and its people; whoever `sits` last acts."""

    def __init__(self, site: Site, **rules: Any) -> None:
        self.site, self.client = site, site.app.test_client()
        with site.transaction() as session:
            street = a_street(session)
            round_ = a_round(session, street, channels="phone,paper", **rules)
            self.round_id, self.station_id = round_.id, a_station(session, round_).id
            for door in range(len(SHEETS)):
                an_entry(session, round_, household=f"{door}号")
            self.officer = a_staff(session, street, Role.OFFICER, name="钱经办")
            self.clerk = a_staff(session, street, Role.CLERK, name="孙文员")
            self.other_clerk = a_staff(session, street, Role.CLERK, name="周文员")
            self.scrutineer = a_staff(session, street, Role.SCRUTINEER, name="赵监票")
        self.sits(self.officer)

    def sits(self, actor: Actor) -> None:
        self.site.app.extensions["diancai.actor"] = lambda _session: actor

    def get(self, rest: str) -> str:
        return self.client.get(f"/staff/rounds/{self.round_id}/{rest}").get_data(as_text=True)

    def post(self, rest: str, status: int = 303, **form: Any) -> str:
        answer = self.client.post(f"/staff/rounds/{self.round_id}/{rest}", data=form)
        body = answer.get_data(as_text=True)
        assert answer.status_code == status, body
        return body

    def all(self, model: Any, *order: Any) -> list[Any]:
        with self.site.transaction() as session:
            found = list(session.scalars(select(model).order_by(*order)))
            session.expunge_all()
            return found

    def confirm(self, by: Actor) -> None:
        with self.site.transaction() as session:
            pending = select(ConfirmationRequest).filter_by(state=RequestState.PENDING)
            for request in session.scalars(pending).all():
                confirm_request(session, request, by=by, at=self.site.clock())

    def voting_is_over(self) -> None:
        self.site.clock.forward(days=7)
        with self.site.transaction() as session:
            end_voting(session, session.get_one(Round, self.round_id), at=self.site.clock())

    def reads(self, sheets: tuple[str, ...]) -> None:
        (batch,) = self.all(SheetBatch)
        self.post(f"papers/batches/{batch.id}")
        for place, numbers in enumerate(sheets, start=1):
            assert f"第{place}张" in self.get(f"papers/batches/{batch.id}")
            self.post(f"papers/batches/{batch.id}/sheet", place=place, numbers=numbers)
        assert "签字，录完" in self.get(f"papers/batches/{batch.id}")
        self.post(f"papers/batches/{batch.id}/finish")


@pytest.fixture
def desk(database_url: str, engine: Engine, keys: Keys) -> Iterator[PaperDesk]:
    with an_app(database_url, engine, keys, Clock(AT), origin="http://localhost") as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        yield PaperDesk(site)


def opened(desk: PaperDesk) -> None:
    """Three people took a paper ballot; the box is open and the sheets lie in one batch."""
    desk.post(f"papers/{desk.station_id}/blanks", count="5")
    desk.sits(desk.clerk)
    for entry in desk.all(RegisterEntry):
        desk.post(f"desk/{entry.id}/give", q="李明", station=desk.station_id, kind="paper")
    desk.voting_is_over()
    desk.post(f"stations/{desk.station_id}/end", unused_count=0, spoiled_count=0, paper_unused=2, paper_spoiled=0)
    desk.post(f"papers/{desk.station_id}/open", found_count="3")
    desk.confirm(by=desk.scrutineer)
    desk.sits(desk.officer)
    desk.post("papers/batches")


def test_from_blanks_to_the_sealed_box(desk: PaperDesk) -> None:
    opened(desk)
    for reader in (desk.clerk, desk.other_clerk):
        desk.sits(reader)
        desk.reads(SHEETS)
    assert "有效 2 张，无效 1 张" in desk.get("papers")
    desk.sits(desk.officer)
    desk.post("closing", typed="封存票箱")
    assert {ballot.choices for ballot in desk.all(SealedBallot)} == {"1,2", "3"}
    (minute,) = desk.all(ClosingMinute)
    assert (minute.ballot_count, minute.sheet_count, minute.invalid_sheet_count) == (2, 2, 1)
    assert "有效纸质票" in desk.get("closing")
    with desk.site.transaction() as session:
        closing = open_box(session, session.get_one(Round, desk.round_id)).closing(is_imported=False)
    assert (closing.ballot_count, closing.used_count, closing.paper_count) == (2, 0, 2)


def test_a_reading_is_blind_and_its_differences_are_shown_to_the_scrutineer_only(desk: PaperDesk) -> None:
    opened(desk)
    (batch,) = desk.all(SheetBatch)
    desk.sits(desk.clerk)
    desk.reads(("1 2", "3", ""))
    desk.sits(desk.other_clerk)
    desk.post(f"papers/batches/{batch.id}")
    assert "第一次录" not in desk.get(f"papers/batches/{batch.id}")
    desk.reads(("1 2", "5", ""))
    assert "1 张不一致" in desk.get("papers")
    desk.sits(desk.scrutineer)
    desk.post(f"papers/batches/{batch.id}")
    page = desk.get(f"papers/batches/{batch.id}")
    assert "第2张" in page
    assert "第一次录" in page
    desk.post(f"papers/batches/{batch.id}/sheet", place=2, judged="unclear")
    desk.post(f"papers/batches/{batch.id}/finish")
    assert "有效 1 张，无效 2 张" in desk.get("papers")


def test_a_wrong_number_keeps_what_was_typed(desk: PaperDesk) -> None:
    opened(desk)
    (batch,) = desk.all(SheetBatch)
    desk.sits(desk.clerk)
    desk.post(f"papers/batches/{batch.id}")
    for typed in ("1 99", "1 x"):
        page = desk.post(f"papers/batches/{batch.id}/sheet", 422, place=1, numbers=typed)
        assert f'value="{typed}"' in page
    desk.post(f"papers/batches/{batch.id}/sheet", 422, place=9, numbers="1")
    desk.post(f"papers/batches/{batch.id}/sheet", 422, place=1, judged="excellent")
    assert "已录 0 张" in desk.get(f"papers/batches/{batch.id}")


def test_the_printed_ballot_has_nothing_individual_on_it(desk: PaperDesk) -> None:
    first, second = desk.get("papers/ballot"), desk.get("papers/ballot")
    ballots = [page[page.index('<section class="ballot-pages"') : page.index("</section>")] for page in (first, second)]
    assert ballots[0] == ballots[1]
    assert ballots[0].count('class="sheet-mark"') == 6


def test_one_who_takes_no_part_in_a_batch_is_told_so(desk: PaperDesk) -> None:
    opened(desk)
    (batch,) = desk.all(SheetBatch)
    assert "您没有在录这一批" in desk.get(f"papers/batches/{batch.id}")
    desk.sits(desk.clerk)
    desk.reads(SHEETS)
    assert "已经录完、签字" in desk.get(f"papers/batches/{batch.id}")
