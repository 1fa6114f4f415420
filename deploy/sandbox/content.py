"""A dataset's rows ready to be sent, and the totals a source states with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import msgspec

_ENCODER = msgspec.json.Encoder(decimal_format="number")

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Content:
    """``rows`` in all; ``cut(start, stop)`` gives the JSON rows of that range joined by commas; ``sums`` are exact."""

    rows: int
    sums: Mapping[str, int | Decimal]
    cut: Callable[[int, int], bytes]

    @property
    def control(self) -> dict[str, object]:
        """As the contract writes it: sums are decimal strings."""
        return {"rows": self.rows, "sums": {name: str(total) for name, total in self.sums.items()}}


def encode(value: object) -> bytes:
    """JSON text; decimals as numbers, digit for digit."""
    return _ENCODER.encode(value)


def content(rows: Iterable[Row], *, key: tuple[str, ...], sums: tuple[str, ...] = ()) -> Content:
    """Rows that fit in memory, put into the contract's order by ``key`` (code points)."""
    listed = sorted(rows, key=lambda row: tuple(str(row[name]) for name in key))
    encoded = [encode(row) for row in listed]
    totals = {name: total(row[name] for row in listed) for name in sums}
    return Content(len(encoded), totals, lambda start, stop: b",".join(encoded[start:stop]))


def total(values: Iterable[object]) -> int | Decimal:
    """Exact sum of the values that are there."""
    found: int | Decimal = 0
    for value in values:
        if isinstance(value, int | Decimal):
            found += value
    return found
