"""A street's office with a person for each role, and a draft that is ready to be signed."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from diancai.budget import ItemCategory
from diancai.platform.core.actor import Actor, Role
from diancai.platform.divisions.models import Division
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import FundPlan, approve_fund, draft_fund
from diancai.platform.rounds import operations
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.rules import rule_book_sha256
from tests.factories import AT, a_staff, a_street

MILLION = 100_000_000


@dataclass
class Office:
    """Its people act through the operations, as the pages do."""

    session: Session
    street: Division
    officer: Actor
    reviewer: Actor
    leader: Actor
    fund: Fund

    def rules(self, **changes: object) -> operations.RoundRules:
        values: dict[str, object] = {
            "title": "2026年家门口的小实事",
            "year": 2026,
            "fund_id": self.fund.id,
            "fund_fen": 3 * MILLION,
            "max_marks": 3,
            "opens_at": AT + timedelta(days=20),
            "closes_at": AT + timedelta(days=27),
            "latest_close_at": AT + timedelta(days=34),
        }
        return operations.RoundRules(**(values | changes))  # type: ignore[arg-type]

    def item(self, number: int = 1, **changes: object) -> operations.ItemFacts:
        values: dict[str, object] = {
            "name": f"第{number}道菜",
            "category": ItemCategory.WORKS,
            "cost_fen": 40_000_000,
            "completes_on": date(2027, 6, 30),
            "responsible_unit": "城建科",
            "origin": "居民议事会",
            "text": "把门口修平",
        }
        return operations.ItemFacts(**(values | changes))  # type: ignore[arg-type]

    def draft(self, *, items: int = 4, **changes: object) -> Round:
        round_ = operations.draft_round(self.session, self.street.id, self.rules(**changes), by=self.officer, at=AT)
        for number in range(1, items + 1):
            operations.add_item(self.session, round_, self.item(number), by=self.officer, at=AT)
        return round_

    def approve(self) -> None:
        approve_fund(
            self.session, self.fund, reference="示人字〔2026〕3号", approved_on=date(2026, 8, 30), by=self.leader, at=AT
        )

    def announce(self, round_: Round) -> Round:
        operations.submit_round(self.session, round_, by=self.officer, at=AT)
        sha256 = rule_book_sha256(self.session, round_)
        operations.review_round(self.session, round_, content_sha256=sha256, by=self.reviewer, at=AT)
        return operations.announce_round(
            self.session, round_, minute_number="〔2026〕5号", content_sha256=sha256, by=self.leader, at=AT
        )


@pytest.fixture
def office(session: Session) -> Office:
    street = a_street(session)
    officer = a_staff(session, street, Role.OFFICER, name="王经办")
    reviewer = a_staff(session, street, Role.REVIEWER, name="李审核")
    leader = a_staff(session, street, Role.LEADER, name="赵签发")
    plan = FundPlan(year=2026, name="民生微实事专项资金", budget_line="2120201", amount_fen=3 * MILLION)
    fund = draft_fund(session, street.id, plan, by=officer, at=AT)
    made = Office(session, street, officer, reviewer, leader, fund)
    made.approve()
    return made
