"""What a page tells to do about a finding is what can be done at that page."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.pages.reports.found_words import worded
from services.gateway.reports.form.form import form_for

FORM = form_for("2026-01")


def told(rule: str, pointer: str, seen: str | None = None, **others: Any) -> dict[str, Any]:
    finding = {"rule": rule, "pointer": pointer, "seen": seen, "expected": "Như hướng dẫn.", "expected_en": "As told."}
    return worded(FORM, {**finding, "hint_vi": "theo quy tắc", "hint_en": "by the rule", **others})


@pytest.mark.parametrize(
    ("rule", "pointer", "seen", "words"),
    [
        ("section-missing", "/narratives", None, "Khai: không có dòng nào"),
        ("section-missing", "/report", None, "nhấn Lưu"),
        ("cell-type", "/registered_tasks/0/registered_on", "31/02/2026", "ngày/tháng/năm"),
        ("cell-too-long", "/narratives/0/text", "a…", "tài liệu minh chứng"),
        ("cell-pattern", "/registered_tasks/0/title", "một\nhai", "xuống dòng"),
        ("cell-pattern", "/registered_tasks/0/title", "một\x07hai", "không nhìn thấy"),
        ("cell-pattern", "/registered_tasks/0/task_code", "N\u200bV", "không nhìn thấy"),
    ],
)
def test_words_for_a_form(rule: str, pointer: str, seen: str | None, words: str) -> None:
    found = told(rule, pointer, seen)
    assert words in found["hint_vi"]
    assert found["hint_en"] != "by the rule"
    assert found["expected"] is None


@pytest.mark.parametrize(
    ("rule", "pointer", "seen"),
    [
        ("cell-type", "/reported_databases/0/new_records", "một"),
        ("cell-too-long", "/registered_tasks/0/title", "a…"),
        ("cell-pattern", "/registered_tasks/0/title", "dài"),
        ("task-gone", "/registered_tasks", None),
        ("cell-unknown", "", "x"),
    ],
)
def test_other_findings_keep_the_rules_words(rule: str, pointer: str, seen: str | None) -> None:
    found = told(rule, pointer, seen)
    assert found["hint_vi"] == "theo quy tắc"
    assert (found["expected"], found["expected_en"]) == ("Như hướng dẫn", "As told"), "one stop is enough"
