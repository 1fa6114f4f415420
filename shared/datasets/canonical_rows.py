"""The canonical row a Merkle leaf covers, written the reference way, and the leaves under a snapshot's root.

It is the JSON array of the stored values (RFC 8785 text; money and decimals as strings, because RFC 8785 has no integers above
2**53), so that anyone who holds the rows can recompute the snapshot's root.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from shared.canonical import canonical_bytes
from shared.datasets.declaration import Dataset, Kind


def instant_text(value: datetime) -> str:
    """UTC and ``Z``, six digits of fraction only where there is one: one spelling for one instant, whatever the offset."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def decimal_text(value: Decimal) -> str:
    """All digits the source wrote, never an exponent."""
    return format(value, "f")


_CANON: dict[Kind, Callable[[Any], object]] = {
    Kind.TEXT: str,
    Kind.FLAG: bool,
    Kind.COUNT: int,
    Kind.MONEY: str,
    Kind.DECIMAL: decimal_text,
    Kind.DATE: date.isoformat,
    Kind.INSTANT: instant_text,
}


def canonical_values(dataset: Dataset, values: Sequence[Any]) -> list[object]:
    """One stored row (agency code, expanding rule, then ``dataset.columns``) as the canonical JSON array."""
    code, rule, *rest = values
    return [code, rule] + [
        None if value is None else _CANON[column.kind](value) for value, column in zip(rest, dataset.columns, strict=True)
    ]


def parts_of(manifest: Mapping[str, Any]) -> list[bytes]:
    """The leaves under a snapshot's root: one a dataset, with the root over its rows, then what was put aside, if anything."""
    parts = [
        canonical_bytes({"dataset": each["name"], "root": each["root"].removeprefix("sha256:"), "rows": each["rows"]})
        for each in manifest["datasets"]
    ]
    aside = manifest.get("put_aside")
    return parts if aside is None else [*parts, canonical_bytes({"put_aside": dict(aside)})]
