"""Medians are exact, whatever is counted, and windows are written short."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from shared.medians import median, spans, written


@pytest.mark.parametrize(
    ("figures", "middle", "words"),
    [
        ([7], Fraction(7), "7"),
        ([1, 2], Fraction(3, 2), "1.5"),
        ([9, 1, 5], Fraction(5), "5"),
        ([1, 10**30 + 1], Fraction(10**30 + 2, 2), "500000000000000000000000000001"),
        ([Decimal("0.1"), Decimal("0.2")], Fraction(3, 20), "0.15"),
        ([0, 0, 90], Fraction(0), "0"),
        ([Decimal("0.04"), Decimal("0.05")], Fraction(9, 200), "0.045"),
        ([Decimal("8.50"), Decimal("18.57"), Decimal("9.06"), Decimal(1)], Fraction(878, 100), "8.78"),
    ],
)
def test_a_median_is_exact(figures: list[int | Decimal], middle: Fraction, words: str) -> None:
    assert median(figures) == middle
    assert written(median(figures)) == words


def test_months_are_drawn_together() -> None:
    assert spans(["2025-12", "2026-01", "2026-03"]) == "2025-12…2026-01, 2026-03"
    assert spans(["2026-03"]) == "2026-03"


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(5, 6), Fraction(22, 7)])
def test_a_value_without_a_finite_decimal_is_refused(value: Fraction) -> None:
    with pytest.raises(ValueError, match="no finite decimal"):
        written(value)
