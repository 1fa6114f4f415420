"""The calendar month that is scored, and its instants in Vietnam time (scheme rule 1)."""

import re
from dataclasses import dataclass
from datetime import MINYEAR, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
# Instants that anything here can be about. Beyond them the calendar itself ends (0001, 9999), and with it every zone.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=VIETNAM), datetime(2200, 1, 1, tzinfo=VIETNAM)
MONTHS = 12
LAST_YEAR = 9998  # the following month must still be a date
QUARTER_MONTHS = 3
_TEXT = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_SPAN = re.compile(r"([0-9]{4})(?:-Q([1-4]))?")


def in_vietnam(instant: datetime) -> str:
    """ISO 8601 with Vietnam's offset: how an aware instant is written for people and programs alike."""
    return instant.astimezone(VIETNAM).isoformat()


class PeriodInvalid(ValueError):
    """The words do not name a calendar month written YYYY-MM."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One calendar month; its window is ``[start, end)`` in Asia/Ho_Chi_Minh.

    All instants are aware datetimes in Vietnam time. On which days a month closes is the law's to say: `Scheme.cutoff_of` and
    `Scheme.report_deadline_of`.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        """Refuse what is no month."""
        if not (1 <= self.month <= MONTHS and MINYEAR < self.year <= LAST_YEAR):
            message = f"{self.year}-{self.month} is no calendar month; expected YYYY-MM, for example 2026-01"
            raise PeriodInvalid(message)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``YYYY-MM`` and nothing else: no sign, no blank, no day. Raises PeriodInvalid."""
        found = _TEXT.fullmatch(text)
        if found is None:
            message = f"{text!r} is no period; expected YYYY-MM, for example 2026-01"
            raise PeriodInvalid(message)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def holding(cls, at: datetime) -> Self:
        """The period whose window holds an aware instant."""
        if at.tzinfo is None:
            message = f"{at.isoformat()} has no time zone; a period is found for an instant only"
            raise PeriodInvalid(message)
        local = at.astimezone(VIETNAM)
        return cls(local.year, local.month)

    def __str__(self) -> str:
        """``YYYY-MM``."""
        return f"{self.year:04}-{self.month:02}"

    @property
    def next(self) -> Self:
        """The following month."""
        return self.shifted(months=1)

    @property
    def previous(self) -> Self:
        """The month before."""
        return self.shifted(months=-1)

    def shifted(self, *, months: int) -> Self:
        """The period so many months later (or earlier, when negative)."""
        years, month = divmod(self.year * MONTHS + self.month - 1 + months, MONTHS)
        return type(self)(years, month + 1)

    @property
    def first_day(self) -> date:
        """Day 01 of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month, inclusive."""
        return self.next_first_day - timedelta(days=1)

    @property
    def next_first_day(self) -> date:
        """Day 01 of the following month."""
        return self.next.first_day

    @property
    def start(self) -> datetime:
        """First instant of the window."""
        return _midnight(self.first_day)

    @property
    def end(self) -> datetime:
        """First instant after the window."""
        return _midnight(self.next_first_day)

    def start_of_next_month_day(self, day: int) -> datetime:
        """00:00 of a day of the next month: the exclusive bound of "before day n"."""
        return _midnight(self.next_first_day.replace(day=day))

    def end_of_next_month_day(self, day: int) -> datetime:
        """24:00 of a day of the next month: the exclusive bound of "day n at the latest"."""
        return _midnight(self.next_first_day.replace(day=day) + timedelta(days=1))

    def holds(self, at: datetime) -> bool:
        """Whether an aware instant lies in the window."""
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A quarter or, where ``quarter`` is None, a whole year: three or twelve calendar months (reading G-17)."""

    year: int
    quarter: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``YYYY-Qn`` or ``YYYY`` and nothing else. Raises PeriodInvalid."""
        found = _SPAN.fullmatch(text)
        if found is None or not MINYEAR < int(found[1]) <= LAST_YEAR:
            message = f"{text!r} is no quarter and no year; expected YYYY-Q1 to YYYY-Q4 or YYYY, for example 2026-Q1"
            raise PeriodInvalid(message)
        return cls(int(found[1]), None if found[2] is None else int(found[2]))

    def __str__(self) -> str:
        """``YYYY-Qn`` or ``YYYY``."""
        return f"{self.year:04}" if self.quarter is None else f"{self.year:04}-Q{self.quarter}"

    @property
    def months(self) -> tuple[Period, ...]:
        """In their order."""
        if self.quarter is None:
            return tuple(Period(self.year, month) for month in range(1, MONTHS + 1))
        first = Period(self.year, (self.quarter - 1) * QUARTER_MONTHS + 1)
        return tuple(first.shifted(months=later) for later in range(QUARTER_MONTHS))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
