"""Use case: what changed between two sheets: versions of one month or of two, or runs, published or not."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from services.gateway.http.answers import API, encoded
from services.gateway.http.errors import NotYetPublished
from services.gateway.publication.published_bytes import unpublished
from services.gateway.publication.sheets import StoredSheet, published_sheet, run_sheet
from services.gateway.publication.store import published
from services.gateway.publication.worked_out import WorkedOut
from shared.database import Connection
from shared.law.changes import AgencyChange, changes_of
from shared.law.sheet import AgencyScore
from shared.period import in_vietnam
from shared.plans.difference import ends, told

Ends = tuple[tuple[str, int], tuple[str, int]]
"""Two published versions, each its month and its number: the earlier one, the later one."""


async def two_versions(
    connection: Connection, period: str, *, earlier: int | None, later: int | None
) -> tuple[StoredSheet, StoredSheet]:
    """Two versions of a month, as ``named_versions``."""
    return await _both(connection, await named_versions(connection, period, earlier=earlier, later=later))


async def named_versions(connection: Connection, period: str, *, earlier: int | None, later: int | None) -> Ends:
    """Of a month the latest version where ``later`` is None, the one before it where ``earlier`` is; of the first version,
    itself. Raises NotYetPublished or VersionUnknown."""
    known = {each.version for each in await published.versions_of(connection, period)}
    to = later or max(known, default=1)
    since = earlier or max(to - 1, 1)
    if not known >= {since, to}:
        raise await unpublished(connection, period)
    return (period, since), (period, to)


async def two_runs(connection: Connection, *, earlier: str | None, later: str) -> tuple[StoredSheet, StoredSheet]:
    """Two runs, published or not; where ``earlier`` is None, the latest version of the later one's month.

    Raises NotFound, NotYetPublished or NotExplained."""
    after = await run_sheet(connection, later)
    if earlier is None:
        return await published_sheet(connection, after.period, None), after
    return after if earlier == later else await run_sheet(connection, earlier), after


async def two_months(
    connection: Connection, *, earlier: str | None, later: str | None, as_of: datetime | None = None
) -> tuple[StoredSheet, StoredSheet]:
    """Two months, as ``named_months``."""
    return await _both(connection, await named_months(connection, earlier=earlier, later=later, as_of=as_of))


async def named_months(
    connection: Connection, *, earlier: str | None, later: str | None, as_of: datetime | None = None
) -> Ends:
    """Two months in their latest versions, or those that stood at an instant: the last published one where ``later`` is None,
    the published one before it where ``earlier`` is; of the first month, itself. Raises NotYetPublished."""
    stood = {month: each.version for month, each in (await published.latest_versions(connection, as_of)).items()}
    to = later or max(stood, default=None)
    if to is None:
        raise NotYetPublished("no month has been published")
    since = earlier or max((month for month in stood if month < to), default=to)
    if absent := {since, to} - stood.keys():
        if as_of is None:
            raise NotYetPublished(f"nothing has been published of {min(absent)}")
        raise NotYetPublished(f"nothing had been published of {min(absent)} at {in_vietnam(as_of)}")
    return (since, stood[since]), (to, stood[to])


async def told_between(connection: Connection, kept: WorkedOut, versions: Ends) -> bytes:
    """The document of two versions. Raises NotExplained."""

    async def made() -> bytes:
        before, after = await _both(connection, versions)
        return await asyncio.to_thread(lambda: encoded(compare(before, after)))

    return await kept.get(("changes", *versions), made)


async def _both(connection: Connection, versions: Ends) -> tuple[StoredSheet, StoredSheet]:
    """Raises NotExplained."""
    first, last = versions
    after = await published_sheet(connection, *last)
    return after if first == last else await published_sheet(connection, *first), after


def compare(before: StoredSheet, after: StoredSheet) -> dict[str, Any]:
    """All bodies of two sheets as a document."""
    changes = list(changes_of(before.restored.sheet, after.restored.sheet))
    return {
        "from": _version(before),
        "to": _version(after),
        "moved": sum(change.moved for change in changes),
        "agencies": [_agency(change, before, after) for change in changes],
    }


def _version(found: StoredSheet) -> dict[str, Any]:
    return {
        "period": found.period,
        "version": found.version,
        "run_id": found.run_id,
        "result_digest": found.result_digest,
    }


def _agency(change: AgencyChange, earlier: StoredSheet, later: StoredSheet) -> dict[str, Any]:
    first, last, said = change.before, change.after, told(change)
    indicators = [{**each, "rows": _rows(earlier, first, later, last, each["code"])} for each in said["indicators"]]
    return {**said, "indicators": indicators}


def _rows(
    earlier: StoredSheet, first: AgencyScore | None, later: StoredSheet, last: AgencyScore | None, code: str
) -> dict[str, Any]:
    """Where the body's rows behind either value stand, and which of them changed; None where a sheet does not score it."""
    behind = [
        sheet.rows.format(agency=line.agency, code=code) if line and code in line.indicators else None
        for sheet, line in ((earlier, first), (later, last))
    ]
    changed = None
    if last is not None and None not in behind:
        changed = row_changes_address(earlier, later).format(agency=last.agency, code=code)
    return {**ends(*behind), "changes": changed}


def row_changes_address(earlier: StoredSheet, later: StoredSheet) -> str:
    """Where the rows that changed between two sheets stand, with ``{agency}`` and ``{code}`` in it."""
    behind = "scores/{agency}/indicators/{code}/row-changes"
    if earlier.version is None or later.version is None:
        return f"{API}/score-runs/{later.run_id}/{behind}?from={earlier.run_id}"
    month = "" if earlier.period == later.period else f"&from_period={earlier.period}"
    return f"{API}/periods/{later.period}/{behind}?from={earlier.version}&to={later.version}{month}"
