"""What a quarter or year says: each body's mean of published monthly totals, and what it rests on (RUL-14; ADR 41). Pure.

Everything is taken from the months' stored bytes and from nowhere else. A body that a month says no total of has no mean, and
the month is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from services.gateway.http.answers import API
from shared.canonical import canonical_bytes, sha256_hex
from shared.csv_files import csv_file, guarded
from shared.law.document import written_total
from shared.law.exact import decimal_text
from shared.law.roll_up import BodyMean, mean_of, roll_up
from shared.law.scheme import scheme_for
from shared.period import Period, Span, in_vietnam
from shared.writing import month as in_words

READING: Final = "G-17"
SILENT: Final = "silent"
_COLUMNS: Final = ("span", "version", "rank", "shown_total", "agency", "kind", "name_vi", "name_en")
_MEANS: Final = ("mean", "mean_exact", "exact_totals_mean", "missing", "check")


@dataclass(frozen=True)
class Draft:
    """``months`` as the database pins them; ``lines`` by code; ``digest`` over the span and both."""

    months: Sequence[Mapping[str, Any]]
    lines: Sequence[Mapping[str, Any]]
    digest: str


@dataclass(frozen=True, kw_only=True)
class Release:
    """What a publication says beside the draft. ``verdicts`` holds each body's last word; who is not in it said nothing."""

    roll_up: str
    version: int
    published_at: datetime
    check_until: datetime
    reason: str
    verdicts: Mapping[str, str]


def draft_of(span: Span, months: Sequence[Mapping[str, Any]], sheets: Sequence[bytes]) -> Draft:
    """``sheets`` are the months' published documents, in the order of ``months``, which name each month of the span."""
    lines: dict[str, dict[str, Mapping[str, Any]]] = {}
    for pinned, sheet in zip(months, sheets, strict=True):
        for line in json.loads(sheet)["agencies"]:
            lines.setdefault(line["agency"], {})[pinned["period"]] = line
    periods, places = [str(each) for each in span.months], _places(span)
    totals = {
        agency: {period: Fraction(str(line["total"])) for period, line in found.items() if line["total"] is not None}
        for agency, found in sorted(lines.items())
    }
    # A rank is information, and only where every month has one (G-23).
    ranked = all("rank" in line for found in lines.values() for line in found.values())
    means = roll_up(periods, totals, places=places)
    told = [_line(each, lines[each.agency], periods, places=places, ranked=ranked) for each in means]
    digest = sha256_hex(canonical_bytes({"span": str(span), "reading": READING, "months": list(months), "lines": told}))
    return Draft(months, told, digest)


def published_document(span: Span, draft: Draft, release: Release) -> dict[str, Any]:
    """As it is served: plain values with a canonical form."""
    months = [{**each, "scores": f"{API}/periods/{each['period']}/scores?version={each['version']}"} for each in draft.months]
    agencies = [{**line, "check": release.verdicts.get(line["agency"], SILENT)} for line in draft.lines]
    return {
        "span": str(span),
        "version": release.version,
        "roll_up": release.roll_up,
        "reading": READING,
        "draft_digest": draft.digest,
        "published_at": in_vietnam(release.published_at),
        "check_until": in_vietnam(release.check_until),
        "reason": release.reason,
        "months": months,
        # Silence until the deadline counts as no objection, and is said.
        "silent": [line["agency"] for line in agencies if line["check"] == SILENT],
        "agencies": agencies,
    }


def published_csv(document: Mapping[str, Any]) -> bytes:
    """One row a body by code, for programs; what is missing is an empty cell, and the months' versions stand on every row."""
    periods = [each["period"] for each in document["months"]]
    head = [*_COLUMNS, *(f"{period}_{part}" for period in periods for part in ("total", "total_exact")), *_MEANS, "rests_on"]
    rests_on = " ".join(f"{each['period']}:v{each['version']}:{each['digest']}" for each in document["months"])
    return csv_file([head, *([*_cells(document, line, periods), rests_on] for line in document["agencies"])])


def stale_in(months: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Months that were corrected since: the version it rests on, and the latest."""
    latest = {each["period"]: each["version"] for each in now}
    return [
        {"period": each["period"], "version": each["version"], "latest": latest[each["period"]]}
        for each in months
        if latest.get(each["period"], each["version"]) != each["version"]
    ]


def _cells(document: Mapping[str, Any], line: Mapping[str, Any], periods: Sequence[str]) -> Iterator[Any]:
    shown = {**line, "span": document["span"], "version": document["version"]}
    yield from (guarded(each) if isinstance(each := shown[name], str) else each for name in _COLUMNS)
    by_period = {each["period"]: each for each in line["months"]}
    for period in periods:
        found = by_period.get(period, {})
        yield from (found.get("total"), found.get("total_exact"))
    shown["missing"] = " ".join(each["period"] for each in line["missing"])
    yield from (shown[name] for name in _MEANS)


def _line(
    found: BodyMean, given: Mapping[str, Mapping[str, Any]], periods: Sequence[str], *, places: int, ranked: bool
) -> dict[str, Any]:
    latest = given[max(given)]
    mean, exact = found.mean, None
    if mean is not None:
        exact = mean_of([Fraction(given[period]["total_exact"]) for period in periods], places=places).exact
    parts = ("total", "total_exact", "missing")
    return {
        **{name: latest[name] for name in ("agency", "name_vi", "name_en", "kind")},
        "months": [{"period": each, **{name: given[each][name] for name in parts}} for each in periods if each in given],
        "mean": None if mean is None else written_total(mean.rounded, places=places),
        "mean_exact": None if mean is None else str(mean.exact),
        "shown_total": None if mean is None else decimal_text(mean.exact, places=2),
        "exact_totals_mean": None if exact is None else str(exact),
        "rank": found.rank if ranked else None,
        "missing": [{"period": period, "reason": _why(period)} for period in found.lacking],
    }


def _why(period: str) -> dict[str, str]:
    return {
        "vi": f"Bảng điểm đã công bố của {in_words(period)} không có tổng điểm của cơ quan.",
        "en": f"The published scores of {period} hold no total of the body.",
    }


def _places(span: Span) -> int:
    """As the last month's totals are written."""
    last: Period = span.months[-1]
    return scheme_for(last).rounding.total_places.value
