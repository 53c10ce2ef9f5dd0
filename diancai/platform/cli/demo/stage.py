"""Where the story is played: one transaction a step, as requests have it, each at an instant of the story's own."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diancai.platform.cli.demo.dishes import Dish
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.notices.queries import DEFAULT_WORKING_DAYS

PREPARATION_STEPS = 40


@dataclass(frozen=True, slots=True)
class Stage:
    engine: Engine
    keys: Keys

    def step(self) -> AbstractContextManager[Session]:
        return transaction(self.engine, keys=self.keys)

    def let_the_worker_run(self, at: datetime) -> None:
        run_due_jobs(self.engine, at=at, keys=self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One round of the story, from the day on which its money is asked for."""

    title: str
    year: int
    budget_line: str
    menu: tuple[Dish, ...]
    order_seed: str
    begins_at: datetime
    opens_at: datetime
    closes_at: datetime
    latest_close_at: datetime
    closes_on: date
    notice_days: int = DEFAULT_WORKING_DAYS
    """Working days of 候选项目公示 and of 名册核对 that the rule book asks for before the vote."""
    delivered_to: frozenset[str] = frozenset()
    """Communities whose residents get their slips delivered; the others come to the desk."""

    def before_opening(self, step: int) -> datetime:
        """The preparation takes so many days as there are steps, or whatever time there is."""
        lead = self.opens_at - self.begins_at
        return (self.begins_at + lead * step / PREPARATION_STEPS).replace(microsecond=0)
