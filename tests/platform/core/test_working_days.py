from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from diancai.platform.core.clock import end_of_day, local_day
from diancai.platform.core.working_days import (
    DayKind,
    deadline,
    first_unknown_year,
    import_year,
    seed_calendar,
    working_day_after,
    working_day_before,
)


@pytest.fixture
def calendar(session: Session) -> Session:
    seed_calendar(session)
    return session


FIVE_DAYS = {
    date(2025, 9, 26): date(2025, 10, 10),  # Sunday 28 works, 1 to 8 October are off
    date(2026, 2, 12): date(2026, 2, 26),  # Saturday 14 works, 15 to 23 February are off
    date(2026, 4, 29): date(2026, 5, 9),  # 1 to 5 May are off, Saturday 9 works
    date(2025, 1, 24): date(2025, 2, 7),  # Sunday 26 January works, 28 January to 4 February are off
    date(2026, 3, 2): date(2026, 3, 9),  # a plain week
}


def test_five_working_days_by_the_published_calendar(calendar: Session) -> None:
    found = {start: deadline(calendar, start, 5) for start in FIVE_DAYS}
    assert {start: end.last_day for start, end in found.items()} == FIVE_DAYS
    assert all(end.tentative_year is None and end.ends_at == end_of_day(end.last_day) for end in found.values())


def test_the_first_day_is_not_counted_and_the_last_ends_at_midnight(calendar: Session) -> None:
    found = deadline(calendar, date(2026, 9, 1), 1)
    assert found.last_day == date(2026, 9, 2)
    assert found.ends_at.isoformat() == "2026-09-02T16:00:00+00:00"
    assert local_day(found.ends_at) == date(2026, 9, 3)


def test_a_deadline_in_a_year_without_a_notice_is_tentative(calendar: Session) -> None:
    found = deadline(calendar, date(2026, 12, 28), 5)
    assert found.tentative_year == 2027
    assert found.last_day == date(2027, 1, 5)  # 29, 30, 31 December; 1 January is statutory, 2 and 3 a weekend


def test_a_deadline_that_ends_on_the_last_known_day_is_not_tentative(calendar: Session) -> None:
    found = deadline(calendar, date(2026, 12, 28), 3)
    assert (found.last_day, found.tentative_year) == (date(2026, 12, 31), None)


def test_an_imported_calendar_makes_it_final(calendar: Session) -> None:
    import_year(calendar, 2027, {date(2027, 1, 2): DayKind.WORKING, date(2027, 1, 4): DayKind.OFF})
    found = deadline(calendar, date(2026, 12, 28), 5)
    assert (found.last_day, found.tentative_year) == (date(2027, 1, 5), None)
    assert deadline(calendar, date(2026, 12, 28), 4).last_day == date(2027, 1, 2)


def test_seeding_again_keeps_what_the_office_corrected(calendar: Session) -> None:
    import_year(calendar, 2026, {date(2026, 9, 2): DayKind.OFF})
    seed_calendar(calendar)
    assert deadline(calendar, date(2026, 9, 1), 1).last_day == date(2026, 9, 3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None, derandomize=True)
@given(start=st.dates(date(2024, 1, 1), date(2027, 6, 1)), count=st.integers(1, 25))
def test_one_day_more_never_ends_earlier(session: Session, start: date, count: int) -> None:
    seed_calendar(session)
    shorter, longer = deadline(session, start, count), deadline(session, start, count + 1)
    assert start < shorter.last_day < longer.last_day


def test_counting_back_passes_over_holidays_and_counts_worked_weekends(calendar: Session) -> None:
    # 2026: 15 to 23 February are off, Saturday 14 and 28 February work
    assert working_day_before(calendar, date(2026, 2, 24), 1) == date(2026, 2, 14)
    assert working_day_before(calendar, date(2026, 3, 2), 1) == date(2026, 2, 28)
    assert working_day_before(calendar, date(2026, 3, 2), 0) == date(2026, 3, 2)


def test_back_from_the_end_of_a_period_the_notice_can_still_be_posted_in_time(calendar: Session) -> None:
    for start in FIVE_DAYS:
        opens_on = deadline(calendar, start, 5).last_day
        posted = working_day_before(calendar, opens_on, 6)
        assert deadline(calendar, posted, 5).last_day < opens_on
        later = working_day_after(calendar, posted, 1)
        assert deadline(calendar, later, 5).last_day >= opens_on


def test_the_first_year_without_holidays_is_named(calendar: Session) -> None:
    assert first_unknown_year(calendar, date(2026, 5, 1)) == 2027
    assert first_unknown_year(calendar, date(2030, 5, 1)) == 2030
