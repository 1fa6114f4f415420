"""Of a published version the reports behind it: what its frozen snapshot names, public words, extensions (INT-16, APR-10)."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.publication.store.records import CountedReport, ExtensionSeen, PublicWords, VersionInputs
from shared.database import every, one

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
SELECT extension_id, agency, until, effect, document, e.reason, actor, e.recorded_at, approved_by, approval_reason, approved_at
  FROM control.extension_in_force AS e
  JOIN scoring.publication AS p ON p.period = e.period AND p.version = :version
   AND CASE WHEN p.extensions IS NULL THEN e.in_force_at <= p.published_at ELSE e.extension_id = ANY (p.extensions) END
 WHERE e.period = :period ORDER BY agency, turn, e.sequence
""")


async def find_version(connection: AsyncConnection, *, period: str, version: int | None) -> VersionInputs | None:
    """A publication with its run's canonical inputs; version None is the latest."""
    return await one(connection, VersionInputs, _VERSION, {"period": period, "version": version})


async def reports_of(connection: AsyncConnection, *, period: str, version: int | None) -> list[CountedReport]:
    """By body the report that the version's snapshot of reports holds, as its evidence says it; of what is no version, none."""
    return await every(connection, CountedReport, _REPORTS, {"period": period, "version": version})


async def public_words(connection: AsyncConnection, *, period: str, version: int) -> list[PublicWords]:
    """What those reports say in public; the view gives nothing else, whoever asks."""
    return await every(connection, PublicWords, _WORDS, {"period": period, "version": version})


async def extensions_seen(connection: AsyncConnection, *, period: str, version: int) -> list[ExtensionSeen]:
    """The month's extensions that the publication pinned, in the order they came to be; of a publication of before that was
    pinned, those in force by its instant."""
    return await every(connection, ExtensionSeen, _EXTENSIONS, {"period": period, "version": version})
