"""The middle of a body's own figures over a window of months, exactly, and how that window is written (DQ-05)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from shared.period import Period


def median(figures: Sequence[int | Decimal | Fraction]) -> Fraction:
    """The middle one, or exactly half of the sum of the two in the middle. ``figures`` must hold one at least."""
    ordered = sorted(Fraction(each) for each in figures)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def written(value: Fraction) -> str:
    """A value of 0 or more as decimal text, exactly, as a median of counts and decimals has it. Raises ValueError of thirds."""
    if 10 ** value.denominator.bit_length() % value.denominator:
        raise ValueError(f"{value} is no finite decimal")
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(int(value * 10**places)).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def spans(months: Sequence[str]) -> str:
    """Months in their order, neighbours drawn together: "2025-11…2026-01, 2026-03"."""
    drawn: list[list[str]] = []
    for month in months:
        if drawn and str(Period.parse(drawn[-1][-1]).next) == month:
            drawn[-1] = [drawn[-1][0], month]
        else:
            drawn.append([month])
    return ", ".join("…".join(each) for each in drawn)
