"""Why a body got its points, as the terminal says it."""

from __future__ import annotations

from typing import Any

from services.cli.explaining import explanation_lines

REASONS = ("at_maximum", "no_events", "not_own", "unknown")


def advice(by: str | None, reason: str | None, reach: str | None, sentence: str) -> dict[str, Any]:
    return {"by": by, "reason": reason, "reach": reach, "sentence": {"vi": sentence}}


def told(**raised: dict[str, Any]) -> list[str]:
    sentences = {code: {"vi": f"{code} được tính."} for code in (*raised, "total")}
    document = {"agency": "H38", "period": "2026-01", "version": 1, "sentences": sentences, "raise": raised}
    return list(explanation_lines(document))


def test_below_a_sentence_stands_what_one_more_point_takes_and_the_most_that_can_be_had() -> None:
    assert told(
        A1=advice("2", None, "57/4", "Thêm 2 nhiệm vụ của kỳ hoàn thành đúng hạn."),
        A2=advice(None, "less_than_one", "3/2", "Không thể thêm 1 điểm: chỉ còn 0,38 điểm đến mức tối đa."),
    ) == [
        "H38 · tháng 01/2026 · phiên bản 1",
        "   A1  A1 được tính.",
        "       Để thêm 1 điểm: Thêm 2 nhiệm vụ của kỳ hoàn thành đúng hạn. Nhiều nhất có thể đạt 14,25 điểm.",
        "   A2  A2 được tính.",
        "       Không thể thêm 1 điểm: chỉ còn 0,38 điểm đến mức tối đa. Nhiều nhất có thể đạt 1,50 điểm.",
        "total được tính.",
    ]


def test_nothing_stands_there_where_the_body_can_do_nothing() -> None:
    raised = {f"A{at}": advice(None, reason, "2", "Đã đạt mức tối đa.") for at, reason in enumerate(REASONS)}
    assert len(told(**raised)) == len(REASONS) + 2
