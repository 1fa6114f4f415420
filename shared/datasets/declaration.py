"""How a source's rows are declared, once: contract, table, order of COPY and canonical row follow from the declaration.

A *dataset* is one kind of row a source serves. Its rows are a frozen msgspec Struct whose fields, in their order, are the
columns; its table in schema ``ingest`` has the same behind ``snapshot_pk``, ``ordinal``, ``agency_code`` and ``expanded_by``.
Pure: shared.tables.records makes the tables by it, services.ingest reads, hashes and copies by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec


class Kind(StrEnum):
    """How a column is stored and written into the canonical row."""

    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    FLAG = "flag"
    COUNT = "count"
    MONEY = "money"
    DECIMAL = "decimal"


Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
# Beyond what a JSON number holds exactly: text in the canonical row.
Money = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1), Kind.MONEY]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Score = Annotated[Decimal, msgspec.Meta()]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]

NUMERIC = frozenset({Kind.COUNT, Kind.MONEY, Kind.DECIMAL})
# Of a field whose annotation names no kind.
_KINDS: dict[type, Kind] = {
    str: Kind.TEXT,
    date: Kind.DATE,
    datetime: Kind.INSTANT,
    bool: Kind.FLAG,
    int: Kind.COUNT,
    Decimal: Kind.DECIMAL,
}

RowFault = tuple[int, str, str, str, str]
"""Number of the row on its page, field, the check that finds it (services.ingest.contract.checks), what was seen, expected."""


class ContractRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One row of a source's contract. Every subclass has ``agency``: the body as the source spells it, stored as its code."""


@dataclass(frozen=True)
class ContractColumn:
    """One column of a dataset as its row type declares it; ``required``: null is refused."""

    name: str
    kind: Kind
    required: bool


def no_row_faults(rows: Sequence[Any]) -> Iterator[RowFault]:
    """The rule of datasets whose types already say everything."""
    yield from ()


@dataclass(frozen=True)
class Dataset:
    """One kind of row: its name in the contract, its table in schema ``ingest``, row type, natural key, control sums.

    ``key`` names the columns that, beside the agency, identify a row within a snapshot. ``sums`` names the numeric
    columns whose totals the source states with the rows and that must reconcile (capability SNP-11). ``faults`` finds
    what the types alone cannot say; days in ``in_month`` lie in the month the rows are of; text in ``withheld`` is not kept of
    a row that is classified (A-15), and of such a row only the columns in ``status`` are shown to anybody.
    """

    name: str
    table: str
    row: type[ContractRow]
    key: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    faults: Callable[[Sequence[Any]], Iterator[RowFault]] = no_row_faults
    withheld: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    in_month: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[ContractColumn, ...]:
        """In the order of the row's fields. Raises TypeError for a field of a type that no column can hold."""
        types = get_type_hints(self.row, include_extras=True)
        return tuple(_column(name, types[name]) for name in self.row.__struct_fields__ if name != "agency")

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def numeric(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.kind in NUMERIC)


def _column(name: str, declared: Any) -> ContractColumn:
    choices = get_args(declared) if get_origin(declared) in (Union, UnionType) else (declared,)
    kinds = [_kind(choice) for choice in choices if choice is not NoneType]
    if len(kinds) != 1 or (kind := kinds[0]) is None:
        raise TypeError(f"no column can hold {name}: {declared}")
    return ContractColumn(name, kind, required=NoneType not in choices)


def _kind(declared: Any) -> Kind | None:
    if get_origin(declared) is Literal:
        return Kind.TEXT if all(isinstance(value, str) for value in get_args(declared)) else None
    plain, *said = get_args(declared) if get_origin(declared) is Annotated else (declared,)
    return next((each for each in said if isinstance(each, Kind)), _KINDS.get(plain))
