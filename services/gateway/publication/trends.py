"""Use case: the nation over the months: what bodies have by kind and by group of indicators, from published versions
alone (DSH-03)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

import msgspec

from services.gateway.http.edge import JSON
from services.gateway.http.errors import NotYetPublished
from services.gateway.publication.store import published
from services.gateway.publication.store.records import LatestVersion
from services.gateway.publication.worked_out import WorkedOut
from shared.database import Connection
from shared.law.exact import decimal_text
from shared.law.provisions import BONUS
from shared.medians import median
from shared.period import Period

MOST_MONTHS: Final = 12
_PLACES: Final = 2
_NO_WORTH: Final = frozenset({"missing", "not_applicable", "not_counted"})


class _Worth(msgspec.Struct, frozen=True):
    points: str | None
    state: str


class _Line(msgspec.Struct, frozen=True):
    """Of a body's line what trends are made of."""

    kind: str
    total_exact: str
    grade: str
    groups: dict[str, str | None]
    indicators: dict[str, _Worth]


class _Sheet(msgspec.Struct, frozen=True):
    agencies: list[_Line]


_read = msgspec.json.Decoder(_Sheet).decode


async def trends(
    connection: Connection, kept: WorkedOut, *, last: str | None, months: int, as_of: datetime | None = None
) -> dict[str, Any]:
    """So many months up to ``last``, None the last published one, in their latest versions or those that stood at an instant.
    Raises NotYetPublished where none of them is published."""
    latest = await published.latest_versions(connection, as_of)
    to = last or max(latest, default=None)
    if to is None:
        raise NotYetPublished("no month has been published")
    since = str(Period.parse(to).shifted(months=1 - months))
    window = [latest[period] for period in sorted(latest) if since <= period <= to]
    if not window:
        raise NotYetPublished(f"nothing has been published from {since} to {to}")
    return {"from": since, "to": to, "months": [await _month(connection, kept, each) for each in window]}


async def _month(connection: Connection, kept: WorkedOut, found: LatestVersion) -> dict[str, Any]:
    async def made() -> dict[str, Any]:
        key: Mapping[str, Any] = {"period": found.period, "version": found.version}
        sheet = await published.find_rendering(connection, **key, agency="", media_type=JSON)
        if sheet is None:
            raise LookupError(f"{found.period} version {found.version}")
        return spreads_of(bytes(sheet.body))

    spreads = await kept.get(("trend", found.period, found.version), made)
    return {**vars(found), "corrected": found.version > 1, **spreads}


def spreads_of(sheet: bytes) -> dict[str, Any]:
    """Of a published sheet all bodies, and the bodies of each kind. Pure."""
    lines = _read(sheet).agencies
    kinds = sorted({line.kind for line in lines})
    return {"all": _spread(lines), "kinds": {kind: _spread([line for line in lines if line.kind == kind]) for kind in kinds}}


def _spread(lines: Sequence[_Line]) -> dict[str, Any]:
    totals = sorted((Fraction(line.total_exact) for line in lines), reverse=True)
    codes = [*lines[0].groups, BONUS]
    return {
        "bodies": len(lines),
        **_middle(totals),
        "highest": _value(totals[0]),
        "lowest": _value(totals[-1]),
        "totals": [str(total) for total in totals],
        "grades": dict(sorted(Counter(line.grade for line in lines).items())),
        "groups": {code: _group([_points(line, code) for line in lines]) for code in codes},
    }


def _points(line: _Line, code: str) -> str | None:
    """None where nothing of it is known, and where none of it applies to the body: that zero is none of its making."""
    own = [found for name, found in line.indicators.items() if name == code or (code != BONUS and name.startswith(code))]
    if all(found.state in _NO_WORTH for found in own):
        return None
    return line.indicators[BONUS].points if code == BONUS else line.groups[code]


def _group(points: Sequence[str | None]) -> dict[str, Any]:
    known = [Fraction(each) for each in points if each is not None]
    return {"bodies": len(known), **(_middle(known) if known else {"mean": None, "median": None})}


def _middle(values: Sequence[Fraction]) -> dict[str, Any]:
    return {"mean": _value(sum(values, Fraction(0)) / len(values)), "median": _value(median(values))}


def _value(value: Fraction) -> dict[str, str]:
    return {"points": decimal_text(value, places=_PLACES), "exact": str(value)}
