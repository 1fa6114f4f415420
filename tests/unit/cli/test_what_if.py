"""What a body would have had, as the terminal says it."""

from __future__ import annotations

from typing import Any

import pytest

from services.cli.explaining import figures_of, what_if_lines
from shared.errors import InputInvalid

STILL = {
    "lost": [{"above": None, "up_to": "0.00", "agencies": 55}],
    "gained": [{"above": None, "up_to": "0.00", "agencies": 55}],
}
TOLD: dict[str, Any] = {
    "period": "2026-01",
    "version": 1,
    "agency": "H38",
    "total_exact": {"from": "5401/100", "to": "2711/50", "change": "21/100"},
    "total": {"from": 54, "to": 54},
    "grade": {"from": "C", "to": "C"},
    "rank": {"from": 8, "to": 5},
    "indicators": [
        {"code": "C1", "from": "1", "to": "1", "change": "0", "state": {"from": "scored", "to": "scored"}},
        {"code": "C2", "from": "979/100", "to": "10", "change": "21/100", "state": {"from": "scored", "to": "scored"}},
        {"code": "E2", "from": None, "to": "0", "change": "0", "state": {"from": "missing", "to": "scored"}},
    ],
    "newly_best": ["C2"],
    "others": {
        **STILL,
        "lost": [
            {"above": "5.00", "up_to": None, "agencies": 6},
            {"above": "0.00", "up_to": "2.00", "agencies": 40},
            {"above": None, "up_to": "0.00", "agencies": 9},
        ],
    },
}


def test_a_line_says_what_would_be_otherwise_and_the_rank_stands_beside_its_points() -> None:
    assert list(what_if_lines(TOLD)) == [
        "H38 · tháng 01/2026 · phiên bản 1 · giả định, không lưu",
        "tổng 54 (+0,21), loại C, hạng 8 → 5 với 54,01 → 54,22 điểm",
        "     C2  9,79 → 10,00 (+0,21)",
        "     E2  – → 0,00 (+0,00)",
        "Dẫn đầu C2: điểm của các cơ quan khác được tính lại.",
        "Cơ quan khác giảm: 6 cơ quan trên 5,00 điểm; 40 cơ quan trên 0,00 đến 2,00 điểm; 9 cơ quan 0,00 điểm",
    ]
    assert not any("Cơ quan khác" in line for line in what_if_lines({**TOLD, "others": STILL}))


def test_figures_are_named_once_each() -> None:
    assert figures_of(["on_time_tasks=15", "transparency=8.25"]) == {"on_time_tasks": "15", "transparency": "8.25"}
    for words in (["on_time_tasks"], ["on_time_tasks="], ["=15"], ["speeches=1", "speeches=2"]):
        with pytest.raises(InputInvalid) as refused:
            figures_of(words)
        assert [fault.place for fault in refused.value.faults] == [words[-1]]
