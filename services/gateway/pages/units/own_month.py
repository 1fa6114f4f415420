"""What a unit's person sees first: the month that is being reported, with what their unit has sent of it."""

from __future__ import annotations

from typing import Any

from services.gateway.pages.page import Page

UNIT = "agency_unit"


async def unit_month_of(page: Page) -> dict[str, Any] | None:
    """The board of the last month that is over; None for others than units' people, and while no plan holds."""
    if not page.has(UNIT):
        return None
    months = (await page.api.get("/periods"))["items"]
    over = months[-2] if len(months) > 1 else months[-1]
    board: dict[str, Any] | None = await page.api.get_or_none(
        f"/agencies/{page.actor.agency}/periods/{over['period']}/sections"
    )
    return board
