"""A sample round from its draft to the slips that are printed, by the operations of its office."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import cycle, islice
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
from diancai.platform.polling.kiosk_queries import kiosks_of
from diancai.platform.polling.models import BatchKind, RegisterEntry, Station
from diancai.platform.polling.operations import codes, commission, kiosks, stations
from diancai.platform.polling.operations.register_import import import_register, read_register
from diancai.platform.rounds import operations as rounds
from diancai.platform.rounds.rules import rule_book_sha256
from diancai.platform.rounds.states import RoundState

Words = Callable[[str], str]
"""From the plain text of a field to the text that is stored."""
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
    voter_count: int = 5
    paper_count: int = 0
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


class Preparing:
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
        names = islice(cycle(RESIDENTS), self.plan.voter_count + self.plan.paper_count + 2)
        rows = [
            (self.words(name)[:40], community, f"{place}栋-201", "1980", "13800000000")
            for place, name in enumerate(names)
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
        self._place_kiosks()
        self._print(is_approved=True)
        if self.plan.state is RoundState.ANNOUNCED:
            self._print(is_approved=False)

    def _place_kiosks(self) -> None:
        """One in use, one that waits for its code to be typed, one that was taken away."""
        session, round_, officer = self.session, self.round_, self.office.officer
        for name in ("一号机", "二号机", "三号机"):
            facts = kiosks.KioskFacts(self.station.id, self.words(name)[:40])
            if facts.name in {one.name for one in kiosks_of(session, round_)}:
                facts = kiosks.KioskFacts(self.station.id, name)
            kiosk, code = kiosks.add_kiosk(session, round_, facts, by=officer, at=self.at)
            if name == "一号机":
                kiosks.enrol_device(session, code, at=self.at)
            if name == "三号机":
                kiosks.revoke_kiosk(session, round_, kiosk, by=officer, at=self.at)

        self._name_keepers()

    def _name_keepers(self) -> None:
        """Two have taken their shares of the commission key, one has not yet."""
        parts = ("chief", "second", "leader")
        ids = [self.office.actors[part].staff_id or 0 for part in parts]
        commission.name_keepers(self.session, self.round_, ids, by=self.office.officer, at=self.at)
        for part in parts[:2]:
            commission.take_share(self.session, self.round_, by=self.office.actors[part], at=self.at)

    def _print(self, *, is_approved: bool) -> None:
        batch = codes.request_batch(
            self.session,
            self.round_,
            station=self.station,
            kind=BatchKind.BEARER,
            slip_count=self.plan.voter_count + 3,
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
