"""Extensions, late acceptances, and of a month's accepted reports what completeness and timeliness are counted from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.deadlines.store.counting import COUNTS, FIRST_IN_FORCE
from services.gateway.deadlines.store.records import (
    Accepted,
    BodyReport,
    CountedReports,
    Extension,
    ExtensionInForce,
    LateAcceptance,
)
from shared.database import every, one, rows
from shared.tables.control import extension, extension_approval, late_acceptance
from shared.tables.intake import acceptance

_ABOUT = ("submission_id", "agency", "period", "sequence", "submitted_at", "deadline", "late")

_IN_FORCE_EXTENSIONS = text("""
SELECT DISTINCT ON (agency, period, effect) extension_id, sequence, agency, period, until, effect, document, reason, actor,
       recorded_at, approved_by, approval_reason, approved_at
  FROM control.extension_in_force
 WHERE CAST(:period AS text) IS NULL OR period = :period
 ORDER BY agency, period, effect, until DESC, turn, sequence
""")
# Two approvals of one body's month wait for each other; the database's own check takes the same lock.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('extension:' || :agency || ':' || :period, 0))")
_APPROVED = (
    *(column for column in extension.c),
    extension_approval.c.actor.label("approved_by"),
    extension_approval.c.reason.label("approval_reason"),
    extension_approval.c.recorded_at.label("approved_at"),
)

# Per body the report in force; `any_in_time` tells of all of them, `databases` of what it reports for C1, `uncounted_…` of
# the last late report that came after it and does not count.
_MONTH = text(f"""
WITH in_force AS (
  SELECT DISTINCT ON (a.agency) a.*, {COUNTS} AS counts, bool_or(NOT a.late) OVER (PARTITION BY a.agency) AS any_in_time
    FROM intake.acceptance a WHERE a.period = :period AND (CAST(:agency AS text) IS NULL OR a.agency = :agency)
   ORDER BY a.agency, {FIRST_IN_FORCE}
)
SELECT f.agency, f.submission_id, f.sequence, f.submitted_at, f.late, f.counts, f.any_in_time,
       EXISTS (SELECT FROM control.late_acceptance l WHERE l.submission_id = f.submission_id) AS late_accepted,
       jsonb_path_query_array(convert_from(f.content, 'UTF8')::jsonb, '$.reported_databases[*].database') AS databases,
       u.submission_id AS uncounted_id, u.sequence AS uncounted_sequence, u.submitted_at AS uncounted_at
  FROM in_force f LEFT JOIN LATERAL (
       SELECT a.submission_id, a.sequence, a.submitted_at FROM intake.acceptance a
        WHERE f.counts AND a.agency = f.agency AND a.period = f.period AND NOT {COUNTS}
          AND (a.submitted_at, a.sequence) > (f.submitted_at, f.sequence)
        ORDER BY a.submitted_at DESC, a.sequence DESC LIMIT 1) AS u ON true
 ORDER BY f.agency
""")

_SNAPSHOT = text("""
SELECT snapshot_id, version, evidence -> 'reports' AS reports
  FROM ingest.snapshot WHERE source = 'agency_report' AND period = :period ORDER BY version DESC LIMIT 1
""")

_AUTOMATIC = text("""
SELECT agency, database FROM ingest.automatic_records
 WHERE period = :period AND new_records IS NOT NULL AND (CAST(:agency AS text) IS NULL OR agency = :agency)
   AND version = (SELECT max(version) FROM ingest.snapshot WHERE source = 'national_database' AND period = :period)
""")


async def find_acceptance(connection: AsyncConnection, submission_id: str) -> Accepted | None:
    """Without its content."""
    columns = [acceptance.c[name] for name in _ABOUT]
    return await one(connection, Accepted, select(*columns).where(acceptance.c.submission_id == submission_id))


async def find_late_acceptance(connection: AsyncConnection, submission_id: str) -> LateAcceptance | None:
    return await one(
        connection, LateAcceptance, select(late_acceptance).where(late_acceptance.c.submission_id == submission_id)
    )


async def list_late_acceptances(
    connection: AsyncConnection, *, period: str | None, agency: str | None, after: str | None, limit: int
) -> list[LateAcceptance]:
    """By submission, which sorts by when it was begun."""
    statement = select(late_acceptance).order_by(late_acceptance.c.submission_id).limit(limit)
    if after is not None:
        statement = statement.where(late_acceptance.c.submission_id > after)
    return await every(connection, LateAcceptance, _where(statement, late_acceptance, period=period, agency=agency))


async def find_extension(connection: AsyncConnection, extension_id: str) -> Extension | None:
    """With its approval, where there is one."""
    return await one(connection, Extension, _extensions().where(extension.c.extension_id == extension_id))


async def list_extensions(
    connection: AsyncConnection, *, period: str | None, agency: str | None, after: int | None, limit: int
) -> list[Extension]:
    """In the order they were proposed, each with its approval where there is one."""
    statement = _extensions().order_by(extension.c.sequence).limit(limit)
    if after is not None:
        statement = statement.where(extension.c.sequence > after)
    return await every(connection, Extension, _where(statement, extension, period=period, agency=agency))


async def extensions_in_force(connection: AsyncConnection, period: str | None) -> list[ExtensionInForce]:
    """Of each body's month, by effect, the extension that ends last; of one month, or of all."""
    return await every(connection, ExtensionInForce, _IN_FORCE_EXTENSIONS, {"period": period})


async def reports_of(connection: AsyncConnection, period: str, agency: str | None = None) -> dict[str, BodyReport]:
    """By body the report in force: submission_id, sequence, submitted_at, late, counts, any_in_time, late_accepted, databases;
    uncounted_id, uncounted_sequence, uncounted_at of the last late one after it that does not count, or None."""
    found = await every(connection, BodyReport, _MONTH, {"period": period, "agency": agency})
    return {line.agency: line for line in found}


async def counted_reports(connection: AsyncConnection, period: str) -> CountedReports | None:
    """The latest snapshot of the month's reports, with what it took; `reports` is null when it came by official file."""
    return await one(connection, CountedReports, _SNAPSHOT, {"period": period})


async def automatic_databases(connection: AsyncConnection, period: str, agency: str | None = None) -> set[tuple[str, str]]:
    """Body and database of every automatic figure of a month, as last frozen."""
    found = await rows(connection, _AUTOMATIC, {"period": period, "agency": agency})
    return {(line["agency"], line["database"]) for line in found}


async def lock_extensions(connection: AsyncConnection, *, agency: str, period: str) -> None:
    """Nobody else approves an extension of the body's month until this transaction ends."""
    await connection.execute(_LOCK, {"agency": agency, "period": period})


def _extensions() -> Select[Any]:
    joined = extension.outerjoin(extension_approval, extension_approval.c.extension_id == extension.c.extension_id)
    return select(*_APPROVED).select_from(joined)


def _where(statement: Select[Any], table: Table, *, period: str | None, agency: str | None) -> Select[Any]:
    if period is not None:
        statement = statement.where(table.c.period == period)
    return statement if agency is None else statement.where(table.c.agency == agency)
