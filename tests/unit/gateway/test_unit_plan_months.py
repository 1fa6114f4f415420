"""Which months a plan of units may begin with, at its form."""

from __future__ import annotations

from typing import Any

from services.gateway.pages.units.plans import open_months


def months(*named: str, published: str = "") -> list[dict[str, Any]]:
    return [{"period": each, "published": {"version": 1} if each <= published else None} for each in named]


def test_every_month_that_is_open_is_offered_and_the_next_one() -> None:
    year = [f"2026-{month:02}" for month in range(1, 13)]
    assert open_months(months(*year, published="2026-01")) == [*year[1:], "2027-01"]


def test_the_last_three_are_offered_also_where_they_are_published() -> None:
    named = ("2026-01", "2026-02", "2026-03", "2026-04")
    assert open_months(months(*named, published="2026-04")) == [*named[1:], "2026-05"]
    assert open_months(months("2026-01")) == ["2026-01", "2026-02"]
