"""What `bangdiem revision show` says of a body that a revision moves."""

from __future__ import annotations

from typing import Any

import pytest

from services.cli.revisions import moves

BEFORE = {"total": 54, "total_exact": "20339/375", "grade": "C", "rank": 3}


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({"total": 55, "total_exact": "55"}, ["tổng điểm 54 → 55"]),
        ({"rank": 2}, ["thứ hạng 3 → 2 với 54,24 → 54,24 điểm"]),
        ({"total": 49, "total_exact": "49.4", "grade": "D", "rank": 9},
         ["tổng điểm 54 → 49", "xếp loại C → D", "thứ hạng 3 → 9 với 54,24 → 49,40 điểm"]),
        ({"total_exact": "217/4"}, ["điểm chưa làm tròn 54,24 → 54,25"]),
    ],
)  # fmt: skip
def test_the_total_to_two_decimals_stands_wherever_a_rank_does(after: dict[str, Any], said: list[str]) -> None:
    assert moves({name: {"before": each, "after": after.get(name, each)} for name, each in BEFORE.items()}) == said
