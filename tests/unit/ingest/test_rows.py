"""The fast way of rows equals the reference; columns are what the row types declare."""

from __future__ import annotations

import gc
import struct
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shared.datasets
from services.ingest.contract.rows import Block, as_sent, copy_columns, copy_rows, copy_types, leaves
from services.ingest.sources import SOURCES
from shared.canonical import canonical_bytes, leaf_hash
from shared.datasets.canonical_rows import canonical_values
from shared.datasets.declaration import Code, ContractRow, Count, Dataset, Instant, Kind, Money, Percent, Score, Text
from tests.unit.ingest.make import TASKS, page, reading, task

FIRST = datetime.fromisoformat("1900-01-01")
DATASETS = [dataset for source in SOURCES for dataset in source.datasets]
TYPES = {
    Kind.TEXT: Text,
    Kind.DATE: date,
    Kind.INSTANT: Instant,
    Kind.FLAG: bool,
    Kind.COUNT: Count,
    Kind.MONEY: Money,
    Kind.DECIMAL: Score,
}


def dataset_of(**types: Any) -> Dataset:
    fields = [("agency", Text), *((name, kind | None) for name, kind in types.items())]
    return Dataset("made", "made", msgspec.defstruct("Made", fields, bases=(ContractRow,), frozen=True))


ALL_KINDS = dataset_of(**{kind.value: TYPES[kind] for kind in Kind})
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
    assert [column.kind for column in ALL_KINDS.columns] == list(Kind)
    place = list(Kind).index(Kind.INSTANT)
    columns[place] = [None if at is None else at.astimezone(UTC) for at in columns[place]]  # type: ignore[attr-defined]
    fast = leaves(ALL_KINDS, Block(codes, rules, columns))  # type: ignore[arg-type]
    assert fast == [leaf_hash(canonical_bytes(canonical_values(ALL_KINDS, row))) for row in rows]


@given(st.dates(), st.datetimes(timezones=st.just(UTC)))
def test_days_and_instants_travel_as_postgresql_stores_them(day: date, at: datetime) -> None:
    dataset = dataset_of(day=date, at=Instant)
    ((ordinal, code, rule, days, microseconds),) = copy_rows(dataset, Block(["G06"], [None], [[day], [at]]), 7)
    assert (ordinal, code, rule) == (7, "G06", None)
    assert days == (day - date(2000, 1, 1)).days
    assert microseconds == (at - datetime(2000, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    struct.pack("!iq", days, microseconds)
    assert copy_types(dataset) == ["int4", "text", "text", "int4", "int8"]


class Payment(ContractRow, frozen=True):
    """A row of every sort of field, its body in the middle."""

    payment: Code
    paid_on: date
    agency: Text
    purpose: Text | None
    way: Literal["cash", "transfer"]
    ended: Literal["done", "failed"] | None
    seen_at: Instant | None
    amount: Money
    share: Percent
    rate: Score | None
    final: bool


def test_columns_are_the_fields_of_the_row_type_in_their_order() -> None:
    found = Dataset("payments", "payment", Payment, key=("payment",), sums=("amount",))
    assert [(column.name, column.kind.value, column.required) for column in found.columns] == [
        ("payment", "text", True),
        ("paid_on", "date", True),
        ("purpose", "text", False),
        ("way", "text", True),
        ("ended", "text", False),
        ("seen_at", "instant", False),
        ("amount", "money", True),
        ("share", "count", True),
        ("rate", "decimal", False),
        ("final", "flag", True),
    ]
    assert found.names == tuple(column.name for column in found.columns)
    assert found.numeric == ("amount", "share", "rate")
    assert copy_columns(found) == ["ordinal", "agency_code", "expanded_by", *found.names]
    for dataset in DATASETS:
        assert {*dataset.key} <= set(dataset.names), dataset.name
        assert {*dataset.sums} <= set(dataset.numeric), dataset.name


@pytest.mark.parametrize("declared", [float, bytes, list[str], str | int, None, Literal["a", 1], Annotated[float, "money"]])
def test_a_field_that_no_column_can_hold_is_no_column(declared: Any) -> None:
    row = msgspec.defstruct("Row", [("agency", str), ("figure", declared)], bases=(ContractRow,), frozen=True)
    with pytest.raises(TypeError, match="no column can hold figure"):
        _ = Dataset("one", "one", row).columns


def test_every_dataset_is_taken_from_one_source() -> None:
    assert sorted(each.name for each in DATASETS) == sorted(each.name for each in shared.datasets.DATASETS)


def test_a_page_is_turned_over_whole_whatever_its_size() -> None:
    for count in (0, 1, 255, 256, 257, 1000):
        rows = [task(number, agency=f"H{number % 50}", percent=number % 100) for number in range(count)]
        sent = as_sent(TASKS, rows)
        assert list(sent) == list(TASKS.row.__struct_fields__)
        assert all(list(values) == [getattr(row, name) for row in rows] for name, values in sent.items())


@pytest.mark.parametrize("spelling", ["H38", "Các địa phương"])
def test_a_page_gives_the_cycle_collector_nothing_to_walk(spelling: str) -> None:
    """What a page makes by the thousand are no containers, so collecting stays on while a month is loaded."""
    made = page(TASKS, [task(number, agency=spelling) for number in range(9_000)])
    taking, begun = reading(), []
    gc.collect()
    gc.callbacks.append(lambda phase, about: begun.append(about["generation"]) if phase == "start" else None)
    try:
        taking.accept(made)
    finally:
        gc.callbacks.pop()
    assert len(begun) <= 3, begun
