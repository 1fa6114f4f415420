"""With what a unit's section begins: rows as they were said last, never a figure of another month. All figures are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from services.gateway.pages.units.section_cells import begun, form_rows
from services.gateway.reports.form.form import form_named
from services.gateway.reports.rules.context import AutomaticFigure, EarlierDatabase, EarlierTask
from services.gateway.units.known_rows import KnownFigure, databases_known, figures_known, tasks_known
from services.gateway.units.plans import indicators_of
from services.gateway.units.store.records import FormerSection
from shared.law.scheme import scheme_for
from shared.period import Period

FORM = form_named("monthly-report/1")
TASKS, DATABASES = FORM.section("registered_tasks"), FORM.section("reported_databases")


def former(period: str, *rows: dict[str, Any]) -> FormerSection:
    return FormerSection(section_id="sec_1", period=period, version=2, content={"rows": list(rows)})


def said(code: str, title: str = "Tên của đơn vị", accepted: str | None = None) -> dict[str, Any]:
    return {"task_code": code, "title": title, "registered_on": "2026-01-05", "accepted_on": accepted,
            "acceptance_document": None, "client_ref": "7"}  # fmt: skip


def reported(code: str, period: str, title: str = "Tên trong báo cáo") -> EarlierTask:
    return EarlierTask(code, title, date(2026, 1, 5), date(2026, 1, 20), period, "sub_1", "5/BB (minh họa)")


def test_nothing_is_known_of_a_body_that_never_said_anything() -> None:
    assert tasks_known(TASKS, None, ()) == []
    assert databases_known(DATABASES, None, (), {}) == []
    empty = FormerSection(section_id="s", period="2026-01", version=1, content={"rows": None})
    assert databases_known(DATABASES, empty, (), {}) == []
    assert figures_known("D2", None) == figures_known("D2", empty) == []


def test_a_task_stands_as_it_was_said_last_with_where() -> None:
    section = former("2026-02", said("NV-02"), said("NV-03"))
    found = tasks_known(
        TASKS, section, [reported("NV-01", "2026-01"), reported("NV-02", "2026-01"), reported("NV-03", "2026-02")]
    )
    assert [(row.row["task_code"], row.source, row.period, row.origin) for row in found] == [
        ("NV-01", "agency_report", "2026-01", "sub_1"),
        ("NV-02", "unit_section", "2026-02", "sec_1"),
        ("NV-03", "agency_report", "2026-02", "sub_1"),
    ]
    assert found[0].row == {
        "task_code": "NV-01", "title": "Tên trong báo cáo", "registered_on": "2026-01-05", "accepted_on": "2026-01-20",
        "acceptance_document": "5/BB (minh họa)",
    }  # fmt: skip
    assert "client_ref" not in found[1].row


def test_a_database_comes_without_its_figure_and_one_that_is_counted_does_not_come() -> None:
    rows = ({"database": "a", "database_name": "A", "new_records": 12},
            {"database": "b", "database_name": "B", "new_records": 5},
            {"database": 7, "database_name": "no key", "new_records": 5})  # fmt: skip
    counted = {"b": AutomaticFigure("b", "B", 5, "snap_1")}
    (only,) = databases_known(DATABASES, former("2026-01", *rows), (), counted)
    assert only.row == {"database": "a", "database_name": "A"}, "a figure is of its month"


def test_a_database_of_the_bodys_report_comes_too_as_it_was_called_last() -> None:
    section = former("2026-02", {"database": "a", "database_name": "A", "new_records": 1})
    reported = [EarlierDatabase("a", "A cũ", "2026-01", "sub_1"), EarlierDatabase("c", "C", "2026-01", "sub_1")]
    found = databases_known(DATABASES, section, reported, {})
    assert [(each.row["database_name"], each.source, each.origin) for each in found] == [
        ("A", "unit_section", "sec_1"), ("C", "agency_report", "sub_1"),
    ]  # fmt: skip


def test_of_figures_the_years_own_come_alone() -> None:
    content = {"figures": {"disbursed_vnd": "70", "allocated_vnd": "100"}, "note": "minh họa"}
    section = FormerSection(section_id="sec_1", period="2026-01", version=1, content=content)
    assert figures_known("D2", section) == [KnownFigure("allocated_vnd", "100", "2026-01", "sec_1")]
    unknown = replace(section, content={"figures": {"disbursed_vnd": "70", "allocated_vnd": None}})
    assert figures_known("D2", unknown) == [], "what was not known then is not known now"


def test_every_indicator_begins_with_what_carries_over_and_nothing_else() -> None:
    """Rows of what the report feeds; of all others only figures that the law measures over the whole year."""
    scheme = scheme_for(Period.parse("2026-01"))
    section = FormerSection(
        section_id="sec_1", period="2026-01", version=1, content={"figures": dict.fromkeys(scheme.measures, "1")}
    )
    carried = {code: [each.measure for each in figures_known(code, section)] for code in indicators_of(scheme)}
    assert {code: names for code, names in carried.items() if names} == {"D2": ["allocated_vnd"]}
    assert all(set(names) <= set(scheme.indicators[code].formula.measures) for code, names in carried.items())
    assert "cả năm" in scheme.measures["allocated_vnd"].label.vi


def test_the_form_shows_where_a_row_comes_from_also_after_it_was_changed() -> None:
    known = [{"row": {"task_code": "NV-01", "title": "Tên"}, "source": "unit_section", "period": "2026-01", "origin": "sec_1"}]
    first = form_rows(TASKS, begun(known), [], language="vi", known=known)
    assert [(row.held, row.known) for row in first] == [(True, known[0]), (False, None)]
    other = begun([{**known[0], "row": {"task_code": "NV-09"}}])
    assert form_rows(TASKS, other, [], language="vi", known=known)[0].known is None
