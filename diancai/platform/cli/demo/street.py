"""示范街道 itself: divisions with codes that no place in China has, office settings, privacy notice, calendar, caps."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from diancai.platform.cli.demo.dishes import COMMUNITIES
from diancai.platform.core.actor import SYSTEM, Actor
from diancai.platform.core.clock import local_day
from diancai.platform.core.sheets import write_sheet
from diancai.platform.core.working_days import seed_calendar
from diancai.platform.divisions.models import CodeFormat, Division
from diancai.platform.divisions.operations.divisions import import_divisions
from diancai.platform.divisions.operations.offices import OfficeSettings, change_office, publish_privacy_notice
from diancai.platform.divisions.queries import division_by_code, office_of
from diancai.platform.funds.operations import seed_caps

DISTRICT_CODE = "999901000000"
STREET_CODE = "999901001000"
"""99 is no province (GB/T 2260 ends at 82)."""
VALID_FROM = date(2020, 1, 1)
FLOOR_FEN = 300_000_000

OFFICE = OfficeSettings(
    office_name="示范街道办事处",
    help_phone="010-60000100",
    supervision_phone="010-60000110",
    address="示范区槐荫路1号",
    office_hours="工作日9:00—12:00，13:30—17:30",
    contact_name="周晓梅",
    publicity_working_days=5,
    retention_days=90,
    fund_floor_fen=FLOOR_FEN,
    code_format=CodeFormat.LETTERS,
)
PRIVACY_NOTICE = """示范街道办事处处理您的个人信息，只为组织民生微实事投票。

一、收集什么：姓名、所在社区、楼门/户号，以及出生年份或证件后四位中的一项；电话由您自愿填写。我们不收集身份证号码，不收集户籍。

二、做什么用：核对您是否符合投票条件，保证一人一票，需要时与您联系。

三、怎样保管：姓名和电话加密保存，密钥不与数据放在一起。投票人名册不公开张贴，您可以到投票点或社区居委会查看、更正自己的登记内容。

四、怎样保密：名册只记您是否领票，不记您领的是哪一张，更不记您选了什么。封存以后，任何人拿到全部数据，也不能知道谁投了什么。

五、保存多久：投票结果生效90天后，名册全部删除，删除情况记入日志。

六、您的权利：您可以查阅、更正、要求删除自己的信息，也可以投诉。联系人周晓梅，电话010-60000100；监督电话010-60000110。"""


def found_street(session: Session, *, at: datetime) -> Division:
    """What `diancai street add` does for a real street, with the communities from a sheet as on the page."""
    seed_calendar(session)
    seed_caps(session)
    import_divisions(session, _divisions_sheet(), by=SYSTEM, at=at)
    return sample_street(session, at)


def furnish(session: Session, street: Division, *, by: Actor, at: datetime) -> None:
    """The administrator fills in the office's settings and publishes version 1 of the privacy notice."""
    office = office_of(session, street.id)
    assert office is not None  # every street begins with one
    change_office(session, office, OFFICE, by=by, at=at)
    publish_privacy_notice(session, street.id, PRIVACY_NOTICE, by=by, at=at)


def sample_street(session: Session, at: datetime) -> Division:
    street = division_by_code(session, STREET_CODE, local_day(at))
    assert street is not None, "the sample street is not in this database: start afresh with RESET=1"
    return street


def _divisions_sheet() -> bytes:
    names = {DISTRICT_CODE: "示范区", STREET_CODE: "示范街道"}
    names |= {f"{STREET_CODE[:9]}{number:03d}": name for number, name in enumerate(COMMUNITIES, 1)}
    rows = [(code, name, VALID_FROM.isoformat(), "") for code, name in names.items()]
    return write_sheet("区划", ("代码", "名称", "生效日期", "失效日期"), rows)
