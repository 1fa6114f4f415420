"""Invented monthly figures: how a count grows over the months and becomes known over time."""

from __future__ import annotations

from datetime import datetime, timedelta

from deploy.sandbox.bodies import quality
from deploy.sandbox.dice import below, between
from deploy.sandbox.months import FIRST, Month

_CORRECTED_AFTER = timedelta(days=8)
"""A few figures are corrected this long after the freeze: asking as of the freeze must still give the old ones."""


def weight(seed: int, code: str, *words: object) -> int:
    """How much a body does of something compared with the others, per mille of the best: 40 … 1000."""
    lean = quality(seed, code) * 7 // 10 + between(-280, 400, seed, "weight", code, *words)
    return max(40, min(1000, lean))


def drift(period: Month, *words: object) -> int:
    """Growth since the first period, per mille: about one per cent a month, with noise; exactly 1000 in the first."""
    months = period.index - FIRST.index
    return 1000 + months * 11 + (between(-35, 35, "drift", period.index, *words) if months else 0)


def as_known(final: int, period: Month, as_of: datetime, *words: object) -> int:
    """A month's count as known at ``as_of``: growing through the month, settled after it, now and then corrected later."""
    start, end = period.start, period.plus(1).start
    if as_of < end:
        gone = max((as_of - start) // timedelta(minutes=1), 0)
        return final * gone // ((end - start) // timedelta(minutes=1))
    corrected = as_of >= period.freeze + _CORRECTED_AFTER and below(9, "corrected", period.index, *words) == 0
    return final + final // 125 if corrected else final
