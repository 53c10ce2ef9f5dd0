"""The life of one sample round, by the operations of its office, up to the state that its plan names."""

import io
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.budget import ItemCategory
from diancai.platform.accounts.models import Staff
from diancai.platform.core.actor import ANYONE, Actor
from diancai.platform.core.confirmations import ConfirmationRequest, RequestState, confirm_request, request_confirmation
from diancai.platform.core.db import log_outlives_seal
from diancai.platform.core.sheets import write_sheet
from diancai.platform.divisions.queries import community_names
from diancai.platform.funds.models import Fund
from diancai.platform.notices.models import Channel, Notice, Outcome
from diancai.platform.notices.operations import answer_objection, object_to_notice
from diancai.platform.polling.models import BatchKind, RegisterEntry, Station
from diancai.platform.polling.operations import casting, codes, desk, opening, persons, register, sealing, stations
from diancai.platform.polling.operations.register_import import import_register, read_register
from diancai.platform.results import operations as results
from diancai.platform.results.models import SignatureKind
from diancai.platform.results.operations.objections import keep_result, propose_outcome
from diancai.platform.rounds import operations as rounds
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.rules import rule_book_sha256
from diancai.platform.rounds.states import RoundState
from tests.platform.results.stage import a_hand

Words = Callable[[str], str]
"""From the plain text of a field to the text that is stored."""
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
OPENS_AFTER = {RoundState.DRAFT: 20, RoundState.ANNOUNCED: 10, RoundState.FINAL: -40} | dict.fromkeys(
    (RoundState.VOTING, RoundState.SUSPENDED, RoundState.VOID), -2
)
"""Days from now; the others have just ended."""
RESIDENTS = ("李明", "王芳", "张伟", "刘洋", "陈静", "赵磊", "孙丽")


@dataclass(frozen=True)
class Plan:
    """One round of a sample street."""

    name: str
    state: RoundState
    item_count: int = 6
    rules: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Office:
    """Its people as the operations know them, by their part."""

    session: Session
    street_id: int
    fund: Fund
    actors: dict[str, Actor]
    words: Words

    def __getattr__(self, name: str) -> Actor:
        return self.actors[name]


def a_round_by_plan(office: Office, plan: Plan, now: datetime) -> tuple[int, list[str]]:
    """The number of the round, and codes of it that nobody has used."""
    life = _Life(office, plan, now)
    life.draft()
    for step in WAY[plan.state]:
        getattr(life, step)()
    office.session.flush()
    return life.round_.id, life.codes


class _Life:
    """One round; `at` moves with what happens."""

    def __init__(self, office: Office, plan: Plan, now: datetime) -> None:
        self.office, self.plan, self.session, self.words = office, plan, office.session, office.words
        self.opens_at = now + timedelta(days=OPENS_AFTER.get(plan.state, -8))
        self.at = self.opens_at - timedelta(days=20)
        self.codes: list[str] = []

    def draft(self) -> None:
        """Menu, picture, desks, register, scrutineers, and the notices before the vote."""
        officer, words = self.office.officer, self.words
        values = {
            "title": words(f"2026年家门口的小实事{self.plan.name}"),
            "year": 2026,
            "fund_id": self.office.fund.id,
            "fund_fen": 40_000_000,
            "area": words("本街道"),
            "max_marks": 3,
            "opens_at": self.opens_at,
            "closes_at": self.opens_at + timedelta(days=7),
            "latest_close_at": self.opens_at + timedelta(days=14),
        }
        rules = rounds.RoundRules(**(values | dict(self.plan.rules)))
        self.round_ = rounds.draft_round(self.session, self.office.street_id, rules, by=officer, at=self.at)
        items = [self._item(number) for number in range(1, self.plan.item_count + 1)]
        rows = rounds.add_items(self.session, self.round_, items, source="menu.xlsx", by=officer, at=self.at)
        rounds.set_picture(
            self.session, self.round_, rows[0], a_picture(self.round_.id), words("图"), by=officer, at=self.at
        )
        rounds.draw_order(self.session, self.round_, words("双色球 03 11 17"), by=officer, at=self.at)
        facts = stations.StationFacts(words("第一投票点"), words("示范路2号"), words("9:00—17:00"), "010-60000002")
        self.station: Station = stations.create_station(self.session, self.round_, facts, by=officer, at=self.at)
        self._register()
        self._appoint()
        self.notice: Notice = rounds.post_candidate_notice(
            self.session, self.round_, basis=words("办法"), by=officer, at=self.at
        )
        rounds.post_register_notice(self.session, self.round_, basis=words("办法"), by=officer, at=self.at)
        rounds.submit_round(self.session, self.round_, by=officer, at=self.at)

    def _item(self, number: int) -> rounds.ItemFacts:
        words = self.words
        communities = [*community_names(self.session, self.office.street_id), None]
        return rounds.ItemFacts(
            name=words(f"第{number}道菜"),
            category=list(ItemCategory)[number % len(ItemCategory)],
            cost_fen=10_000_000 + number * 100,
            community_id=communities[number % 3],
            place=words("小区南门"),
            social_fen=100_000,
            beneficiary_count=300,
            completes_on=date(2027, 6, 30),
            responsible_unit=words("城建科"),
            aftercare=words("物业管护"),
            origin=words("居民议事会"),
            text=words("把门口修平。"),
        )

    def _register(self) -> None:
        community = next(iter(community_names(self.session, self.office.street_id).values()))
        rows = [
            (self.words(name)[:40], community, f"{place}栋-201", "1980", "13800000000")
            for place, name in enumerate(RESIDENTS)
        ]
        sheet = write_sheet("名册", ("姓名", "社区", "楼门/户号", "出生年份", "电话"), rows)
        reading = read_register(self.session, self.round_, sheet)
        assert not reading.problems, reading.problems
        import_register(self.session, self.round_, reading, by=self.office.officer, at=self.at)
        entries = select(RegisterEntry).filter_by(round_id=self.round_.id).order_by(RegisterEntry.id)
        self.entries = list(self.session.scalars(entries))

    def _appoint(self) -> None:
        for part in ("chief", "second"):
            rounds.appoint_scrutineer(
                self.session,
                self.round_,
                self.session.get_one(Staff, self.office.actors[part].staff_id),
                chosen_by=self.words("居民代表会议推选"),
                has_no_conflict=True,
                is_chief=part == "chief",
                by=self.office.officer,
                at=self.at,
            )

    def announce(self) -> None:
        session, round_, office = self.session, self.round_, self.office
        self._object_to(self.notice, is_answered=True)
        sha256 = rule_book_sha256(session, round_)
        rounds.review_round(session, round_, content_sha256=sha256, by=office.reviewer, at=self.at)
        rounds.announce_round(
            session,
            round_,
            minute_number=self.words("〔2026〕5号"),
            content_sha256=sha256,
            by=office.leader,
            at=self.at,
        )
        if log_outlives_seal(session):
            wanted = {"reason": "见证", "by": office.officer, "at": self.at, "round_id": round_.id}
            request = request_confirmation(session, "polling.accept_log_risk", round_.street_id, **wanted)
            confirm_request(session, request, by=office.leader, at=self.at)
        self._print(is_approved=True)
        if self.plan.state is RoundState.ANNOUNCED:
            self._print(is_approved=False)

    def _print(self, *, is_approved: bool) -> None:
        batch = codes.request_batch(
            self.session,
            self.round_,
            station=self.station,
            kind=BatchKind.BEARER,
            slip_count=8,
            community_id=None,
            reason=self.words("首批"),
            by=self.office.officer,
            at=self.at,
        )
        if is_approved:
            self._confirm("codes.print_run", self.office.second_officer)
            printed = codes.print_batch(self.session, self.round_, batch, by=self.office.officer, at=self.at)
            self.codes = list(printed.codes)

    def _confirm(self, action: str, by: Actor) -> None:
        waiting = select(ConfirmationRequest).filter_by(action=action, state=RequestState.PENDING)
        request = self.session.scalars(waiting.order_by(ConfirmationRequest.id.desc())).first()
        assert request is not None
        confirm_request(self.session, request, by=by, at=self.at)

    def vote(self) -> None:
        """Five slips are given and cast; one person is late, one is not eligible, an item is to be withdrawn."""
        session, round_, clerk = self.session, self.round_, self.office.clerk
        self.at = self.opens_at
        opening.open_round(session, round_, at=self.at)
        numbers = [item.number for item in items_of(session, round_)]
        for place, entry in enumerate(self.entries[:5]):
            desk.give_slip(session, round_, entry, station=self.station, by=clerk, at=self.at)
            proof = casting.read_code(session, self.codes.pop()).proof
            assert proof is not None
            marks = [numbers[0], numbers[1 + place % 3]]
            casting.cast_ballot(session, proof, secrets.token_bytes(16), marks, at=self.at)
        register.mark_ineligible(session, round_, self.entries[6], reason=self.words("已迁出"), by=clerk, at=self.at)
        self._register_late()
        if self.plan.state is RoundState.VOTING:
            item = items_of(session, round_)[-1]
            rounds.request_withdrawal(
                session, round_, item, reason=self.words("选址变了"), by=self.office.officer, at=self.at
            )

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

    def close(self) -> None:
        stations.end_issuing(
            self.session, self.round_, self.station, unused_count=3, spoiled_count=0, by=self.office.clerk, at=self.at
        )
        sealing.close_round(self.session, self.round_, by=self.office.officer, at=self.at)

    def count(self) -> None:
        draw = self.words("3 1 4")
        for by in (self.office.chief, self.office.second):
            results.type_draw(self.session, self.round_, draw, by=by, at=self.at)
        self.result = results.count_round(self.session, self.round_, by=self.office.officer, at=self.at)
        for by in (self.office.chief, self.office.second):
            self._sign(by)

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
            self._object_to(self.notice)
            asked, wanted = self._object_to(self.notice), {"outcome": Outcome.RECOUNT, "answer": self.words("重新计票")}
            propose_outcome(session, round_, asked, **wanted, by=self.office.officer, at=self.at)

    def finish(self) -> None:
        self.at = self.notice.ends_at
        results.finish_round(self.session, self.round_, by=self.office.leader, at=self.at)

    def _object_to(self, notice: Notice, *, is_answered: bool = False) -> Any:
        objection = object_to_notice(
            self.session,
            notice,
            text=self.words("数字有误"),
            contact=self.words("李明 13800000000"),
            channel=Channel.ONLINE,
            by=ANYONE,
            at=self.at,
        )
        if is_answered:
            facts = {"outcome": Outcome.UPHELD_AS_IS, "answer": self.words("无误"), "by": self.office.officer}
            answer_objection(self.session, notice, objection, **facts, at=self.at)
        return objection


def a_picture(seed: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (320, 200), (seed * 37 % 256, 120, 90)).save(file, "PNG")
    return file.getvalue()
