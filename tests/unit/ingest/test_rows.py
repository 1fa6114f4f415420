"""The fast way of rows equals the reference, and the tables have the contracts' columns."""

from __future__ import annotations

import struct
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.records import Dataset, Kind, canonical_values
from services.ingest.rows import Block, copy_rows, copy_types, leaves
from services.ingest.sources import SOURCES
from shared.canonical import canonical_bytes, leaf_hash
from shared.tables import metadata

FIRST = datetime.fromisoformat("1900-01-01")
DATASETS = [dataset for source in SOURCES for dataset in source.datasets]
ALL_KINDS = Dataset("all", "all", DATASETS[0].row, tuple((kind.value, kind) for kind in Kind), key=("text",))
VALUES = {
    Kind.TEXT: st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    Kind.DATE: st.dates(min_value=date(1900, 1, 1)),
    Kind.INSTANT: st.datetimes(min_value=FIRST, timezones=st.timezones()).filter(lambda at: at.fold == 0),
    Kind.FLAG: st.booleans(),
    Kind.COUNT: st.integers(0, 2**53 - 1),
    Kind.MONEY: st.integers(0, 2**63 - 1),
    Kind.DECIMAL: st.decimals(0, 100, places=3) | st.just(Decimal("1E+2")),
}
ROW = st.tuples(st.sampled_from(["G06", "H38"]), st.none() | st.just("all-1"), *(st.none() | VALUES[kind] for kind in Kind))


@given(st.lists(ROW, min_size=1, max_size=5))
def test_leaves_are_hashes_of_the_canonical_rows(rows: list[tuple[object, ...]]) -> None:
    codes, rules, *columns = (list(column) for column in zip(*rows, strict=True))
    place = [kind for _, kind in ALL_KINDS.columns].index(Kind.INSTANT)
    columns[place] = [None if at is None else at.astimezone(UTC) for at in columns[place]]  # type: ignore[attr-defined]
    fast = leaves(ALL_KINDS, Block(codes, rules, columns))  # type: ignore[arg-type]
    assert fast == [leaf_hash(canonical_bytes(canonical_values(ALL_KINDS, row))) for row in rows]


@given(st.dates(), st.datetimes(timezones=st.just(UTC)))
def test_days_and_instants_travel_as_postgresql_stores_them(day: date, at: datetime) -> None:
    dataset = Dataset("two", "two", DATASETS[0].row, (("day", Kind.DATE), ("at", Kind.INSTANT)), key=())
    ((ordinal, code, rule, days, microseconds),) = copy_rows(dataset, Block(["G06"], [None], [[day], [at]]), 7)
    assert (ordinal, code, rule) == (7, "G06", None)
    assert days == (day - date(2000, 1, 1)).days
    assert microseconds == (at - datetime(2000, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    struct.pack("!iq", days, microseconds)
    assert copy_types(dataset) == ["int4", "text", "text", "int4", "int8"]


def test_tables_have_the_contracts_columns_in_order() -> None:
    for dataset in DATASETS:
        table = metadata.tables[f"ingest.{dataset.table}"]
        assert [column.name for column in table.columns] == [
            "snapshot_pk",
            "ordinal",
            "agency_code",
            "expanded_by",
            *dataset.names,
        ], dataset.name
        fields = {field.name for field in msgspec.structs.fields(dataset.row)}
        assert fields == {"agency", *dataset.names}, dataset.name
        assert {*dataset.key, *dataset.sums} <= set(dataset.names), dataset.name
