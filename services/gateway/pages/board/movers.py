"""Who moved most between two published versions, and through which causes, as the API tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from services.gateway.pages.board.months import Months
from services.gateway.pages.page import Page

# Of those who rose, and of those who fell.
_MOST: Final = 5
# Indicators named of each.
NAMED: Final = 3


@dataclass(frozen=True)
class Movers:
    """``before`` and ``after`` say month and version; ``moved`` counts all of whom anything differs. ``path`` shows them all,
    and one body's where its code is added."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    moved: int
    rose: Sequence[Mapping[str, Any]]
    fell: Sequence[Mapping[str, Any]]
    path: str


async def movers_of(page: Page, months: Months) -> list[Movers]:
    """Between the last two published months, and between the last two versions of the last; of what there is."""
    stood = [each for each in months.all if each.version is not None]
    found = []
    if len(stood) > 1:
        last, before = stood[:2]
        told = await page.api.get("/changes", **{"from": before.period, "to": last.period})
        found.append(movers(told, f"/periods/{last.period}/score-changes?against={before.period}"))
    if stood and (stood[0].version or 0) > 1:
        version = stood[0].version or 0
        told = await page.api.get(f"/periods/{stood[0].period}/changes", to=version)
        found.append(movers(told, f"/periods/{stood[0].period}/score-changes?from={version - 1}&to={version}"))
    return found


def movers(told: Mapping[str, Any], path: str) -> Movers:
    """Pure."""
    by_change = sorted(told["agencies"], key=lambda each: (_change(each), each["agency"]))
    return Movers(
        told["from"], told["to"], told["moved"],
        [_with_most(each) for each in reversed(by_change) if _change(each) > 0][:_MOST],
        [_with_most(each) for each in by_change if _change(each) < 0][:_MOST], path,
    )  # fmt: skip


def _with_most(each: Mapping[str, Any]) -> dict[str, Any]:
    """With the indicators first that moved most."""
    ordered = sorted(each["indicators"], key=lambda one: (-abs(Fraction(one["change"])), one["code"]))
    return {**each, "indicators": ordered}


def _change(each: Mapping[str, Any]) -> Fraction:
    return Fraction(each["total_exact"]["change"])
