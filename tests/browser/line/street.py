"""The street in which the whole line is played: what is there on the first day, and its people with their browsers."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from diancai.platform.core.actor import SYSTEM, Role
from diancai.platform.core.working_days import seed_calendar
from diancai.platform.divisions.models import Division
from diancai.platform.divisions.operations import add_division
from diancai.platform.funds.operations import seed_caps
from tests.browser.conftest import DESK, OpenContext
from tests.browser.walkers import Officer, Walker
from tests.factories import AT
from tests.offices import an_account
from tests.sites import Site

TITLE = "2026年家门口的小实事"
DIVISIONS = (
    ("110102000000", "示范区"),
    ("110102001000", "示范街道"),
    ("110102001001", "第一社区"),
    ("110102001002", "第二社区"),
)
PEOPLE = (
    ("wang.min", "王敏", Role.OFFICER),
    ("liu.yang", "刘洋", Role.OFFICER),
    ("li.qiang", "李强", Role.REVIEWER),
    ("zhao.jing", "赵静", Role.LEADER),
    ("sun.li", "孙丽", Role.CLERK),
    ("chen.jian", "陈监", Role.SCRUTINEER),
    ("zhou.piao", "周票", Role.SCRUTINEER),
    ("wu.ren", "吴人", Role.SCRUTINEER),
    ("qian.guan", "钱管", Role.ADMINISTRATOR),
)
"""In the order in which `Street` names them."""


@dataclass
class Street:
    """Everybody in office with a browser, and what the play learns on its way: codes off the slips, ballot numbers."""

    site: Site
    folder: Path
    open_context: OpenContext
    officer: Officer
    second_officer: Officer
    reviewer: Officer
    leader: Officer
    clerk: Officer
    chief: Officer
    second: Officer
    third: Officer
    administrator: Officer
    round_id: int = field(init=False, default=0)
    codes: list[str] = field(init=False, default_factory=list)
    numbers: dict[str, str] = field(init=False, default_factory=dict)

    @property
    def desk(self) -> str:
        return f"/staff/rounds/{self.round_id}"

    def resident(self, **context: object) -> Walker:
        """Somebody with a phone of the usual size; further options are Playwright's."""
        return Walker(self.open_context(**context).new_page(), self.site)


def the_first_day(session: Session) -> None:
    """What the command line sets up: divisions, the calendar of working days, the caps of the guideline, accounts."""
    rows = [add_division(session, code=code, name=name, valid_from=date(2020, 1, 1), by=SYSTEM, at=AT)
            for code, name in DIVISIONS]  # fmt: skip
    street: Division = rows[1]
    seed_calendar(session)
    seed_caps(session)
    for sign_in_name, name, role in PEOPLE:
        an_account(session, street.id, role, sign_in_name=sign_in_name, name=name)


def a_street_with_people(site: Site, open_context: OpenContext, folder: Path) -> Street:
    with site.transaction() as session:
        the_first_day(session)
    people = [
        Officer(open_context(viewport=DESK).new_page(), site, sign_in_name, name)
        for sign_in_name, name, _role in PEOPLE
    ]
    return Street(site, folder, open_context, *people)
