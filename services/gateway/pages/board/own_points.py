"""A body's points of the month published last: total, grade, rank, and the groups that lack most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from services.gateway.pages.board.months import Months
from services.gateway.pages.page import Page
from services.gateway.pages.scores.law import law_of
from services.gateway.pages.scores.own import groups_of

_MOST: Final = 3
_BONUS: Final = "bonus"


@dataclass(frozen=True)
class Lack:
    """A group that is not at its maximum; figures exact, as text."""

    letter: str
    label: str
    points: str
    maximum: str
    lacking: str


@dataclass(frozen=True)
class OwnPoints:
    """``shown_total`` is what the rank is read by, None where a version published before says none."""

    period: str
    version: int
    provisional: bool
    total: str
    shown_total: str | None
    grade: str
    rank: int
    rank_in_kind: int | None
    missing: Sequence[str]
    lacks: Sequence[Lack]
    path: str


async def own_points_of(page: Page, months: Months) -> OwnPoints | None:
    """None where nothing is published, or the body stood in no table then."""
    latest, agency = months.published, page.actor.agency
    if latest is None:
        return None
    path = f"/periods/{latest.period}/scores/{agency}"
    sheet = await page.api.get_or_none(path)
    if sheet is None:
        return None
    reasons = await page.api.get(f"{path}/explanation", version=sheet["version"])
    groups = groups_of(sheet, reasons, await law_of(page, sheet["scheme"]))
    lacks = [
        Lack(letter, each.label, each.exact, each.maximum, each.lacking)
        for letter, each in groups.items()
        if letter != _BONUS and each.exact is not None and each.lacking is not None and Fraction(each.lacking) > 0
    ]
    body = sheet["agencies"][0]
    return OwnPoints(
        latest.period, sheet["version"], sheet["provisional"], str(body["total"]), body.get("shown_total"), body["grade"],
        body["rank"], body.get("rank_in_kind"), body["missing"],
        sorted(lacks, key=lambda each: Fraction(each.lacking), reverse=True)[:_MOST],
        f"/agencies/{agency}/periods/{latest.period}/scores",
    )  # fmt: skip
