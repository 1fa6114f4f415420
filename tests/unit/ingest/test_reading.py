"""What is checked without the world: order, bodies, totals, coverage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.ingest.contract.aside import Misfit, RowFault, values_of
from services.ingest.contract.reading import Reading, contradictions, refuse_unmapped
from services.ingest.contract.source import ControlMismatch, RowsOutOfOrder, Summary, WrongAnswer
from shared.canonical import merkle_root
from shared.registry import Unmapped
from tests.unit.ingest.make import PERIOD, SYSTEM57, TASKS, page, reading, task


def test_pages_add_up_to_one_root_however_they_are_cut() -> None:
    rows = [task(number) for number in range(25)]
    roots = set()
    for size in (1, 4, 25):
        taking = reading()
        for start in range(0, 25, size):
            taking.accept(page(TASKS, rows[start : start + size], whole=rows))
        found = taking.finish()
        roots.add(found.root)
        assert (found.row_count, found.named) == (25, {"G06": 25})
    assert len(roots) == 1


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ([task(1)], [task(1)], "repeated row"),
        ([task(2)], [task(1)], "row out of order"),
        ([task(1), task(1)], [], "repeated row"),
        ([task(1, "H38"), task(1, "G06")], [], "row out of order"),
    ],
)
def test_a_repeated_or_misplaced_row_is_named(first: list[Any], second: list[Any], said: str) -> None:
    with pytest.raises(RowsOutOfOrder, match=said) as caught:
        accept(first, second)
    assert caught.value.faults[0].place == "task_assignments/rows/1"
    assert not set("()'") & set(f"{caught.value.detail}{caught.value.faults[0].expected}")


@pytest.mark.parametrize("cut", [1, 2])
def test_one_body_under_two_spellings_has_its_row_once(cut: int) -> None:
    rows = [task(1, "000.00.00.G06"), task(1, "Bộ Khoa học và Công nghệ"), task(2, "H38")]
    taking = reading()
    kept = [taking.accept(page(TASKS, rows[start : start + cut], whole=rows)) for start in range(0, 3, cut)]
    assert [code for block in kept for code in block.codes] == ["G06", "H38"]
    found = taking.finish()
    assert [(one.agency, one.place, one.faults[0].check) for one in found.aside] == [
        ("G06", "task_assignments/rows/1", "row_twice")
    ]
    assert (found.row_count, found.named) == (2, {"G06": 2, "H38": 1})


def test_a_body_beside_its_own_group_has_its_row_once() -> None:
    rows = [task(1, "Các địa phương"), task(1, "H38")]
    taking = reading()
    block = taking.accept(page(TASKS, rows))
    assert list(zip(block.codes, block.rules, strict=True)) == [("H38", "provinces"), ("H39", "provinces")]
    assert [(one.agency, one.place) for one in taking.finish().aside] == [("H38", "task_assignments/rows/1")]


def test_a_collective_becomes_one_row_a_body_marked_with_its_rule() -> None:
    rows = [task(1, "Các địa phương"), task(2, "G06")]
    taking = reading()
    block = taking.accept(page(TASKS, rows))
    assert list(zip(block.codes, block.rules, strict=True)) == [("H38", "provinces"), ("H39", "provinces"), ("G06", None)]
    assert list(block.columns[0]) == ["T0001", "T0001", "T0002"]
    found = taking.finish()
    assert (found.row_count, found.control.rows, found.named) == (3, 2, {"G06": 1})


def test_all_unknown_spellings_are_gathered() -> None:
    taking = reading()
    taking.accept(page(TASKS, [task(1, "Bộ Mưa"), task(2, "Bộ Nắng"), task(3)]))
    with pytest.raises(Unmapped) as caught:
        refuse_unmapped({"task_assignments": taking.unmapped})
    assert [(fault.place, fault.seen) for fault in caught.value.faults] == [
        ("task_assignments/rows/0/agency", "Bộ Mưa"),
        ("task_assignments/rows/1/agency", "Bộ Nắng"),
    ]
    assert caught.value.detail == (
        "task_assignments/rows/0/agency: unknown body, first on page 1; no scored body is known as 'Bộ Mưa', 'Bộ Nắng'"
    )


def test_text_is_stored_composed_and_null_characters_put_their_row_aside() -> None:
    block = reading().accept(page(TASKS, [task(1, title="Bô\u0323")]))
    assert block.columns[TASKS.names.index("title")] == ["B\u1ed9"]
    found = read([task(1, title="a\0b"), task(2, "H38", title="c")])
    assert [(one.agency, fault.field, fault.seen) for one in found.aside for fault in one.faults] == [
        ("G06", "title", "U+0000")
    ]
    assert found.aside[0].row is not None
    assert "\0" not in str(found.aside[0].row["title"])
    assert (found.row_count, found.control.rows) == (1, 2)


def test_a_classified_task_brings_no_text_and_none_is_kept_of_it() -> None:
    found = read([task(1, classified=True, late_reason="lý do"), task(2)])
    (aside,) = found.aside
    assert [(fault.field, fault.check) for fault in aside.faults] == [
        ("title", "classified_text"),
        ("late_reason", "classified_text"),
    ]
    assert aside.row is not None
    assert (aside.row["title"], aside.row["late_reason"], aside.row["task_id"]) == (None, None, "T0001")
    assert "lý do" not in aside.leaf().decode()
    assert read([task(1, classified=True, title=None)]).aside == ()


@pytest.mark.parametrize("classified", [True, None, "có"], ids=["classified", "silent", "unclear"])
def test_of_a_classified_row_that_does_not_fit_no_text_is_kept_or_shown_either(classified: object) -> None:
    """Its fault is elsewhere, or is the text itself: too long a title is quoted of other tasks."""
    values = {**values_of(task(2)), "percent": 150, "title": "bí mật", "late_reason": "lý do mật", "classified": classified}
    faults = (
        RowFault("percent", "value_out_of_bounds", "150", "at most 100"),
        RowFault("title", "value_out_of_bounds", "bí mật", "shorter"),
    )
    taking = reading()
    taking.accept(replace(page(TASKS, [task(1)]), misfits=[Misfit(1, values, faults)], numbers=[0]))
    (aside,) = taking.aside
    assert [(fault.field, fault.check) for fault in aside.faults] == [
        ("percent", "value_out_of_bounds"), ("title", "classified_text"), ("late_reason", "classified_text"),
    ]  # fmt: skip
    assert aside.row is not None
    assert (aside.row["title"], aside.row["late_reason"], aside.row["task_id"]) == (None, None, "T0002")
    assert "mật" not in aside.leaf().decode()


def test_what_does_not_fit_of_a_task_that_is_not_classified_is_kept_as_it_came() -> None:
    values = {**values_of(task(2)), "percent": 150, "title": "công khai", "classified": False}
    fault = RowFault("percent", "value_out_of_bounds", "150", "at most 100")
    taking = reading()
    taking.accept(replace(page(TASKS, [task(1)]), misfits=[Misfit(1, values, (fault,))], numbers=[0]))
    assert taking.aside[0].faults == (fault,)
    assert taking.aside[0].row is not None
    assert taking.aside[0].row["title"] == "công khai"


def test_totals_are_over_all_that_was_delivered() -> None:
    rows = [task(1, classified=True), task(2), task(3)]
    taking = reading()
    for row in rows:
        taking.accept(page(TASKS, [row], whole=rows))
    found = taking.finish()
    assert (found.row_count, found.control.rows, found.control.sums["percent"], found.named) == (2, 3, 120, {"G06": 3})


def test_the_rows_that_stay_have_the_root_they_have_alone() -> None:
    assert read([task(1, classified=True), task(2)]).root == read([task(2)]).root


def test_a_group_of_bodies_loses_its_impossible_row_body_by_body() -> None:
    found = read([task(1, "Các địa phương", classified=True), task(2)])
    assert [(one.agency, one.digest) for one in found.aside] == [(code, found.aside[0].digest) for code in ("H38", "H39")]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"period": "2026-02"}, "period"),
        ({"contract": "system57/2.0"}, "contract"),
        ({"dataset": "kpi_entries"}, "dataset"),
        ({"as_of": PERIOD.start}, "as_of"),
    ],
)
def test_an_answer_to_another_question_is_refused(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(WrongAnswer) as caught:
        reading().accept(page(TASKS, [task(1)], **changes))
    assert caught.value.faults[0].place == f"task_assignments/{place}"


def test_totals_that_change_between_pages_or_differ_at_the_end_are_refused() -> None:
    rows = [task(1), task(2)]
    taking = reading()
    taking.accept(page(TASKS, rows[:1], whole=rows))
    with pytest.raises(ControlMismatch, match="changed"):
        taking.accept(page(TASKS, rows[1:]))
    short = reading()
    short.accept(page(TASKS, rows[:1], whole=rows))
    with pytest.raises(ControlMismatch) as caught:
        short.finish()
    assert [(fault.place, fault.seen, fault.expected) for fault in caught.value.faults] == [
        ("task_assignments/control/rows", "1", "2"),
        ("task_assignments/control/sums/percent", "40", "80"),
    ]


def test_rows_of_a_body_are_as_many_as_the_source_states() -> None:
    summaries = {}
    stated = [
        SYSTEM57.dataset("coverage").row(agency="G06", task_assignments=2, kpi_entries=0),
        SYSTEM57.dataset("coverage").row(agency="H38", task_assignments=0, kpi_entries=0),
    ]
    for name, rows in (("coverage", stated), ("task_assignments", [task(1), task(2, "Các địa phương")]), ("kpi_entries", [])):
        taking = reading(SYSTEM57.dataset(name))
        taking.accept(page(SYSTEM57.dataset(name), rows))
        summaries[name] = taking.finish()
    assert [(one.dataset, one.agency, one.place, one.row) for one in contradictions(SYSTEM57, summaries)] == [
        ("task_assignments", "G06", "coverage/G06/task_assignments", None)
    ]
    (fault,) = contradictions(SYSTEM57, summaries)[0].faults
    assert (fault.check, fault.seen, fault.expected) == ("rows_stated", "1", "2")


def test_what_the_pages_say_of_their_figures_is_gathered_once_and_composed() -> None:
    rows = [task(number) for number in range(3)]
    taking = reading()
    notices = ("S\u1ed1 li\u1ec7u", None, "So\u0302\u0301 lie\u0323\u0302u")
    for row, said in zip(rows, notices, strict=True):
        taking.accept(page(TASKS, [row], whole=rows, notice=said))
    assert taking.finish().notices == {"S\u1ed1 li\u1ec7u"}


def test_no_rows_have_the_root_of_nothing() -> None:
    taking = reading()
    taking.accept(page(TASKS, []))
    assert taking.finish().root == merkle_root([])


def read(rows: list[Any]) -> Summary:
    taking: Reading = reading()
    taking.accept(page(TASKS, rows))
    return taking.finish()


def accept(*pages: list[Any]) -> None:
    taking = reading()
    for rows in pages:
        taking.accept(page(TASKS, rows, whole=[row for each in pages for row in each]))
