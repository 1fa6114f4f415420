"""A report's cells as they are typed: what is read is what was meant, and what cannot be read stays as it was typed."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.gateway.pages.reports.cells import (
    cell_of,
    identity_of,
    ordinal_of,
    pointer_of,
    row_of,
    rows_of,
    shown_cells,
    typed_of,
    with_row,
)
from services.gateway.pages.reports.found import below, path_of, place_words, written_days
from services.gateway.reports.form.form import form_for
from services.gateway.reports.form.report import Sent

FORM = form_for("2026-01")
TASKS, DATABASES, REPORT = (FORM.section(name) for name in ("registered_tasks", "reported_databases", "report"))
DAY, COUNT, CODE = TASKS.field("registered_on"), DATABASES.field("new_records"), TASKS.field("task_code")


@given(some.dates(min_value=date(1000, 1, 1)))
def test_a_day_is_typed_as_vietnam_writes_it(day: date) -> None:
    assert cell_of(DAY, day.strftime("%d/%m/%Y")) == day.isoformat() == cell_of(DAY, day.isoformat())
    assert typed_of(DAY, day.isoformat()) == day.strftime("%d/%m/%Y")


@pytest.mark.parametrize("typed", ["31/02/2026", "2026-02-31", "tháng một", "05/01/26", "20260105"])
def test_what_is_no_day_stays_as_it_was_typed(typed: str) -> None:
    assert cell_of(DAY, typed) == typed
    assert typed_of(DAY, typed) == typed


@pytest.mark.parametrize(
    ("typed", "cell"), [("", None), ("0", 0), ("1250", 1250), ("1.250", "1.250"), ("-1", "-1"), ("một", "một"), ("١٢", "١٢")]
)
def test_a_count_is_digits_and_nothing_is_not_zero(typed: str, cell: Sent) -> None:
    assert cell_of(COUNT, typed) == cell


def test_codes_keep_their_leading_zeros() -> None:
    assert cell_of(CODE, "007") == "007"
    assert typed_of(CODE, 7) == "7"


@given(some.text(alphabet=string.ascii_letters + "ăđ/-.0123456789", max_size=12))
def test_saving_a_row_again_changes_nothing(typed: str) -> None:
    for field in (DAY, COUNT, CODE):
        once = cell_of(field, typed)
        assert cell_of(field, typed_of(field, once)) == once


def test_a_row_is_changed_alone() -> None:
    rows: list[dict[str, Sent]] = [{"task_code": "a", "strange": "x"}, {"task_code": "b"}]
    assert with_row(rows, 0, {"title": "t"}) == [{"task_code": "a", "strange": "x", "title": "t"}, {"task_code": "b"}]
    assert with_row(rows, None, {"task_code": "c"}) == [*rows, {"task_code": "c"}]
    assert with_row(rows, 7, {"task_code": "c"}) == [*rows, {"task_code": "c"}], "a row removed meanwhile is not lost"
    assert rows[0] == {"task_code": "a", "strange": "x"}


def test_a_row_is_found_by_its_key() -> None:
    rows: list[dict[str, Sent]] = [{"task_code": "a"}, {"task_code": "b"}]
    assert ordinal_of(TASKS, rows, identity_of(TASKS, rows[1])) == 1
    assert ordinal_of(TASKS, rows, "c") is None


def test_sections_that_were_not_sent_have_no_rows() -> None:
    assert rows_of({}, TASKS) == []
    assert rows_of({"report": {"document": "1"}}, REPORT) == [{"document": "1"}]


def test_the_fields_of_a_form_become_cells() -> None:
    row = row_of(TASKS, {"cell.task_code": "1", "cell.registered_on": "05/01/2026", "csrf": "x"})
    assert row == {
        "task_code": "1", "title": None, "registered_on": "2026-01-05", "accepted_on": None, "acceptance_document": None,
        "client_ref": None,
    }  # fmt: skip


def test_a_choice_that_is_none_is_still_shown() -> None:
    about = next(each for each in FORM.section("narratives").fields if each.name == "section")
    cells = shown_cells(FORM.section("narratives"), {"section": "Z9"}, ordinal=0, findings=[], language="en")
    (shown,) = [each for each in cells if each.name == f"cell.{about.name}"]
    assert ("Z9", "Z9") in shown.options
    assert ("general", "General") in shown.options


def test_findings_lead_to_their_fields() -> None:
    assert path_of("/registered_tasks/3/title") == "/content/registered_tasks/rows/3#f-registered_tasks-3-title"
    assert path_of("/registered_tasks/3") == "/content/registered_tasks/rows/3"
    assert path_of("/registered_tasks") == "/content/registered_tasks"
    assert path_of("/report/document") == "/content/report#f-report-document"
    assert path_of("") is None
    assert place_words(FORM, "/registered_tasks/3/title", "vi") == "Nhiệm vụ, dòng 4, Tên nhiệm vụ"
    assert place_words(FORM, "/report/document", "en") == "Report, Document of the report"
    assert place_words(FORM, "/elsewhere", "vi") is None
    found = [{"pointer": "/registered_tasks/1/title"}, {"pointer": "/registered_tasks/10"}]
    assert below(found, pointer_of(TASKS, 1)) == found[:1]


def test_days_in_words_are_written_as_vietnam_does() -> None:
    assert (
        written_days("từ 2026-01-05, không phải 2026-02-31 hay NV-2026-01-05")
        == "từ 05/01/2026, không phải 2026-02-31 hay NV-2026-01-05"
    )
    assert written_days(None) is None


def test_a_row_without_a_key_has_no_identity() -> None:
    narratives = next(each for each in FORM.sections if each.name == "narratives")
    assert identity_of(narratives, {}) == ""
    assert identity_of(narratives, {"section": "C1", "visibility": None}) == "C1/"
