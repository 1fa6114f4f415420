"""What changed, as the terminal says it, with the rows under each change."""

from __future__ import annotations

from typing import Any

import pytest

from services.cli.comparing import Compared, change_lines
from shared.errors import InputInvalid


def row(task: str, verdict: str, **fields: Any) -> dict[str, Any]:
    values = {"agency": "H38", "expanded_by": None, "task_id": task, **fields}
    return {"dataset": "task_assignments", "row": values, "masked": False, "verdict": verdict, "counts_in": []}


CHANGED: dict[str, Any] = {
    "snapshots": [
        {"dataset": "coverage", "from": "snap_1", "to": "snap_2"},
        {"dataset": "task_assignments", "from": "snap_1", "to": "snap_2"},
    ],
    "verdicts": {
        "open": {"vi": "chưa hoàn thành", "en": "not completed"},
        "on_time": {"vi": "hoàn thành đúng hạn", "en": "completed on time"},
    },
    "items": [
        {
            "dataset": "task_assignments",
            "change": "altered",
            "from": row("NV-1", "open"),
            "to": row("NV-1", "on_time"),
            "fields": [{"field": "completed_on", "from": None, "to": "2026-01-12"}],
        },
        {"dataset": "task_assignments", "change": "removed", "from": row("NV-2", "open"), "to": None, "fields": []},
    ],
}
INDICATOR: dict[str, Any] = {
    "code": "A1",
    "from": "12",
    "to": "13",
    "change": "1",
    "causes": {"own": "1", "pool": "0", "scheme": "0", "ruling": "0"},
    "row_changes": CHANGED,
}
DOCUMENT: dict[str, Any] = {
    "from": {"period": "2026-01", "version": 1, "run_id": "run_1"},
    "to": {"period": "2026-01", "version": None, "run_id": "run_2"},
    "moved": 1,
    "agencies": [
        {
            "agency": "H38",
            "moved": True,
            "total_exact": {"from": "54", "to": "55", "change": "1"},
            "causes": INDICATOR["causes"],
            "total": {"from": 54, "to": 55},
            "grade": {"from": "C", "to": "C"},
            "rank": {"from": 8, "to": 5},
            "indicators": [INDICATOR],
        }
    ],
}


def test_under_each_change_stand_its_rows_and_both_snapshots() -> None:
    assert list(change_lines(DOCUMENT)) == [
        "tháng 01/2026 phiên bản 1 → tháng 01/2026 lần chấm điểm run_2: 1 cơ quan có thay đổi",
        "H38  tổng 54 → 55 (+1,00), loại C, hạng 8 → 5 với 54,00 → 55,00 điểm: +1,00 do số liệu của chính cơ quan",
        "     A1  12,00 → 13,00 (+1,00): +1,00 do số liệu của chính cơ quan",
        "         task_assignments: snap_1 → snap_2",
        "           sửa NV-1: chưa hoàn thành → hoàn thành đúng hạn; completed_on – → 2026-01-12",
        "           bỏ NV-2: chưa hoàn thành → –",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"from_run": "run_1"},
        {"run": "run_2", "later": 1},
        {"run": "run_2", "earlier": 1},
        {"run": "run_2", "last": "2026-02"},
    ],
)
def test_sheets_are_asked_for_in_one_way(asked: dict[str, Any]) -> None:
    given = {"first": "2026-01", "last": "2026-01", "earlier": None, "later": None, "from_run": None, "run": None}
    Compared(**given).require_one_way()
    with pytest.raises(InputInvalid):
        Compared(**{**given, **asked}).require_one_way()
