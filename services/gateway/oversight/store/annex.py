"""Task counts of the annex, from the rows and days of the statement that scores them (ADR 33): no second reading of dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.oversight.store.records import FrozenSource, TaskCounts
from shared.database import every, rows
from shared.measures.group_a import TASKS

# Regulation 003, annex; A-15: the four statuses follow from days as the month ended. A-10: leads alone; A-14: what was accepted
# as returned is nobody's any more. A-11: what has no term is open within it, and said beside.
_GIVEN = f"""
SELECT agency_code AS agency, classified, source_document, due IS NULL AS without_term,
       CASE WHEN classified THEN NULL ELSE source_document END AS named_document,
       coalesce(done < :next_first_day, false) AS finished, coalesce(done > due, false) AS late,
       coalesce(due < :next_first_day, false) AS past
  FROM ({TASKS.sql}) AS task
 WHERE row_verdict NOT IN ('coordinator', 'assigned_later', 'returned') AND agency_code = ANY (:bodies)
"""
_COUNTS = """
       count(DISTINCT source_document) AS documents, count(*) AS tasks,
       count(*) FILTER (WHERE finished AND NOT late) AS done_in_time, count(*) FILTER (WHERE finished AND late) AS done_late,
       count(*) FILTER (WHERE NOT finished AND NOT past) AS open_within_term,
       count(*) FILTER (WHERE NOT finished AND past) AS open_past_term,
       count(*) FILTER (WHERE classified) AS classified, count(*) FILTER (WHERE without_term) AS without_term,
       count(*) FILTER (WHERE source_document IS NULL) AS without_document
"""
_BY_BODY = text(f"""
SELECT agency, CAST(NULL AS text) AS document, false AS masked, {_COUNTS} FROM ({_GIVEN}) AS given
 GROUP BY GROUPING SETS ((agency), ()) ORDER BY agency NULLS LAST
""")
_BY_DOCUMENT = text(f"""
SELECT agency, named_document AS document, classified AS masked, {_COUNTS} FROM ({_GIVEN}) AS given
 GROUP BY agency, named_document, classified ORDER BY masked, named_document NULLS LAST
""")
_LATEST = text("""
SELECT DISTINCT ON (source) pk, snapshot_id, source, version, as_of, root FROM ingest.snapshot
 WHERE period = :period ORDER BY source, version DESC
""")
_STATED = text("SELECT agency_code AS agency FROM ingest.system57_coverage WHERE snapshot_pk = :pk")
_ASIDE = text("""
SELECT DISTINCT agency FROM ingest.put_aside WHERE snapshot_pk = :pk AND dataset IN ('coverage', 'task_assignments')
""")


async def latest_of(connection: AsyncConnection, period: str) -> dict[str, FrozenSource]:
    """By source."""
    found = await every(connection, FrozenSource, _LATEST, {"period": period})
    return {each.source: each for each in found}


async def stated(connection: AsyncConnection, pk: int) -> frozenset[str]:
    """Bodies of which System 57 says how many tasks it holds, zero included."""
    return frozenset(line["agency"] for line in await rows(connection, _STATED, {"pk": pk}))


async def aside(connection: AsyncConnection, pk: int) -> frozenset[str]:
    """Bodies that lost a row: what is counted of the others would be too little."""
    return frozenset(line["agency"] for line in await rows(connection, _ASIDE, {"pk": pk}))


async def by_body(connection: AsyncConnection, given: dict[str, Any], bodies: Sequence[str]) -> list[TaskCounts]:
    """A line of each body that has tasks, then one of all of them."""
    return await every(connection, TaskCounts, _BY_BODY, {**given, "bodies": list(bodies)})


async def by_document(connection: AsyncConnection, given: dict[str, Any], agency: str) -> list[TaskCounts]:
    """One body's tasks by the document that gave them; those of classified ones on one line."""
    return await every(connection, TaskCounts, _BY_DOCUMENT, {**given, "bodies": [agency]})
