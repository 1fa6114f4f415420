"""A million rows computed, not stored: random access, control totals, flat memory."""

from __future__ import annotations

import itertools
import tracemalloc
from collections import Counter

import msgspec
import pytest

from deploy.sandbox.months import FIRST
from deploy.sandbox.system57.entries import coverage
from deploy.sandbox.system57.state import rows
from deploy.sandbox.system57.tasks import Tasks, tasks

SEED = 4585
TOTAL = 16_000


def stream(total: int | None = TOTAL) -> Tasks:
    return tasks(SEED, FIRST, FIRST.freeze, total)


def decoded(found: Tasks, start: int, stop: int) -> list[dict[str, object]]:
    return msgspec.json.decode(b"[" + found.cut(start, stop) + b"]", type=list[dict[str, object]])


@pytest.mark.parametrize("size", [1, 7, 999, 5000])
def test_pages_of_any_size_join_to_the_same_rows(size: int) -> None:
    found = stream()
    whole = found.cut(0, TOTAL)
    if size < 100:
        start, stop = 3_440, 3_480  # across the seam of two shards
        assert b",".join(found.cut(at, min(at + size, stop)) for at in range(start, stop, size)) == found.cut(start, stop)
    else:
        assert b",".join(found.cut(at, at + size) for at in range(0, TOTAL, size)) == whole


def test_control_totals_are_those_of_the_rows() -> None:
    found = stream()
    listed = decoded(found, 0, TOTAL)
    assert len(listed) == TOTAL
    assert found.content.control == {"rows": TOTAL, "sums": {"percent": str(sum(row["percent"] for row in listed))}}  # type: ignore[misc]


@pytest.mark.parametrize("total", [None, 1, 100, TOTAL])
def test_rows_ascend_and_are_as_many_as_asked_for(total: int | None) -> None:
    found = stream(total)
    keys = [(row["task_id"], row["agency"]) for row in decoded(found, 0, found.total)]
    assert len(keys) == (total or found.total)
    assert all(one < two for one, two in itertools.pairwise(keys))


def test_the_natural_number_is_a_few_thousand() -> None:
    assert 2_000 < stream(None).total < 8_000


def test_coverage_counts_the_rows_that_name_each_body() -> None:
    named: Counter[str] = Counter()
    left = TOTAL
    number = 0
    while left > 0:
        for one, _ in list(rows(SEED, number % 4, FIRST, FIRST.freeze))[:left]:
            named.update([one.code] if one.code else [])
            left -= 1
        number += 1
    assert stream().per_body() == named
    stated = coverage(SEED, FIRST, FIRST.freeze, TOTAL)
    assert stated.rows == 56
    assert stated.sums["task_assignments"] == named.total() < TOTAL


def test_memory_stays_flat_over_200_000_rows() -> None:
    found = stream(200_000)
    found.cut(0, 5_000)
    tracemalloc.start()
    try:
        seen = 0
        for start in range(0, 200_000, 5_000):
            seen += found.cut(start, start + 5_000).count(b'{"task_id":')
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seen == 200_000
    assert peak < 40 * 2**20, "a few pages at most, never the whole stream"


def test_a_page_far_inside_is_cut_out_directly() -> None:
    found = tasks(SEED, FIRST, FIRST.freeze, 1_000_000_000)
    (row,) = decoded(found, 999_999_998, 999_999_999)
    assert str(row["task_id"]).startswith("NV57-")
    assert found.content.control["rows"] == 1_000_000_000
