"""What the payload faults do to a page: each makes exactly one thing of it wrong and leaves the rest right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from deploy.sandbox.content import encode

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_UNMAPPED = "Ủy ban quản lý vốn giả định (demo)"
"""Sorts behind every real spelling, so that only the name is wrong and not the order."""
_FIELDS: dict[str, str] = {
    "coverage": "task_assignments",
    "task_assignments": "percent",
    "kpi_entries": "due_in_period",
    "service_scores": "departmentName",
    "exchange_volumes": "transactions",
    "database_growth": "new_records",
    "investments": "allocated_vnd",
}
_IMPOSSIBLE: dict[str, tuple[str, object]] = {
    "task_assignments": ("role", "observer"),
    "kpi_entries": ("frequency", "weekly"),
    "exchange_volumes": ("failed", -1),
    "database_growth": ("database_name", ""),
    "investments": ("as_of_on", "2026-02-31"),
}
"""One value that cannot be, in a column over which no total is stated."""
_KEYS = {
    "task_assignments": "task_id",
    "kpi_entries": "kpi",
    "exchange_volumes": "source_system",
    "database_growth": "database",
    "investments": "field",
}


@dataclass(frozen=True)
class _Page:
    dataset: str
    envelope: dict[str, Any]
    rows: list[dict[str, Any]]


def distorted(dataset: str, body: bytes, modes: Iterable[str]) -> bytes:
    """The page with each fault applied. An empty page stays as it is where a fault needs a row."""
    payload = _DECODER.decode(body)
    envelope = payload.get("data", payload)
    page = _Page(dataset, envelope, envelope["evaluation" if "evaluation" in envelope else "rows"])
    for mode in modes:
        _DISTORT[mode](page)
    return encode(payload)


def _duplicate_row(page: _Page) -> None:
    page.rows.extend(page.rows[-1:])


def _schema_drift(page: _Page) -> None:
    for row in page.rows:
        row["new_field"] = "v2"


def _retyped_field(page: _Page) -> None:
    for row in page.rows[:1]:
        value = row[_FIELDS[page.dataset]]
        row[_FIELDS[page.dataset]] = 42 if isinstance(value, str) else f"{value} (text)"


def _missing_field(page: _Page) -> None:
    for row in page.rows[:1]:
        del row[_FIELDS[page.dataset]]


def _unmapped_agency(page: _Page) -> None:
    if not page.rows:
        return
    if page.dataset == "service_scores":
        page.rows[-1]["departmentCode"] = "Z99"
        return
    _last_of_a_key(page)["agency"] = _UNMAPPED


def _last_of_a_key(page: _Page) -> dict[str, Any]:
    """A row whose successor has another key: its agency can change without a row out of order."""
    key = _KEYS.get(page.dataset)
    ends = [one for one, two in zip(page.rows, page.rows[1:], strict=False) if key and one[key] != two[key]]
    return ends[-1] if ends else page.rows[-1]


def _wrong_period(page: _Page) -> None:
    if "period" not in page.envelope:
        page.envelope["month"] = page.envelope["month"] % 12 + 1
        return
    year, month = page.envelope["period"].split("-")
    page.envelope["period"] = f"{int(year) + int(month) // 12}-{int(month) % 12 + 1:02d}"


def _wrong_total(page: _Page) -> None:
    control = page.envelope["control"]
    if not control["sums"]:
        control["rows"] += 1
    for name, total in control["sums"].items():
        control["sums"][name] = str(Decimal(total) + 1)


def _impossible_row(page: _Page) -> None:
    if page.dataset == "coverage":
        # Two bodies are stated one task more and one less: every total stays right.
        for row, more in zip(page.rows[:2], (1, -1), strict=False):
            row["task_assignments"] += more
    for row in page.rows[:1]:
        if page.dataset == "service_scores":
            row["groupScores"]["TDGQ"] = Decimal("20.5")
        elif page.dataset in _IMPOSSIBLE:
            name, value = _IMPOSSIBLE[page.dataset]
            row[name] = value


_DISTORT: dict[str, Callable[[_Page], None]] = {
    "duplicate_row": _duplicate_row,
    "schema_drift": _schema_drift,
    "retyped_field": _retyped_field,
    "missing_field": _missing_field,
    "unmapped_agency": _unmapped_agency,
    "wrong_period": _wrong_period,
    "wrong_total": _wrong_total,
    "impossible_row": _impossible_row,
}
