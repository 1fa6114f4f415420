"""APR-09: which change took an agreement back, by its place, with what stood there and what stands there now."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.intake.context import AutomaticFigure
from services.gateway.intake.form import form_named
from services.gateway.intake.lapsing import NAMED, Change, content_changed, earlier_changed, figures_changed, reason_of
from services.gateway.intake.media_types import JSON
from services.gateway.intake.report import SentReport, SentRow

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
    assert reason_of(changes).endswith("và 3 thay đổi khác")
    assert reason_of(changes[:1]) == "nội dung đã sửa ở /registered_tasks/NV-0: từ chưa có thành có"
