"""What a section states and what only stands in earlier reports are told apart. All figures are invented."""

from __future__ import annotations

from typing import Any

from services.gateway.pages.reports.declared import declared, earlier_rows, standing_of
from services.gateway.reports.form.form import FormSection, form_named

FORM = form_named("monthly-report/1")


def section(name: str) -> FormSection:
    return next(each for each in FORM.sections if each.name == name)


def task(code: str, title: str = "Tên minh họa") -> dict[str, Any]:
    row = {"task_code": code, "title": title, "registered_on": "2026-01-05"}
    return {**row, "accepted_on": None, "acceptance_document": None}


PREFILL: dict[str, Any] = {
    "report": {"form": FORM.id, "agency": "H38", "period": "2026-02"},
    "registered_tasks": [task("NV-01") | {"period": "2026-01"}, task("NV-02") | {"period": "2026-01"}],
}


def test_nothing_is_stated_by_what_is_known() -> None:
    for name in ("registered_tasks", "reported_databases", "narratives"):
        assert declared({}, section(name), PREFILL).rows is None
    offered = standing_of({}, section("registered_tasks"), PREFILL)
    assert (offered.stated, offered.offered) == (False, 2)
    assert "period" not in offered.rows[0], "only what the form has"
    assert standing_of({}, section("narratives"), PREFILL).offered == 0
    assert standing_of({}, section("report"), PREFILL).rows == [PREFILL["report"]]


def test_an_empty_list_is_a_statement() -> None:
    found = declared({"registered_tasks": []}, section("registered_tasks"), PREFILL)
    assert (found.rows, found.offered) == (0, 0)


def test_rows_carried_over_are_told_from_new_and_changed_ones() -> None:
    content = {"registered_tasks": [task("NV-01"), task("NV-02", "Tên khác"), task("NV-03")]}
    found = declared(content, section("registered_tasks"), PREFILL)
    assert (found.rows, found.carried, found.changed) == (3, 1, 1)
    unknown = declared(content, section("registered_tasks"), None)
    assert (unknown.rows, unknown.carried, unknown.changed) == (3, None, None)
    assert earlier_rows(section("reported_databases"), PREFILL) == {}
