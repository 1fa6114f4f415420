"""Rows put aside: what one body's impossible row was, in which place it stood, and what was wrong with it.

They are no rows of the snapshot and never counted; what they would have counted for is missing of that body (missing is never
zero). Number and root stand in the manifest, the rows are kept as delivered for those who have to settle the matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from services.ingest.contract.checks import BY_CODE
from shared.canonical import canonical_bytes, merkle_root, sha256_hex
from shared.datasets.canonical_rows import decimal_text, instant_text
from shared.datasets.declaration import ContractRow

# Whole numbers beyond it are text: RFC 8785 has none.
_EXACT_LIMIT = 2**53
# Digits a value is written out with; a number of more is kept with its exponent.
_WRITTEN_OUT = 60
_SHOWN_NULL = "\N{SYMBOL FOR NULL}"


@dataclass(frozen=True)
class RowFault:
    """What is wrong with one field: which check found it, the value as it may be shown, and what would be right."""

    field: str
    check: str
    seen: str
    expected: str


@dataclass(frozen=True)
class Misfit:
    """A delivered row that has no place among the typed ones. ``number`` is its place among all rows of its page, ``values``
    its fields by the contract's names."""

    number: int
    values: Mapping[str, Any]
    faults: tuple[RowFault, ...]

    @property
    def agency(self) -> str:
        return str(self.values["agency"])


@dataclass(frozen=True)
class RowPutAside:
    """One body's row of a dataset. ``row`` and ``digest`` are None where no single row is at fault but how many there are."""

    dataset: str
    agency: str
    place: str
    faults: tuple[RowFault, ...]
    row: Mapping[str, Any] | None = None
    digest: str | None = None

    def leaf(self) -> bytes:
        """The canonical bytes the root is made over."""
        names = ("dataset", "agency", "place", "digest")
        return canonical_bytes(
            {**{name: getattr(self, name) for name in names}, "faults": [asdict(fault) for fault in self.faults]}
        )


def put_aside(dataset: str, agency: str, place: str, *, values: Mapping[str, Any], faults: Sequence[RowFault]) -> RowPutAside:
    """A body's row with what is wrong with it; values that must not be kept are left out of it."""
    withheld = {fault.field for fault in faults if BY_CODE[fault.check].withhold}
    row = {name: None if name in withheld else plain(value) for name, value in values.items()}
    return RowPutAside(dataset, agency, place, tuple(faults), row, sha256_hex(canonical_bytes(row)))


def values_of(row: ContractRow) -> dict[str, Any]:
    """A typed row's fields by name."""
    return msgspec.structs.asdict(row)


def plain(value: Any) -> Any:
    """A delivered value as it goes into canonical JSON: exact numbers as text where JSON has none."""
    if isinstance(value, Decimal):
        return decimal_text(value) if abs(value.adjusted()) <= _WRITTEN_OUT else str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT_LIMIT:
        return str(value)
    if isinstance(value, str):
        # A document of the database holds no U+0000; the bytes as received lie in the archive.
        return value.replace("\0", _SHOWN_NULL)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def root_of(found: Iterable[RowPutAside]) -> str:
    """RFC 6962 root over what was put aside, in the order it was found."""
    return f"sha256:{merkle_root([each.leaf() for each in found]).hex()}"
