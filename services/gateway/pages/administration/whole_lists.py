"""Lists that a page needs whole, such as what awaits somebody: read page by page."""

from __future__ import annotations

from typing import Any

from services.gateway.pages.page import Page

_MOST = 500


async def whole_list(page: Page, path: str) -> list[dict[str, Any]]:
    """Every item, in the order of the list."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        part = await page.api.get(path, cursor=cursor, limit=_MOST)
        found += part["items"]
        cursor = part["next"]
        if cursor is None:
            return found
