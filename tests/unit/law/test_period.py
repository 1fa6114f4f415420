"""The calendar month and its instants in Vietnam time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.law.scheme import legal_cutoff, legal_report_deadline
from shared.period import VIETNAM, Period, PeriodInvalid


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=VIETNAM)  # type: ignore[arg-type, misc]


def test_the_window_of_a_month() -> None:
    january = Period.parse("2026-01")
    assert (january.year, january.month, str(january)) == (2026, 1, "2026-01")
    assert (january.first_day, january.last_day, january.next_first_day) == (
        date(2026, 1, 1),
        date(2026, 1, 31),
        date(2026, 2, 1),
    )
    assert (january.start, january.end) == (local(2026, 1, 1), local(2026, 2, 1))
    assert january.start.astimezone(UTC) == datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert january.start.utcoffset() == timedelta(hours=7)


def test_cutoff_and_deadline_are_exclusive_bounds() -> None:
    january = Period(2026, 1)
    assert legal_cutoff(january) == local(2026, 2, 2)
    assert legal_report_deadline(january) == local(2026, 2, 5)
    assert local(2026, 2, 1, 23, 59, 59, 999999) < legal_cutoff(january)
    assert local(2026, 2, 4, 23, 59, 59, 999999) < legal_report_deadline(january) <= local(2026, 2, 5)
    assert legal_cutoff(Period(2026, 12)) == local(2027, 1, 2)
    assert january.end_of_next_month_day(28) == local(2026, 3, 1)
    assert january.start_of_next_month_day(3) == local(2026, 2, 3)


def test_february_and_the_turn_of_the_year() -> None:
    assert Period(2028, 2).last_day == date(2028, 2, 29)
    assert Period(2026, 2).last_day == date(2026, 2, 28)
    assert Period(2026, 12).next == Period(2027, 1)
    assert Period(2026, 1).previous == Period(2025, 12)
    assert Period(2026, 1).shifted(months=-13) == Period(2024, 12)
    assert Period(2026, 11).shifted(months=14) == Period(2028, 1)
    assert Period(2026, 7).next.previous == Period(2026, 7)


def test_periods_are_ordered_values() -> None:
    assert Period(2025, 12) < Period(2026, 1) < Period(2026, 2)
    assert len({Period(2026, 1), Period.parse("2026-01")}) == 1
    with pytest.raises(AttributeError):
        Period(2026, 1).month = 2  # type: ignore[misc]


def test_the_period_of_an_instant_goes_by_vietnam_time() -> None:
    assert Period.holding(datetime(2026, 1, 31, 16, 59, 59, 999999, tzinfo=UTC)) == Period(2026, 1)
    assert Period.holding(datetime(2026, 1, 31, 17, tzinfo=UTC)) == Period(2026, 2)
    assert Period(2026, 1).holds(local(2026, 1, 1))
    assert not Period(2026, 1).holds(local(2026, 2, 1))
    with pytest.raises(PeriodInvalid, match="no time zone"):
        Period.holding(datetime(2026, 1, 1))  # noqa: DTZ001 - the fault under test


BLANKS = ["2026-01 ", " 2026-01", "2026-01\n", ""]
SPELLINGS = ["2026-1", "2026-00", "2026-13", "26-01", "2026/01", "+026-01", "２０２６-01", "0000-01", "9999-01"]


@pytest.mark.parametrize("text", [*BLANKS, *SPELLINGS])
def test_other_spellings_are_no_period(text: str) -> None:
    with pytest.raises(PeriodInvalid, match="expected YYYY-MM"):
        Period.parse(text)


@pytest.mark.parametrize(("year", "month"), [(2026, 0), (2026, 13), (1, 1), (9999, 1)])
def test_no_calendar_month(year: int, month: int) -> None:
    with pytest.raises(PeriodInvalid):
        Period(year, month)
