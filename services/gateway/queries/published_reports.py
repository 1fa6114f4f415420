"""Of a published version the reports behind it: what its frozen snapshot names, public words, extensions (INT-16, APR-10)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import Row, row, rows

_VERSION = text("""
SELECT p.period, p.version, p.published_at, r.inputs
  FROM scoring.publication AS p JOIN scoring.run AS r USING (run_id)
 WHERE p.period = :period
   AND p.version = coalesce(:version, (SELECT max(version) FROM scoring.publication WHERE period = :period))
""")
_REPORTS = text("""
SELECT agency, submission_id, sequence, digest, submitted_at, deadline, late, ground, extension
  FROM scoring.published_report WHERE period = :period AND version = :version ORDER BY agency
""")
_WORDS = text("""
SELECT agency, section, words FROM scoring.published_words
 WHERE period = :period AND version = :version ORDER BY agency, ordinal
""")
_EXTENSIONS = text("""
SELECT extension_id, agency, until, effect, document, reason, actor, recorded_at, approved_by, approval_reason, approved_at
  FROM control.extension_in_force WHERE period = :period AND in_force_at <= :by ORDER BY agency, turn, sequence
""")


async def find_version(connection: AsyncConnection, *, period: str, version: int | None) -> Row | None:
    """A publication with its run's canonical inputs; version None is the latest."""
    return await row(connection, _VERSION, {"period": period, "version": version})


async def reports_of(connection: AsyncConnection, *, period: str, version: int) -> list[Row]:
    """By body the report that the version's snapshot of reports holds, as its evidence says it."""
    return await rows(connection, _REPORTS, {"period": period, "version": version})


async def public_words(connection: AsyncConnection, *, period: str, version: int) -> list[Row]:
    """What those reports say in public; the view gives nothing else, whoever asks."""
    return await rows(connection, _WORDS, {"period": period, "version": version})


async def extensions_by(connection: AsyncConnection, *, period: str, by: datetime) -> list[Row]:
    """The month's extensions that were in force by an instant, in the order they came to be."""
    return await rows(connection, _EXTENSIONS, {"period": period, "by": by})
