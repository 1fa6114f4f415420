"""Calendar months in Vietnam time, and the instants the stand-ins state things at."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

ICT = timezone(timedelta(hours=7))
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One calendar month; ``index`` counts months from year 0, so that arithmetic is plain."""

    index: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``YYYY-MM``; raises ``ValueError`` on anything else."""
        match = _MONTH.fullmatch(text)
        if match is None:
            raise ValueError(f"period {text!r} is not YYYY-MM")
        return cls(int(match[1]) * 12 + int(match[2]) - 1)

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year * 12 + day.month - 1)

    @property
    def year(self) -> int:
        return self.index // 12

    @property
    def number(self) -> int:
        return self.index % 12 + 1

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def start(self) -> datetime:
        return instant(self.first, 0)

    @property
    def freeze(self) -> datetime:
        """The end of day 01 of the next month: what is recorded at or after it came too late for this month."""
        return instant(self.plus(1).first + timedelta(days=1), 0)

    def plus(self, months: int) -> Month:
        return Month(self.index + months)

    def day(self, number: int) -> date:
        """The given day, or the month's last one when it is shorter."""
        return date(self.year, self.number, min(number, self.last.day))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


FIRST = Month(2026 * 12)


def instant(day: date, minutes: int) -> datetime:
    """So many minutes after midnight of a Vietnamese day."""
    return datetime.combine(day, time(), ICT) + timedelta(minutes=minutes)
