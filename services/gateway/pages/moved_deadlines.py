"""By what a report's deadline was moved, as people know it: the extension's document, or why the calendar was changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import Page

_MOST = 500
_FORBIDDEN = 403


async def movers(page: Page, period: str) -> dict[str, str]:
    """Of what moved deadlines of the month, by id, the words; none for who may not read the calendar. Raises Refused."""
    try:
        return words_of(await page.api.get("/calendar", period=period, limit=_MOST))
    except Refused as refused:
        if refused.status == _FORBIDDEN:
            return {}
        raise


def words_of(calendar: Mapping[str, Any]) -> dict[str, str]:
    """An extension is told by its document; without one, and a change of the calendar itself, by its reason."""
    granted = {each["extension_id"]: each["document"] or each["reason"] for each in calendar["extensions"]}
    return granted | {each["entry_id"]: each["reason"] for each in calendar["items"]}
