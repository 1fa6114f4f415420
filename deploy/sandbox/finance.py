"""Ministry of Finance: money allocated for the whole year and disbursed since 1 January, in VND."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from deploy.sandbox.bodies import bodies, quality, spelled, style_of
from deploy.sandbox.content import Content, content
from deploy.sandbox.dice import below, between
from deploy.sandbox.months import Month

NOTICE = (
    "DỮ LIỆU MÔ PHỎNG: kinh phí phân bổ và giải ngân là số giả định. / "
    "Demo data: all allocations and disbursements are invented."
)
KINDS = ("development_investment", "recurrent")
FIELDS = ("digital_transformation", "innovation", "science_technology")
ABOVE_ALLOCATION = "H57"
"""Spends more than it was allocated (re-allocation on its way): the ratio is above 100 %."""
NOTHING_ALLOCATED = "G30"


@lru_cache(maxsize=16)
def investments(seed: int, period: Month, as_of: datetime) -> Content:
    """One row per budget kind, field and body that has that kind of money; states as of the period's end."""
    found = (row for code in bodies() for row in _lines(seed, period, as_of, code))
    return content(found, key=("budget_kind", "field", "agency"), sums=("allocated_vnd", "disbursed_vnd"))


def _lines(seed: int, period: Month, as_of: datetime, code: str) -> Iterator[dict[str, object]]:
    agency = spelled(code, period.last, style_of(seed, "finance", code))
    stated = min(period.last, as_of.date())
    for kind in KINDS:
        for field in FIELDS:
            words = (seed, "finance", period.year, code, kind, field)
            if (kind, field) != ("recurrent", "digital_transformation") and below(100, *words, "has") >= 78:
                continue
            allocated = (
                0 if code == NOTHING_ALLOCATED else between(1_200, 190_000, *words) * 1_000_000 + below(10**6, *words, "odd")
            )
            yield {
                "agency": agency,
                "budget_kind": kind,
                "field": field,
                "allocated_vnd": allocated,
                "disbursed_vnd": allocated * _rate(seed, period, as_of, code) // 1_000_000,
                "as_of_on": stated,
            }


def _rate(seed: int, period: Month, as_of: datetime, code: str) -> int:
    """Disbursed since 1 January per million allocated: rises month by month, little of it on any one day before the end."""
    before, now = _by_end(seed, period.number - 1, code), _by_end(seed, period.number, code)
    days = min(max((as_of.date() - period.first).days, 0), period.last.day)
    return before + (now - before) * days // period.last.day


def _by_end(seed: int, month: int, code: str) -> int:
    if month == 0:
        return 0
    if code == ABOVE_ALLOCATION:
        return 1_030_000 + month * 4_000
    first = max(15_000, (quality(seed, code) - 540) * 900 + between(-120_000, 140_000, seed, "first", code))
    final = quality(seed, code) * 1000 - between(0, 60_000, seed, "final", code)
    return first + (max(final, first) - first) * (month - 1) // 11
