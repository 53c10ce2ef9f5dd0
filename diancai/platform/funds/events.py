"""What is written down about funds and caps."""

from dataclasses import dataclass
from datetime import date

from diancai.budget import ItemCategory
from diancai.platform.core.audit import Event


@dataclass(frozen=True)
class FundDrafted(Event):
    fund_id: int
    year: int
    budget_line: str
    amount_fen: int
    below_floor_reason: str | None


@dataclass(frozen=True)
class FundEdited(FundDrafted):
    pass


@dataclass(frozen=True)
class FundApproved(Event):
    """`amount_fen` is what was approved; `planned_fen` what had been planned."""

    fund_id: int
    planned_fen: int
    amount_fen: int
    reference: str
    approved_on: date


@dataclass(frozen=True)
class CapSet(Event):
    category: ItemCategory
    cap_fen: int
    valid_from: date
