"""Use case: what changed between two published versions, of one month or of two."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.gateway.publication.explanations import PublishedSheet, published_sheet
from shared.database import Connection
from shared.errors import Fault, InputInvalid
from shared.law.changes import AgencyChange, Causes, Change, changes_of
from shared.law.sheet import AgencyScore


async def two_versions(
    connection: Connection, period: str, *, earlier: int | None, later: int | None
) -> tuple[PublishedSheet, PublishedSheet]:
    """Two versions of a month: the latest where ``later`` is None, the one before it where ``earlier`` is.

    Raises NotYetPublished, VersionUnknown, NotExplained; InputInvalid when nothing came before the later one.
    """
    after = await published_sheet(connection, period, later)
    if earlier is None and after.version == 1:
        fault = Fault("?to", "is the first version: nothing came before it", seen="1", expected="a later version")
        raise InputInvalid(f"{period} has no version before 1", faults=[fault])
    return await published_sheet(connection, period, earlier or after.version - 1), after


def compare(before: PublishedSheet, after: PublishedSheet) -> dict[str, Any]:
    """All bodies of two versions as a document."""
    changes = list(changes_of(before.restored.sheet, after.restored.sheet))
    return {
        "from": _version(before),
        "to": _version(after),
        "moved": sum(change.moved for change in changes),
        "agencies": [_agency(change) for change in changes],
    }


def _version(found: PublishedSheet) -> dict[str, Any]:
    return {"period": found.period, "version": found.version, "result_digest": found.result_digest}


def _agency(change: AgencyChange) -> dict[str, Any]:
    first, last = change.before, change.after
    return {
        "agency": change.agency,
        "moved": change.moved,
        "total_exact": _change(change.total_exact),
        "causes": _causes(change.total_exact.causes),
        "total": _ends(first and first.total, last and last.total),
        "rounding": str(change.rounding),
        "grade": _ends(first and first.grade, last and last.grade),
        "rank": _ends(first and first.rank, last and last.rank),
        "rank_causes": _causes(change.rank.causes),
        "indicators": [
            {"code": code, **_change(found), "state": states, "causes": _causes(found.causes)}
            for code, found in change.indicators.items()
            for states in [_ends(_state(first, code), _state(last, code))]
            if found.before != found.after or states["from"] != states["to"]
        ],
    }


def _state(line: AgencyScore | None, code: str) -> str | None:
    return line.indicators[code].state if line and code in line.indicators else None


def _change(found: Change) -> dict[str, Any]:
    return {"from": _exact(found.before), "to": _exact(found.after), "change": str(found.change)}


def _ends(before: object, after: object) -> dict[str, Any]:
    return {"from": before, "to": after}


def _causes(causes: Causes) -> Mapping[str, str]:
    return {cause: str(share) for cause, share in causes.items()}


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
