"""Use case: what changed between two published versions, of one month or of two."""

from __future__ import annotations

from typing import Any

from services.gateway.http.errors import NotYetPublished
from services.gateway.publication.explanations import PublishedSheet, published_sheet, rows_address
from services.gateway.publication.store import published
from shared.database import Connection
from shared.law.changes import AgencyChange, changes_of
from shared.law.sheet import AgencyScore
from shared.plans.difference import ends, told


async def two_versions(
    connection: Connection, period: str, *, earlier: int | None, later: int | None
) -> tuple[PublishedSheet, PublishedSheet]:
    """Two versions of a month: the latest where ``later`` is None, the one before it where ``earlier`` is; of the first
    version, itself. Raises NotYetPublished, VersionUnknown or NotExplained."""
    after = await published_sheet(connection, period, later)
    number = earlier or max(after.version - 1, 1)
    return after if number == after.version else await published_sheet(connection, period, number), after


async def two_months(
    connection: Connection, *, earlier: str | None, later: str | None
) -> tuple[PublishedSheet, PublishedSheet]:
    """Two months in their latest versions: the last published one where ``later`` is None, the published one before it where
    ``earlier`` is; of the first month, itself. Raises NotYetPublished or NotExplained."""
    months = sorted(await published.latest_versions(connection))
    to = later or (months[-1] if months else None)
    if to is None:
        raise NotYetPublished("no month has been published")
    after = await published_sheet(connection, to, None)
    since = earlier or max((month for month in months if month < to), default=to)
    return after if since == to else await published_sheet(connection, since, None), after


def compare(before: PublishedSheet, after: PublishedSheet) -> dict[str, Any]:
    """All bodies of two versions as a document."""
    changes = list(changes_of(before.restored.sheet, after.restored.sheet))
    return {
        "from": _version(before),
        "to": _version(after),
        "moved": sum(change.moved for change in changes),
        "agencies": [_agency(change, before, after) for change in changes],
    }


def _version(found: PublishedSheet) -> dict[str, Any]:
    return {"period": found.period, "version": found.version, "result_digest": found.result_digest}


def _agency(change: AgencyChange, earlier: PublishedSheet, later: PublishedSheet) -> dict[str, Any]:
    first, last, said = change.before, change.after, told(change)
    indicators = [
        {**each, "rows": ends(_rows(earlier, first, each["code"]), _rows(later, last, each["code"]))}
        for each in said["indicators"]
    ]
    return {**said, "indicators": indicators}


def _rows(sheet: PublishedSheet, line: AgencyScore | None, code: str) -> str | None:
    """Where the body's rows behind an indicator stand; None where the version does not score it."""
    if line is None or code not in line.indicators:
        return None
    return rows_address(sheet).format(agency=line.agency, code=code)
