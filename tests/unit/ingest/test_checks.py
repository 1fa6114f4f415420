"""Whether a fault is one body's or the payload's is data: every value of every field that does not fit, and the table of it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.ingest.contract.aside import plain
from services.ingest.contract.checks import BY_CODE, CHECKS, of_one_row
from services.ingest.contract.drift import check_of, classified_faults
from services.ingest.contract.names import in_vietnamese
from services.ingest.contract.reading import Reading
from services.ingest.contract.source import Page, SchemaDrift
from services.ingest.sources import SOURCES, source_named
from shared.measures import QUERIES
from tests.unit.ingest.make import PERIOD, WINDOW, registry

CONTRACTS = Path(__file__).parents[3] / "docs/contracts.md"
NDXP, PORTAL = source_named("ndxp"), source_named("public_service_portal")


def volume(**changes: Any) -> dict[str, Any]:
    """A row as NDXP sends it; None takes a field away."""
    row = {"agency": "G06", "source_system": "NDXP", "transactions": 5, "as_provider": None, "as_consumer": None, "failed": 0}
    return {**row, **changes}


def body(rows: list[dict[str, Any]], *, total: str) -> bytes:
    control = {"rows": len(rows), "sums": {"transactions": total}}
    head = {"contract": "ndxp/1.0", "dataset": "exchange_volumes", "period": str(PERIOD), "next_page": None, "control": control}
    return json.dumps(
        {**head, "as_of": WINDOW.as_of.isoformat(), "generated_at": WINDOW.as_of.isoformat(), "rows": rows}
    ).encode()


def parsed(*rows: dict[str, Any], total: str = "0") -> Page:
    assert NDXP.interface is not None
    return NDXP.interface.parse(NDXP.datasets[0], body(list(rows), total=total))


def test_the_table_of_the_manual_is_the_data() -> None:
    told = re.findall(r"^\| `([a-z_]+)` \| (payload|row) \| (.+) \|$", CONTRACTS.read_text("utf-8"), re.MULTILINE)
    assert told == [(check.code, check.concerns, check.finds) for check in CHECKS]


def test_every_check_a_dataset_names_is_one_of_the_table_and_one_bodys() -> None:
    named = {
        fault[2]
        for row in (18.01, -1)
        for source in SOURCES
        for dataset in source.datasets
        if dataset.name == "service_scores"
        for fault in dataset.faults([dataset.row("G06", "demo", *[Decimal(str(row))] * 7)])
    }
    assert named == {"portal_maximum"}
    assert all(of_one_row(code) for code in named)


def test_every_dataset_counts_for_a_measure_so_that_a_lost_row_is_never_passed_over() -> None:
    assert {dataset.name for source in SOURCES for dataset in source.datasets} == {
        name for query in QUERIES for name in query.datasets
    }


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"failed": -1}, "value_out_of_bounds"),
        ({"failed": 12.5}, "value_out_of_bounds"),
        ({"failed": 2**60}, "value_out_of_bounds"),
        ({"source_system": "x" * 201}, "value_out_of_bounds"),
        ({"source_system": ""}, "value_out_of_bounds"),
        ({"source_system": None}, "absent_value"),
        ({"failed": "7"}, "retyped_field"),
        ({"failed": True}, "retyped_field"),
        ({"failed": {}}, "retyped_field"),
        ({"source_system": 7}, "retyped_field"),
        ({"agency": ""}, "unknown_body"),
        ({"agency": None}, "unknown_body"),
        ({"surprise": 1}, "unknown_field"),
    ],
)
def test_a_value_that_does_not_fit_is_found_by_its_check(changes: dict[str, Any], check: str) -> None:
    (fault,) = classified_faults(NDXP.datasets[0].row, volume(**changes))
    assert (fault.check, fault.field) == (check, next(iter(changes)))
    good = volume(agency="H38")
    if of_one_row(check):
        page = parsed(volume(**changes), good)
        assert ([row.agency for row in page.rows], page.numbers) == (["H38"], [1])  # type: ignore[attr-defined]
        assert [(one.number, one.agency, one.faults) for one in page.misfits] == [(0, "G06", (fault,))]
    else:
        with pytest.raises(SchemaDrift):
            parsed(volume(**changes), good)


@pytest.mark.parametrize(
    ("dataset", "field", "value", "check"),
    [
        ("task_assignments", "percent", 101, "value_out_of_bounds"),
        ("task_assignments", "due_on", "2026-02-30", "value_out_of_bounds"),
        ("task_assignments", "due_on", 20260230, "retyped_field"),
        ("task_assignments", "reported_at", "2026-01-30T08:00:00", "value_out_of_bounds"),
        ("task_assignments", "classified", "yes", "retyped_field"),
        ("kpi_entries", "frequency", "weekly", "value_out_of_bounds"),
        ("initiatives", "points", 6, "value_out_of_bounds"),
        ("summonses", "evidence_digest", "md5:0", "value_out_of_bounds"),
        ("investments", "allocated_vnd", 2**63, "value_out_of_bounds"),
        ("service_scores", "ckmb", "mười", "retyped_field"),
        ("service_scores", "ckmb", [1], "retyped_field"),
    ],
)
def test_kinds_of_every_column(dataset: str, field: str, value: Any, check: str) -> None:
    row = next(each.row for source in SOURCES for each in source.datasets if each.name == dataset)
    kind = next(each.type for each in msgspec.structs.fields(row) if each.name == field)
    assert check_of(value, kind) == check


def test_one_fault_of_the_whole_payload_beside_one_of_a_row_stops_it_and_both_are_named() -> None:
    with pytest.raises(SchemaDrift) as caught:
        parsed(volume(failed=-1), volume(agency="H38", failed="7"))
    assert [fault.place for fault in caught.value.faults] == [
        "exchange_volumes/rows/0/failed",
        "exchange_volumes/rows/1/failed",
    ]


def test_a_row_that_does_not_fit_is_in_every_total_and_in_no_sum_of_ours() -> None:
    page = parsed(volume(failed=-1), volume(agency="H38", transactions=7), total="12")
    taking = Reading(NDXP.datasets[0], contract=NDXP.contract, window=WINDOW, registry=registry())
    assert taking.accept(page).codes == ["H38"]
    found = taking.finish()
    assert (found.row_count, found.control.rows, found.named) == (1, 2, {"G06": 1, "H38": 1})
    (aside,) = found.aside
    assert (aside.agency, aside.place) == ("G06", "exchange_volumes/rows/0")
    assert aside.row == volume(failed=-1)
    impossible = parsed(volume(transactions=-3), volume(agency="H38", transactions=7), total="4")
    taking = Reading(NDXP.datasets[0], contract=NDXP.contract, window=WINDOW, registry=registry())
    taking.accept(impossible)
    assert taking.finish().control.sums == {"transactions": Decimal(4)}


def test_exact_values_are_kept_as_text_where_json_has_none() -> None:
    assert plain({"a": [Decimal("20.50"), 2**60, -3, None, True]}) == {"a": ["20.50", str(2**60), -3, None, True]}
    assert plain(Decimal("1E+999999")) == "1E+999999"


def test_what_was_expected_has_its_vietnamese() -> None:
    assert in_vietnamese("0 to 18 points") == "từ 0 đến 18 điểm"
    assert in_vietnamese("a day of 2026-01") == "một ngày trong tháng 2026-01"
    assert in_vietnamese("int <= 100") == "int <= 100"
    assert len(BY_CODE) == len(CHECKS)
