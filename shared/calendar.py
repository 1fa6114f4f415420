"""Cutoffs and deadlines: the law's days, unless a calendar row moved them. The one approved last holds (SNP-04).

A row for one source wins over a row for all ('*'). Of reports, one body's deadline can lie later still: an extension of
that body's month (APR-10). Source in law: QĐ 4585 appendix §4; readings G-7, G-8, G-9.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import every, row, rows
from shared.errors import Fault, InputInvalid
from shared.law.scheme import Scheme, scheme_for
from shared.period import VIETNAM, Period, in_vietnam

# Sources whose figures are reported by people: they close at the report deadline, the others at the cutoff.
REPORTS = "agency_report"
REGISTERS = "government_office"
REPORTED = frozenset({REPORTS, REGISTERS})
# Words of the Ministry of Public Security on reported C1 figures: they close at a deadline of their own.
WORDS = "records_review"

# Sources that say when something was done and when that was recorded: a frozen month of theirs is asked for once more.
LOOKED_AT_TWICE = frozenset({"system57"})

# No run of days off is nearly as long; the ninth day in a row is the longest of 2026.
_LOOK_BACK_DAYS = 40
_SATURDAY = 5

_MOVED = text("""
SELECT entry_id, falls_at FROM control.calendar_in_force
 WHERE period = :period AND kind = :kind AND source IN ('*', :source)
 ORDER BY (source <> '*') DESC, turn DESC, sequence DESC LIMIT 1
""")

_MOVED_IN = text("""
SELECT kind, source, falls_at FROM control.calendar_in_force
 WHERE period = :period ORDER BY (source <> '*') DESC, turn DESC, sequence DESC
""")

_EXTENDED = text("""
SELECT extension_id, until, effect FROM control.extension_in_force
 WHERE agency = :agency AND period = :period ORDER BY until DESC, turn, sequence
""")

_DAYS = text("""
SELECT DISTINCT ON (day) day, kind FROM control.calendar_day
 WHERE day >= :first AND day < :end ORDER BY day, revision DESC
""")

_NOW = text("SELECT clock_timestamp()")
_GATE = "'reports:' || CAST(:period AS text), 0"
_ENTER = text(f"SELECT pg_advisory_xact_lock_shared(hashtextextended({_GATE}))")
_CLOSE = text(f"SELECT pg_advisory_xact_lock(hashtextextended({_GATE}))")


@dataclass(frozen=True)
class Deadline:
    """When one body's report of a month is due. Instants are UTC and exclusive: at ``falls_at`` a report is late (G-8).

    ``soft_at`` is the end of the last working day that ends by then, the day on which to remind; it equals ``falls_at``
    when the deadline's eve is a working day (G-9: a day off moves nothing). ``moved_by`` names the calendar row or
    extension that set ``falls_at``, None where it is the law's. ``counts_until`` is later than ``falls_at`` where an
    extension lets late reports count by a superseding version, and else equal to it.
    """

    falls_at: datetime
    soft_at: datetime
    moved_by: str | None
    counts_until: datetime


async def cutoff_of(
    connection: AsyncConnection, period: Period, source: str, *, schemes: Iterable[Scheme] | None = None
) -> datetime:
    """The exclusive instant (UTC) at which a source's period closes: the end of the cutoff's day, or the report deadline."""
    falls_at, _ = await closing_of(connection, period, source, schemes=schemes)
    return falls_at


async def refuse_as_of_outside(
    connection: AsyncConnection, period: Period, source: str, as_of: datetime, *, frozen: datetime, now: datetime
) -> None:
    """What a source knew before it closed is no month, and what it will know nobody can say. ``frozen`` is the instant that the
    version to follow stands for. Raises InputInvalid naming both bounds."""
    first = min(await cutoff_of(connection, period, source), frozen)
    if not first <= as_of <= now:
        between = f"from {in_vietnam(first)} to {in_vietnam(now)}"
        fault = Fault("/as_of", "lies outside the instants a version can stand for", seen=in_vietnam(as_of), expected=between)
        raise InputInvalid(f"{source} {period} closed at {in_vietnam(first)}, and now is {in_vietnam(now)}", faults=[fault])


async def now_of(connection: AsyncConnection) -> datetime:
    """The database's clock, one for all hosts."""
    found: datetime = (await connection.execute(_NOW)).scalar_one()
    return found


@dataclass(frozen=True, kw_only=True)
class Added:
    """An extension of a body's month; ``effect`` is `in_time` or `late_counts`."""

    extension_id: str
    effect: str
    until: datetime


async def deadline_of(connection: AsyncConnection, period: Period, agency: str) -> Deadline:
    """When the body's report of a month is due, as it stands now; what was accepted before keeps the deadline it had.

    Extensions of the body add time and never take any away: of each effect the one that ends last holds, and a calendar row
    that moved everybody's deadline beyond it wins.
    """
    falls_at, moved_by = await closing_of(connection, period, REPORTS)
    extensions = await every(connection, Added, _EXTENDED, {"agency": agency, "period": str(period)})
    falls_at, moved_by, counts_until = extended(falls_at, moved_by, extensions)
    return Deadline(falls_at, await soft_of(connection, falls_at), moved_by, counts_until)


async def soft_of(connection: AsyncConnection, falls_at: datetime) -> datetime:
    """The end (UTC) of the last working day that ends by an instant, after the days off and make-up days on record."""
    end = falls_at.astimezone(VIETNAM).date()
    found = await rows(connection, _DAYS, {"first": end - timedelta(days=_LOOK_BACK_DAYS), "end": end})
    day = last_working_day(end, {line["day"]: line["kind"] for line in found})
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=VIETNAM).astimezone(UTC)


async def enter_gate(connection: AsyncConnection, period: Period) -> None:
    """Hold the month's reports open until this transaction ends. Read the clock only after this.

    A freeze waits for everybody inside, so a report whose instant lies before the deadline is in the snapshot even if its
    transaction was still running when the deadline passed.
    """
    await connection.execute(_ENTER, {"period": str(period)})


async def close_gate(connection: AsyncConnection, period: Period) -> None:
    """Wait until nobody is handing in a report of the month, and keep others out until this transaction ends."""
    await connection.execute(_CLOSE, {"period": str(period)})


def extended(falls_at: datetime, moved_by: str | None, extensions: Iterable[Added]) -> tuple[datetime, str | None, datetime]:
    """Deadline, what moved it, and until when a report counts at all, under a body's extensions. Each only adds: those of
    ``in_time`` put the deadline off, and those of either effect the instant until which reports count. Pure."""
    counts_until = falls_at
    for each in extensions:
        until = each.until.astimezone(UTC)
        counts_until = max(counts_until, until)
        if each.effect == "in_time" and until > falls_at:
            falls_at, moved_by = until, each.extension_id
    return falls_at, moved_by, counts_until


def last_working_day(before: date, marked: Mapping[date, str]) -> date:
    """The last working day before a day. ``marked`` says of days that they are ``off`` or (make-up Saturdays) ``working``;
    other days are working days from Monday to Friday. Pure."""
    day = before - timedelta(days=1)
    while not works(day, marked):
        day -= timedelta(days=1)
    return day


def works(day: date, marked: Mapping[date, str]) -> bool:
    """Whether offices work on a day."""
    return marked.get(day, "off" if day.weekday() >= _SATURDAY else "working") == "working"


async def second_look_of(connection: AsyncConnection, period: Period, source: str) -> datetime:
    """The instant (UTC) as of which a frozen month is asked for once more: the law's report deadline, unless a calendar row of
    its own moved it (SNP-14). More time for reports gives nobody more time to record what was done."""
    moved = await row(connection, _MOVED, {"period": str(period), "kind": "second_look", "source": source})
    if moved is not None:
        falls_at: datetime = moved["falls_at"].astimezone(UTC)
        return falls_at
    return legal_closing(period, "second_look").astimezone(UTC)


@dataclass(frozen=True)
class Closings:
    """When every source of a month closes: ``moved`` are the calendar's rows in force, whichever holds first."""

    period: Period
    moved: Sequence[Mapping[str, Any]]

    def cutoff(self, source: str) -> datetime:
        """As ``cutoff_of``."""
        return self._at(closing_kind(source), source)

    def second_look(self, source: str) -> datetime:
        """As ``second_look_of``."""
        return self._at("second_look", source)

    def _at(self, kind: str, source: str) -> datetime:
        found = next((each for each in self.moved if each["kind"] == kind and each["source"] in ("*", source)), None)
        falls_at: datetime = legal_closing(self.period, kind) if found is None else found["falls_at"]
        return falls_at.astimezone(UTC)


async def closings_of(connection: AsyncConnection, period: Period) -> Closings:
    """Of all sources at once, by one statement."""
    return Closings(period, await rows(connection, _MOVED_IN, {"period": str(period)}))


def closing_kind(source: str) -> str:
    """Which kind of calendar row moves the closing of a source."""
    return "word_deadline" if source == WORDS else "report_deadline" if source in REPORTED else "cutoff"


def legal_closing(period: Period, kind: str, *, schemes: Iterable[Scheme] | None = None) -> datetime:
    """Where a closing lies that no calendar row moved: on the day of the scheme in force. Raises SchemeNotInForce."""
    scheme = scheme_for(period, schemes=schemes)
    days = {"cutoff": scheme.cutoff_of, "word_deadline": scheme.word_deadline_of}
    return days.get(kind, scheme.report_deadline_of)(period)


async def closing_of(
    connection: AsyncConnection, period: Period, source: str, *, schemes: Iterable[Scheme] | None = None
) -> tuple[datetime, str | None]:
    """As ``cutoff_of``, with the id of the calendar row that moved it; None where it is the law's: the days of the scheme in
    force for the period. Raises SchemeNotInForce."""
    kind = closing_kind(source)
    moved = await row(connection, _MOVED, {"period": str(period), "kind": kind, "source": source})
    if moved is not None:
        return moved["falls_at"].astimezone(UTC), moved["entry_id"]
    return legal_closing(period, kind, schemes=schemes).astimezone(UTC), None
