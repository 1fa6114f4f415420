"""The deadline words of the 2025 plan (28 spellings, two Unicode forms) read to a day and a precision.

Year → 31 December, quarter and month → their last day, several dates → the latest; recurring words fall due once a month
(or once a year), continuous and open ones have no day. The raw words are always kept.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

Precision = Literal["day", "month", "quarter", "year", "recurring", "continuous", "open", "compound"]
Every = Literal["week", "month", "year"]

_RECURRING: dict[str, Every] = {
    "hàng tuần": "week",
    "hằng tuần": "week",
    "hàng tháng": "month",
    "hằng tháng": "month",
    "hàng năm": "year",
    "hằng năm": "year",
}
_CONTINUOUS = frozenset({"thường xuyên", "thực hiện thường xuyên"})
_OPEN = frozenset({"hoàn thành theo lộ trình"})
_ONWARDS = re.compile(r"(\d{4}) và những năm tiếp theo")
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_QUARTER = re.compile(r"quý (iv|iii|ii|i)(?:/(\d{4}))?")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH = re.compile(r"(?:tháng )?(\d{1,2})/(\d{4})")
_YEAR = re.compile(r"(?:năm )?(\d{4})")
_SEVERAL = re.compile(r";| và (?=năm|tháng|quý)")


class UnreadableDeadline(ValueError):
    """The words name no deadline in any spelling known here."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """``due_on`` is None where the words name no single day; ``every`` is set for recurring duties only."""

    text: str
    precision: Precision
    due_on: date | None
    every: Every | None = None


def parse(text: str, *, plan_year: int = 2025) -> Deadline:
    """Read one spelling; a quarter without a year is one of ``plan_year``. Raises ``UnreadableDeadline``."""
    words = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    standing = _standing(text, words)
    if standing is not None:
        return standing
    parts = [part.strip() for part in _SEVERAL.split(words)]
    try:
        days = [_dated(part, plan_year) for part in parts]
    except ValueError as error:
        raise UnreadableDeadline(f"deadline {text!r} names no day of the calendar") from error
    found = [day for day in days if day is not None]
    if not found or (len(parts) == 1 and not _whole(words)):
        raise UnreadableDeadline(f"deadline {text!r} is in no known spelling")
    if len(parts) > 1:
        return Deadline(text, "compound", max(day for day, _ in found))
    return Deadline(text, found[0][1], found[0][0])


def _standing(text: str, words: str) -> Deadline | None:
    if words in _RECURRING:
        return Deadline(text, "recurring", None, _RECURRING[words])
    if words in _CONTINUOUS:
        return Deadline(text, "continuous", None)
    if words in _OPEN or _ONWARDS.fullmatch(words):
        return Deadline(text, "open", None)
    return None


def _whole(words: str) -> bool:
    return any(pattern.fullmatch(words) for pattern in (_DAY, _MONTH, _QUARTER, _YEAR))


def _dated(words: str, plan_year: int) -> tuple[date, Precision] | None:
    if match := _DAY.search(words):
        return date(int(match[3]), int(match[2]), int(match[1])), "day"
    if match := _QUARTER.search(words):
        return _month_end(int(match[2] or plan_year), 3 * _QUARTERS[match[1]]), "quarter"
    if match := _MONTH.search(words):
        return _month_end(int(match[2]), int(match[1])), "month"
    if match := _YEAR.search(words):
        return date(int(match[1]), 12, 31), "year"
    return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
