"""The deadline words of all 248 plan rows."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date

import pytest

from deploy.sandbox.bodies import rows
from deploy.sandbox.deadlines import UnreadableDeadline, parse

ROWS = rows("plan-2025-tasks.csv")
SPELLINGS = sorted({row["deadline"] for row in ROWS})

READ = [
    ("2025", "year", date(2025, 12, 31), None),
    ("Tháng 12/2025", "month", date(2025, 12, 31), None),
    ("Tháng 9/2025", "month", date(2025, 9, 30), None),
    ("7/2025", "month", date(2025, 7, 31), None),
    ("Tháng 2/2028", "month", date(2028, 2, 29), None),
    ("Quý II", "quarter", date(2025, 6, 30), None),
    ("Quý IV", "quarter", date(2025, 12, 31), None),
    ("Quý III/2025", "quarter", date(2025, 9, 30), None),
    ("15/7/2025", "day", date(2025, 7, 15), None),
    ("30/09/2025", "day", date(2025, 9, 30), None),
    ("31/12/2025", "day", date(2025, 12, 31), None),
    ("Hàng tuần", "recurring", None, "week"),
    ("Hằng tháng", "recurring", None, "month"),
    ("Hàng tháng", "recurring", None, "month"),
    ("hằng năm", "recurring", None, "year"),
    ("Thường xuyên", "continuous", None, None),
    ("Thực hiện thường xuyên", "continuous", None, None),
    ("2025 và những năm tiếp theo", "open", None, None),
    ("Hoàn thành theo lộ trình", "open", None, None),
    ("Tháng 12/2025 và năm 2026", "compound", date(2026, 12, 31), None),
    ("Tháng 9/2025 xong thí điểm; phát triển 2025 và những năm tiếp theo", "compound", date(2025, 12, 31), None),
]


@pytest.mark.parametrize(("text", "precision", "due_on", "every"), READ)
def test_each_spelling_is_read_to_a_day_and_a_precision(
    text: str, precision: str, due_on: date | None, every: str | None
) -> None:
    for form in ("NFC", "NFD"):
        words = unicodedata.normalize(form, text)
        read = parse(words)
        assert (read.precision, read.due_on, read.every) == (precision, due_on, every)
        assert read.text == words, "the raw words are kept as they came"


def test_all_248_rows_are_read_and_fall_into_the_counted_kinds() -> None:
    counts = Counter(parse(row["deadline"]).precision for row in ROWS)
    assert len(ROWS) == 248
    assert counts == {
        "year": 99,
        "month": 96,
        "continuous": 26,
        "recurring": 14,
        "open": 5,
        "quarter": 3,
        "day": 3,
        "compound": 2,
    }


def test_the_table_above_covers_every_kind_of_words_in_the_plan() -> None:
    covered = {unicodedata.normalize("NFC", text).casefold() for text, *_ in READ}
    left = {text for text in SPELLINGS if unicodedata.normalize("NFC", text).casefold() not in covered}
    assert {parse(text).precision for text in left} == {"month"}, "months other than the two above differ in the number only"


def test_a_quarter_without_a_year_belongs_to_the_plans_year() -> None:
    assert parse("Quý I", plan_year=2027).due_on == date(2027, 3, 31)


@pytest.mark.parametrize("text", ["", "sớm", "tháng tới", "khoảng 2025", "2025 hoặc sau đó", "99/2025", "31/2/2025"])
def test_words_without_a_deadline_are_refused_by_name(text: str) -> None:
    with pytest.raises(UnreadableDeadline, match=f"deadline '{text}'"):
        parse(text)
