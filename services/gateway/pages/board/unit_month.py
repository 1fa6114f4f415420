"""What a unit's person sees first: the month that is being reported, with what their unit has sent of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.pages.board.words import left_words
from services.gateway.pages.page import Page
from services.gateway.pages.page_words import Words

UNIT: Final = "agency_unit"


@dataclass(frozen=True)
class Section:
    """``state`` and ``kind`` as the body's board has them; ``returned`` is why it came back."""

    label: str
    path: str
    state: str
    kind: str
    returned: str | None


@dataclass(frozen=True)
class UnitMonth:
    """``left`` until the internal deadline."""

    period: str
    left: Words
    over: bool
    sections: Sequence[Section]


async def unit_month_of(page: Page, period: str) -> UnitMonth | None:
    """None for others than units' people, and while no plan holds."""
    if not page.has(UNIT):
        return None
    path = f"/agencies/{page.actor.agency}/periods/{period}/sections"
    found = await page.api.get_or_none(path)
    if found is None:
        return None
    seconds = found["seconds_left"]
    sections = [_section(page, path, each) for each in found["items"]]
    return UnitMonth(period, left_words(seconds, found["deadline"]), seconds <= 0, sections)


def _section(page: Page, path: str, each: dict[str, Any]) -> Section:
    label = f"{each['indicator']} {page.t(each['label_vi'], each['label_en'])}"
    return Section(label, f"{path}/{each['indicator']}", each["state"], each["kind"], each["returned_reason"])
