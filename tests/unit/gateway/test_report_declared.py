"""What a section states and what only stands in earlier reports are told apart. All figures are invented."""

from __future__ import annotations

from typing import Any

from services.gateway.pages.reports.declared import Onward, declared, earlier_rows, onward, standing_of
from services.gateway.pages.reports.signing import figures_of
from services.gateway.reports.form.form import FormSection, form_named

FORM = form_named("monthly-report/1")


def section(name: str) -> FormSection:
    return next(each for each in FORM.sections if each.name == name)


def task(code: str, title: str = "Tên minh họa") -> dict[str, Any]:
    row = {"task_code": code, "title": title, "registered_on": "2026-01-05"}
    return {**row, "accepted_on": None, "acceptance_document": None}


PREFILL: dict[str, Any] = {
    "report": {"form": FORM.id, "agency": "H38", "period": "2026-02"},
    "reported_databases": [{"database": "dat-dai", "database_name": "Đất đai", "period": "2026-01", "submission_id": "sub_1"}],
    "registered_tasks": [task("NV-01") | {"period": "2026-01"}, task("NV-02") | {"period": "2026-01"}],
}


def test_nothing_is_stated_by_what_is_known() -> None:
    for name in ("registered_tasks", "reported_databases", "narratives"):
        assert declared({}, section(name), PREFILL).rows is None
    offered = standing_of({}, section("registered_tasks"), PREFILL)
    assert (offered.stated, offered.offered) == (False, 2)
    assert "period" not in offered.rows[0], "only what the form has"
    databases = standing_of({}, section("reported_databases"), PREFILL)
    open_row = {"database": "dat-dai", "database_name": "Đất đai", "new_records": None, "client_ref": None}
    assert (databases.stated, databases.rows) == (False, [open_row]), "a figure is of its month"
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
    assert earlier_rows(section("narratives"), PREFILL) == {}


def test_a_database_is_never_said_to_be_as_before() -> None:
    row = {"database": "dat-dai", "database_name": "Đất đai", "new_records": 5}
    found = declared({"reported_databases": [row]}, section("reported_databases"), PREFILL)
    assert (found.rows, found.carried, found.changed, found.offered) == (1, None, None, 0)
    waiting = declared({}, section("reported_databases"), PREFILL)
    assert (waiting.rows, waiting.offered) == (None, 1)


def test_the_next_section_is_the_one_that_is_not_done() -> None:
    tasks, databases = section("registered_tasks"), section("reported_databases")
    assert onward(FORM, {}, [], "report") is None, "nothing is stated yet"
    some: dict[str, Any] = {"report": {}, "registered_tasks": []}
    assert onward(FORM, some, [], "report") == Onward(databases, done=False)
    whole: dict[str, Any] = {**some, "reported_databases": [], "narratives": []}
    assert onward(FORM, whole, [], "report") == Onward(None, done=True)
    fault = {"pointer": "/registered_tasks/0/title", "to_do": True}
    assert onward(FORM, whole, [fault], "narratives") == Onward(tasks, done=False), "from the beginning again"
    assert onward(FORM, whole, [fault], "registered_tasks") == Onward(None, done=False), "only this one is left"
    assert onward(FORM, whole, [fault | {"to_do": False}], "report") == Onward(None, done=True)
    assert onward(FORM, whole, [{"pointer": "", "to_do": True}], "report") == Onward(None, done=False)


def test_key_figures_say_nothing_of_what_is_not_stated() -> None:
    nothing = figures_of({}, "2026-01")
    assert (nothing.tasks, nothing.accepted, nothing.databases, nothing.records, nothing.public) == (None,) * 5
    rows = [task("NV-01") | {"accepted_on": "2026-01-20"}, task("NV-02") | {"accepted_on": "2025-12-31"}, task("NV-03")]
    databases = [{"database": "a", "new_records": 5}, {"database": "b", "new_records": None}]
    said = [{"section": "C1", "visibility": "public", "text": "x"}]
    found = figures_of({"registered_tasks": rows, "reported_databases": databases, "narratives": said}, "2026-01")
    assert (found.tasks, found.accepted, found.databases, found.records, found.unknown) == (3, 1, 2, 5, 1)
    assert (found.public, found.private) == (1, 0)
    none = figures_of({"reported_databases": [{"database": "b", "new_records": None}]}, "2026-01")
    assert none.records is None, "a missing figure is no 0"
    assert figures_of({"reported_databases": []}, "2026-01").records == 0, "stated: there are none"
