"""Cutoffs and deadlines: the law's days, unless a calendar row moved them. The latest row holds (SNP-04).

A row for one source wins over a row for all ('*'). Source in law: QĐ 4585 appendix §4; readings G-7, G-8, G-9.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.period import Period

# Sources whose figures are reported by people: they close at the report deadline, the others at the cutoff.
REPORTED = frozenset({"agency_report", "government_office"})

_MOVED = text("""
SELECT falls_at FROM control.calendar_entry
 WHERE period = :period AND kind = :kind AND source IN ('*', :source)
 ORDER BY (source <> '*') DESC, sequence DESC LIMIT 1
""")


async def cutoff_of(connection: AsyncConnection, period: Period, source: str) -> datetime:
    """The exclusive instant (UTC) at which a source's period closes: the end of day 01, or the report deadline."""
    reported = source in REPORTED
    kind = "report_deadline" if reported else "cutoff"
    moved = await connection.scalar(_MOVED, {"period": str(period), "kind": kind, "source": source})
    legal = period.report_deadline if reported else period.cutoff
    return (moved or legal).astimezone(UTC)
