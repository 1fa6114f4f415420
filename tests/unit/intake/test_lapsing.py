"""APR-09: which change took an agreement back, by its place, with what stood there and what stands there now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from services.gateway.reports.form.form import form_named
from services.gateway.reports.form.report import SentReport, SentRow
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.rules.context import AutomaticFigure
from services.gateway.reports.rules.lapsing import (
    NAMED,
    Change,
    content_changed,
    earlier_changed,
    figures_changed,
    lapsed_at,
    reason_of,
)

FORM = form_named("monthly-report/1")
TASK = {"task_code": "NV-1", "title": "Nhiệm vụ minh họa", "registered_on": "2026-01-12"}
OTHER = {**TASK, "task_code": "NV-2"}
FIGURE = {"database": "CSDL/1", "database_name": "minh họa", "new_records": 5}


def sent(**sections: list[dict[str, Any]]) -> SentReport:
    return SentReport(JSON, {name: tuple(SentRow(row) for row in rows) for name, rows in sections.items()})


def counted(**figures: int | None) -> dict[str, AutomaticFigure]:
    return {name: AutomaticFigure(name, "minh họa", count, "snap_now") for name, count in figures.items()}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"registered_tasks": [TASK]}, {"registered_tasks": [TASK]}, []),
        ({"registered_tasks": [TASK, OTHER]}, {"registered_tasks": [OTHER, TASK]}, []),
        ({"reported_databases": [FIGURE]}, {"reported_databases": [{**FIGURE, "new_records": "5"}]}, []),
        ({"reported_databases": [FIGURE]}, {"reported_databases": [{**FIGURE, "new_records": 0}]},
         [("/reported_databases/CSDL~11/new_records", "5", "0")]),
        ({"registered_tasks": [TASK]}, {"registered_tasks": [{**TASK, "accepted_on": "2026-01-20"}]},
         [("/registered_tasks/NV-1/accepted_on", None, "2026-01-20")]),
        ({"registered_tasks": [TASK]}, {"registered_tasks": []}, [("/registered_tasks/NV-1", "có", None)]),
        ({}, {"registered_tasks": [TASK]}, [("/registered_tasks/NV-1", None, "có")]),
        ({"narratives": [{"section": "C1", "visibility": "private", "text": "riêng"}]},
         {"narratives": [{"section": "C1", "visibility": "private", "text": "khác"}]},
         [("/narratives/C1/private/text", None, None)]),
    ],
)  # fmt: skip
def test_every_changed_cell_is_named_and_nothing_else(
    before: Any, after: Any, found: list[tuple[str, str | None, str | None]]
) -> None:
    changes = content_changed(sent(**before), sent(**after), FORM)
    assert [(each.place, each.was, each.now) for each in changes] == found


def test_a_figure_that_comes_or_goes_is_not_zero() -> None:
    assert figures_changed(counted(a=1, b=None), counted(a=1, b=None)) == []
    found = [(each.place, each.was, each.now) for each in figures_changed(counted(a=1, b=0), counted(b=None, c=2))]
    assert found == [("a", "1", None), ("b", "0", None), ("c", None, "2")]


def test_the_same_report_under_another_number_is_no_change() -> None:
    one = {"period": "2026-01", "submission_id": "sub_1", "digest": "sha256:1"}
    assert earlier_changed([one], [{**one, "submission_id": "sub_2"}]) == []
    other = {**one, "submission_id": "sub_2", "digest": "sha256:2"}
    assert earlier_changed([one], [other]) == [Change("earlier_report", "2026-01", "sha256:1", "sha256:2", "sub_2")]
    assert earlier_changed([], [one])[0].was is None


def test_a_long_list_of_changes_is_counted() -> None:
    changes = [Change("content", f"/registered_tasks/NV-{number}", None, "có") for number in range(NAMED + 3)]
    assert reason_of(changes) == f"nội dung đã sửa ở phần registered_tasks ({NAMED + 3} thay đổi)"
    assert reason_of(changes[:1]) == "nội dung đã sửa ở phần registered_tasks"
    figures = [Change("figure", f"CSDL-{number}", "1", "2", "snap_1") for number in range(NAMED + 3)]
    assert reason_of(figures).endswith("số liệu tự động của CSDL-9 đã khác (snap_1); và 3 thay đổi khác")


def test_a_reason_quotes_no_cell_and_no_figure() -> None:
    """It is read outside the body; a row's own name was written by somebody too."""
    before = sent(reported_databases=[{**FIGURE, "new_records": 70_000}], registered_tasks=[TASK])
    secret = {**OTHER, "task_code": "NV-987654", "title": "Tên không được lộ"}
    after = sent(reported_databases=[{**FIGURE, "new_records": 987_654}], registered_tasks=[TASK, secret])
    changes = [*content_changed(before, after, FORM), *figures_changed(counted(a=31337), counted(a=42424))]
    reason = reason_of(changes)
    assert [each for each in ("70000", "987654", "Tên", "CSDL~1", "31337", "42424") if each in reason] == []
    assert all(place in reason for place in ("registered_tasks", "reported_databases", "số liệu tự động của a", "snap_now"))


def test_an_agreement_ends_with_the_first_cause() -> None:
    early, late = "2026-03-01T08:00:00+07:00", "2026-03-01T02:00:00+00:00"
    assert lapsed_at([{"at": late}, {"at": None}, {"at": early}, {}]) == datetime.fromisoformat(early)
    assert lapsed_at([{"at": None}]) is None
