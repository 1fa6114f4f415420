"""What every source's rows have in common: datasets, their columns, and the canonical row a Merkle leaf covers.

A *dataset* is one kind of row a source serves. Its contract is a frozen msgspec Struct; its table in schema ``ingest``
has the same columns behind ``snapshot_pk``, ``ordinal``, ``agency_code`` and ``expanded_by``. The canonical row is the
JSON array of the stored values (RFC 8785 text; money and decimals as strings, because RFC 8785 has no integers above
2**53), so that anyone who holds the rows can recompute the snapshot's root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Money = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Score = Annotated[Decimal, msgspec.Meta()]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
# What a source says of its figures, for instance that they are demo data; U+0000 cannot be kept.
Notice = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One row of a source's contract. Every subclass has ``agency``: the body as the source spells it."""


class Kind(StrEnum):
    """How a column is stored and written into the canonical row."""

    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    FLAG = "flag"
    COUNT = "count"
    MONEY = "money"
    DECIMAL = "decimal"


NUMERIC = frozenset({Kind.COUNT, Kind.MONEY, Kind.DECIMAL})

RowFault = tuple[int, str, str, str]
"""Index of the row in its page, field, what was seen, what was expected."""


def no_row_faults(rows: Sequence[Any]) -> Iterator[RowFault]:
    """The rule of datasets whose types already say everything."""
    yield from ()


@dataclass(frozen=True)
class Dataset:
    """One kind of row: its name in the contract, its table in schema ``ingest``, row type, natural key, control sums.

    ``key`` names the columns that, beside the agency, identify a row within a snapshot. ``sums`` names the numeric
    columns whose totals the source states with the rows and that must reconcile (capability SNP-11). ``faults`` finds
    what the types alone cannot say.
    """

    name: str
    table: str
    row: type[Row]
    columns: tuple[tuple[str, Kind], ...]
    key: tuple[str, ...]
    sums: tuple[str, ...] = ()
    faults: Callable[[Sequence[Any]], Iterator[RowFault]] = no_row_faults

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)

    @property
    def numeric(self) -> tuple[str, ...]:
        return tuple(name for name, kind in self.columns if kind in NUMERIC)


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
        None if value is None else _CANON[kind](value) for value, (_, kind) in zip(rest, dataset.columns, strict=True)
    ]
