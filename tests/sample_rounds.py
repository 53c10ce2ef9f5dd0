"""The life of one sample round, by the operations of its office, up to the state that its plan names."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from diancai.paper.found import Found, Mark, ReadMark, ReadPage, Trouble
from diancai.platform.archive import operations as archive
from diancai.platform.core.actor import Actor
from diancai.platform.core.clock import local_day
from diancai.platform.core.confirmations import ConfirmationRequest, confirm_request
from diancai.platform.notices.models import Outcome
from diancai.platform.polling.case_models import CaseKind, CaseOutcome
from diancai.platform.polling.hall_models import SittingStep
from diancai.platform.polling.models import GivenKind
from diancai.platform.polling.operations import (
    cases,
    casting,
    desk,
    mobile,
    opening,
    paper,
    persons,
    register,
    scanning,
    sealing,
    stations,
    tally,
)
from diancai.platform.polling.operations import keying as sheet_keying
from diancai.platform.polling.operations.leftovers import LEFTOVERS
from diancai.platform.polling.paper_models import SheetBatch
from diancai.platform.polling.paper_queries import sheet_batches_of
from diancai.platform.polling.tally_queries import paper_totals
from diancai.platform.results import operations as results
from diancai.platform.results.models import SignatureKind
from diancai.platform.results.operations.objections import keep_result, propose_outcome
from diancai.platform.rounds import operations as rounds
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.states import RoundState
from tests.platform.results.stage import a_hand
from tests.sample_halls import BEFORE_THE_COUNT, a_sitting, go_on
from tests.sample_preparing import Office, Plan, Preparing, a_picture

WAY = {
    RoundState.DRAFT: (),
    RoundState.ANNOUNCED: ("announce",),
    RoundState.VOTING: ("announce", "vote"),
    RoundState.SUSPENDED: ("announce", "vote", "suspend"),
    RoundState.VOID: ("announce", "vote", "void"),
    RoundState.COLLECTING: ("announce", "vote", "collect"),
    RoundState.CLOSED: ("announce", "vote", "collect", "close"),
    RoundState.COUNTED: ("announce", "vote", "collect", "close", "count"),
    RoundState.CERTIFIED: ("announce", "vote", "collect", "close", "count", "certify"),
    RoundState.PUBLISHED: ("announce", "vote", "collect", "close", "count", "certify", "publish"),
    RoundState.FINAL: ("announce", "vote", "collect", "close", "count", "certify", "publish", "finish"),
}


def a_round_by_plan(office: Office, plan: Plan, now: datetime) -> tuple[int, list[str]]:
    """The number of the round, and codes of it that nobody has used."""
    life = _Life(office, plan, now)
    life.draft()
    for step in WAY[plan.state]:
        getattr(life, step)()
    office.session.flush()
    return life.round_.id, life.codes


class _Life(Preparing):
    """From the opening of the vote to the final result."""

    def vote(self) -> None:
        """Slips are given and cast; one person is late, one is not eligible, an item is to be withdrawn."""
        session, round_, clerk = self.session, self.round_, self.office.clerk
        self.at = self.opens_at
        opening.open_round(session, round_, at=self.at)
        numbers = [item.number for item in items_of(session, round_)]
        for place, entry in enumerate(self.entries[: self.plan.voter_count]):
            desk.give_slip(session, round_, entry, station=self.station, by=clerk, at=self.at)
            proof = casting.read_code(session, self.codes.pop()).proof
            assert proof is not None
            marks = [numbers[0], numbers[1 + place % 3]]
            casting.cast_ballot(session, proof, secrets.token_bytes(16), marks, at=self.at)
        self._give_paper()
        register.mark_ineligible(session, round_, self.entries[-1], reason=self.words("已迁出"), by=clerk, at=self.at)
        self._register_late()
        if self.plan.name == "voting":
            self._open_cases()
            self._book_visit()
        if self.plan.state is RoundState.PUBLISHED:
            self.sitting = a_sitting(self.office, round_.id, self.at)
            go_on(self.office, self.sitting, until=BEFORE_THE_COUNT, at=self.at)
        if self.plan.state is RoundState.VOTING:
            item = items_of(session, round_)[-1]
            rounds.request_withdrawal(
                session, round_, item, reason=self.words("选址变了"), by=self.office.officer, at=self.at
            )

    def _open_cases(self) -> None:
        session, round_, office = self.session, self.round_, self.office
        facts = {"station": self.station, "by": office.clerk, "at": self.at}
        cases.open_case(session, round_, CaseKind.LOST_SLIP, self.words("凭条掉在路上，没有找到"), 1, **facts)
        made = cases.open_case(session, round_, CaseKind.DISPUTE, self.words("说是没有领过"), 1, **facts)
        verdict, words = CaseOutcome.DISMISSED, self.words("查了签收单，是家人代领的")
        cases.decide_case(session, round_, made, verdict, words, by=office.reviewer, at=self.at)

    def _book_visit(self) -> None:
        """A second station is the mobile box; the last entitled person is to be visited tomorrow."""
        session, round_, office = self.session, self.round_, self.office
        name, place = self.words("流动票箱")[:80], self.words("预约上门")[:120]
        facts = stations.StationFacts(name, place, self.words("9:00—17:00")[:120], "010-60000002")
        station = stations.create_station(session, round_, facts, by=office.officer, at=self.at)
        paper.receive_blanks(session, round_, station, 5, by=office.officer, at=self.at)
        mobile.set_mobile(session, round_, station, self.words("流1")[:40], by=office.officer, at=self.at)
        day, time = local_day(self.at) + timedelta(days=1), self.words("上午")[:40]
        mobile.book_visit(session, round_, self.entries[-2], station, day, time, by=office.clerk, at=self.at)

    def _give_paper(self) -> None:
        """Some take a paper ballot; five blanks more than that lie at the station."""
        if not self.plan.paper_count:
            return
        session, round_, clerk = self.session, self.round_, self.office.clerk
        blanks = self.plan.paper_count + 5
        paper.receive_blanks(session, round_, self.station, blanks, by=self.office.officer, at=self.at)
        for entry in self.entries[self.plan.voter_count :][: self.plan.paper_count]:
            desk.give_slip(session, round_, entry, station=self.station, kind=GivenKind.PAPER, by=clerk, at=self.at)

    def _register_late(self) -> None:
        community_id = self.entries[0].community_id
        for name, is_confirmed in (("周新", True), ("吴迟", False)):
            person = persons.Person(self.words(name)[:40], community_id, "9栋-901", 1990, None, "")
            if not is_confirmed:
                person = persons.Person(self.words(name)[:40], community_id, "9栋-902", 1990, None, "")
            request = register.request_late_entry(
                self.session, self.round_, person, reason=self.words("漏登"), by=self.office.clerk, at=self.at
            )
            if is_confirmed:
                confirm_request(self.session, request, by=self.office.officer, at=self.at)

    def suspend(self) -> None:
        self.at += timedelta(hours=1)
        rounds.suspend_round(self.session, self.round_, reason=self.words("停电"), by=self.office.officer, at=self.at)

    def void(self) -> None:
        request = rounds.request_void(
            self.session, self.round_, reason=self.words("公告有误"), by=self.office.leader, at=self.at
        )
        confirm_request(self.session, request, by=self.office.reviewer, at=self.at)

    def collect(self) -> None:
        self.at = self.round_.closes_at
        opening.end_voting(self.session, self.round_, at=self.at)
        if self.plan.paper_count:
            self._open_box()

    def _open_box(self) -> None:
        """The sheets are in batches, and the clerk has read the first of them."""
        session, round_, clerk, found = self.session, self.round_, self.office.clerk, self.plan.paper_count
        self._end_issuing(stations.Leftover(unused=5, spoiled=0))
        asked = paper.request_opening(session, round_, self.station, found, by=clerk, at=self.at)
        confirm_request(session, asked, by=self.office.chief, at=self.at)
        paper.make_batches(session, round_, by=self.office.officer, at=self.at)
        (batch,) = sheet_batches_of(session, round_)
        keying = sheet_keying.begin_keying(session, round_, batch, by=clerk)
        sheet_keying.key_sheet(session, round_, keying, 1, ["1", "2"])
        if self.plan.state is RoundState.COLLECTING:
            self._scan(batch)

    def _scan(self, batch: SheetBatch) -> None:
        """A second officer has scanned two of the sheets: a box is doubtful, and a page was not read."""
        row = ReadMark("2", Mark(Found.DOUBTFUL, 0.5), a_picture(1))
        clear = ReadMark("1", Mark(Found.MARKED, 4.0), b"")
        unread = ReadPage(Trouble.NO_CORNERS, picture=a_picture(2))
        read = [ReadPage(None, self.round_.id, 1, (clear, row)), unread]
        scanning.keep_pages(self.session, self.round_, batch, read, by=self.office.second_officer, at=self.at)

    def _read_sheets(self) -> None:
        """The clerk and the officer read every sheet alike."""
        session, round_ = self.session, self.round_
        (batch,) = sheet_batches_of(session, round_)
        for by in (self.office.clerk, self.office.officer):
            keying = sheet_keying.begin_keying(session, round_, batch, by=by)
            for place in range(1, batch.sheet_count + 1):
                sheet_keying.key_sheet(session, round_, keying, place, ["1", "2"])
            sheet_keying.finish_keying(session, round_, keying, by=by, at=self.at)

    def _tally_by_hand(self) -> None:
        """Two read the tally sheets, one of them wrongly."""
        counts = paper_totals(self.session, self.round_)
        tally.enter_tally(self.session, self.round_, counts, by=self.office.clerk, at=self.at)
        tally.enter_tally(self.session, self.round_, counts | {"2": 19}, by=self.office.officer, at=self.at)

    def _end_issuing(self, left: stations.Leftover | None = None) -> None:
        counts = {"unused_count": 3, "spoiled_count": 0, "paper": left}
        stations.end_issuing(self.session, self.round_, self.station, **counts, by=self.office.clerk, at=self.at)
        if self.plan.state is not RoundState.COLLECTING:
            asked = (
                select(ConfirmationRequest).filter_by(action=LEFTOVERS).order_by(ConfirmationRequest.id.desc()).limit(1)
            )
            confirm_request(self.session, self.session.scalars(asked).one(), by=self.office.chief, at=self.at)

    def close(self) -> None:
        if self.plan.paper_count:
            self._read_sheets()
        else:
            self._end_issuing()
        sealing.close_round(self.session, self.round_, by=self.office.officer, at=self.at)

    def count(self) -> None:
        draw = " ".join(self.words("3 1 4").split())  # it is one line
        for by in (self.office.chief, self.office.second):
            results.type_draw(self.session, self.round_, draw, by=by, at=self.at)
        self.result = results.count_round(self.session, self.round_, by=self.office.officer, at=self.at)
        for by in (self.office.chief, self.office.second):
            self._sign(by)
        if self.plan.paper_count:
            self._tally_by_hand()

    def _sign(self, by: Actor) -> None:
        kind = SignatureKind.HANDWRITING
        results.sign_result(self.session, self.round_, self.result, kind=kind, image=a_hand(), by=by, at=self.at)

    def certify(self) -> None:
        results.certify_result(self.session, self.round_, self.result, by=self.office.chief, at=self.at)
        results.submit_result(self.session, self.round_, self.result, by=self.office.officer, at=self.at)

    def publish(self) -> None:
        """The result is published; one objection is answered, one waits, and for one a second person is asked."""
        session, round_, sha256 = self.session, self.round_, self.result.bundle_sha256
        results.review_result(session, round_, self.result, content_sha256=sha256, by=self.office.reviewer, at=self.at)
        self.notice = results.publish_result(
            session,
            round_,
            self.result,
            minute_number=self.words("〔2026〕12号"),
            content_sha256=sha256,
            by=self.office.leader,
            at=self.at,
        )
        answered = self._object_to(self.notice)
        keep_result(session, round_, answered, answer=self.words("已核对"), by=self.office.officer, at=self.at)
        if self.plan.state is RoundState.PUBLISHED:
            go_on(self.office, self.sitting, until=SittingStep.ANNOUNCED, at=self.at)
            self._object_to(self.notice)
            asked, wanted = self._object_to(self.notice), {"outcome": Outcome.RECOUNT, "answer": self.words("重新计票")}
            propose_outcome(session, round_, asked, **wanted, by=self.office.officer, at=self.at)

    def finish(self) -> None:
        self.at = self.notice.ends_at
        facts = {"place": self.words("社区公告栏")[:80], "taken_on": local_day(self.at)}
        photo = a_picture(self.round_.id + 1)
        by, at = self.office.clerk, self.at
        archive.add_posting_photo(self.session, self.round_, self.notice, photo, **facts, by=by, at=at)
        results.finish_round(self.session, self.round_, by=self.office.leader, at=self.at)
        archive.make_archive(self.session, self.round_, by=self.office.officer, at=self.at)
