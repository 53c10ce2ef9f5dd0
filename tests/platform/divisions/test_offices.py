"""Office settings, the privacy notice and the calendar."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from diancai.budget import parse_yuan
from diancai.errors import Conflict, InvalidInput
from diancai.platform.core.actor import Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.working_days import DayKind, deadline
from diancai.platform.divisions import operations, queries
from diancai.platform.divisions.models import CodeFormat, StreetOffice
from diancai.platform.divisions.operations import OfficeSettings
from tests.factories import AT, a_staff, a_street

SETTINGS: dict[str, Any] = {
    "office_name": "示范街道办事处",
    "help_phone": "010-60000000",
    "supervision_phone": "010-60000001转8",
    "address": "示范路1号一楼大厅",
    "office_hours": "工作日9:00—17:00",
    "contact_name": "王敏",
    "publicity_working_days": 5,
    "retention_days": 90,
    "fund_floor_fen": parse_yuan("3000000"),
    "code_format": CodeFormat.LETTERS,
}


def an_office(session: Session) -> StreetOffice:
    office = queries.office_of(session, a_street(session).id)
    assert office is not None
    return office


def change(session: Session, office: StreetOffice, **changed: Any) -> None:
    by = a_staff(session, queries.street_of(session, office.street_id), Role.ADMINISTRATOR)  # type: ignore[arg-type]
    operations.change_office(session, office, OfficeSettings(**(SETTINGS | changed)), by=by, at=AT)


def test_the_log_keeps_each_setting_before_and_after(session: Session) -> None:
    office = an_office(session)
    change(session, office, retention_days=120)
    assert office.retention_days == 120
    (entry,) = session.query(AuditEntry)
    assert '"retention_days": ["90", "120"]' in entry.facts
    with pytest.raises(Conflict, match=r"office\.unchanged"):
        change(session, office, retention_days=120)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"help_phone": " "}, "office.required"),
        ({"help_phone": "请打电话"}, "office.phone"),
        ({"publicity_working_days": 2}, "office.working_days"),
        ({"retention_days": 29}, "office.retention"),
        ({"fund_floor_fen": -1}, "office.fund_floor"),
    ],
)
def test_settings_that_the_law_or_sense_forbids_are_refused(
    session: Session, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        change(session, an_office(session), **changed)
    assert caught.value.code == code


def test_a_privacy_notice_has_versions_and_the_newest_is_in_force(session: Session) -> None:
    office = an_office(session)
    by = a_staff(session, queries.street_of(session, office.street_id), Role.ADMINISTRATOR)  # type: ignore[arg-type]
    for number, text in enumerate(("第一版", "第二版\r\n有两行"), 1):
        at = AT + timedelta(days=number)
        assert operations.publish_privacy_notice(session, office.street_id, text, by=by, at=at).version == number
    for text, refusal in ((" ", InvalidInput), ("第二版\n有两行", Conflict)):
        with pytest.raises(refusal):
            operations.publish_privacy_notice(session, office.street_id, text, by=by, at=AT)
    early, late = (queries.privacy_notice(session, office.street_id, AT + timedelta(days=day)) for day in (1, 9))
    assert early is not None
    assert late is not None
    assert (early.version, late.text) == (1, "第二版\n有两行")
    assert queries.privacy_notice(session, office.street_id, AT) is None


def test_a_year_of_the_calendar_is_its_exceptions_and_moves_deadlines(session: Session) -> None:
    by = a_staff(session, a_street(session), Role.OFFICER)
    before = deadline(session, date(2027, 2, 4), 5)
    assert before.tentative_year == 2027
    days = {date(2027, 2, day): DayKind.OFF for day in range(5, 12)} | {date(2027, 2, 14): DayKind.WORKING}
    operations.import_calendar_year(session, 2027, days, by=by, at=AT)
    after = deadline(session, date(2027, 2, 4), 5)
    assert after.tentative_year is None
    assert after.last_day > before.last_day
    exceptions = queries.calendar_exceptions(session, 2027)
    assert (date(2027, 2, 14), DayKind.WORKING) in [(row.day, row.kind) for row in exceptions]
    assert queries.known_years(session) == [2027]


@pytest.mark.parametrize(("year", "days"), [(1999, {}), (2027, {date(2028, 1, 1): DayKind.OFF})])
def test_a_calendar_of_another_year_is_refused(session: Session, year: int, days: dict[date, DayKind]) -> None:
    by = a_staff(session, a_street(session), Role.OFFICER)
    with pytest.raises(InvalidInput):
        operations.import_calendar_year(session, year, days, by=by, at=AT)
