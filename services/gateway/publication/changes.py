"""Use case: what changed between two published versions, of one month or of two."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.gateway.http.errors import NotYetPublished
from services.gateway.publication.explanations import PublishedSheet, published_sheet, rows_address
from services.gateway.publication.store import published
from shared.database import Connection
from shared.law.changes import AgencyChange, Causes, Change, changes_of
from shared.law.exact import decimal_text
from shared.law.sheet import AgencyScore

# Decimals of the total that stands beside every rank.
PLACES = 2


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
    first, last = change.before, change.after
    return {
        "agency": change.agency,
        "moved": change.moved,
        "total_exact": _change(change.total_exact),
        "causes": _causes(change.total_exact.causes),
        "total": ends(first and first.total, last and last.total),
        "rounding": str(change.rounding),
        "grade": ends(first and first.grade, last and last.grade),
        "shown_total": ends(two_decimals(change.total_exact.before), two_decimals(change.total_exact.after)),
        "rank": ends(first and first.rank, last and last.rank),
        "rank_causes": _causes(change.rank.causes),
        "indicators": [
            {
                "code": code,
                **_change(found),
                "state": states,
                "causes": _causes(found.causes),
                "rows": ends(_rows(earlier, first, code), _rows(later, last, code)),
            }
            for code, found in change.indicators.items()
            for states in [ends(_state(first, code), _state(last, code))]
            if found.before != found.after or states["from"] != states["to"]
        ],
    }


def _rows(sheet: PublishedSheet, line: AgencyScore | None, code: str) -> str | None:
    """Where the body's rows behind an indicator stand; None where the version does not score it."""
    if line is None or code not in line.indicators:
        return None
    return rows_address(sheet).format(agency=line.agency, code=code)


def _state(line: AgencyScore | None, code: str) -> str | None:
    return line.indicators[code].state if line and code in line.indicators else None


def _change(found: Change) -> dict[str, Any]:
    return {"from": exact_text(found.before), "to": exact_text(found.after), "change": str(found.change)}


def ends(before: object, after: object) -> dict[str, Any]:
    """A value of either side, as documents write it."""
    return {"from": before, "to": after}


def _causes(causes: Causes) -> Mapping[str, str]:
    return {cause: str(share) for cause, share in causes.items()}


def two_decimals(total: Fraction | None) -> str | None:
    """Points as they are shown, null where they are missing."""
    return None if total is None else decimal_text(total, places=PLACES)


def exact_text(value: Fraction | None) -> str | None:
    """An exact value, null where it is missing."""
    return None if value is None else str(value)
