"""The scored bodies as forms and tables name them."""

from __future__ import annotations

from calendar import monthrange
from typing import Any

from services.gateway.pages.page import Page

# All fit on one page of a list.
LONGEST = 500


async def roster(page: Page, period: str | None = None) -> list[dict[str, Any]]:
    """Bodies by code, with ``name`` in the page's language; those of a month as the registry stood at its end."""
    found = await page.api.get("/agencies", on=_last_day(period) if period else None)
    return [{**each, "name": page.t(each["name_vi"], each["name_en"])} for each in found["items"]]


async def names(page: Page, period: str | None = None) -> dict[str, str]:
    return {each["code"]: each["name"] for each in await roster(page, period)}


async def months(page: Page) -> list[str]:
    """Every month that has begun, the latest first."""
    return [each["period"] for each in reversed((await page.api.get("/periods"))["items"])]


async def asked_month(page: Page) -> tuple[str, list[str]]:
    """The month in the address, else the latest; and those to choose from."""
    known = await months(page)
    return page.request.query_params.get("period") or known[0], known


async def meetings_of(page: Page, period: str) -> list[dict[str, Any]]:
    """The month's meetings as they stand."""
    return list((await page.api.get("/meetings", period=period, limit=LONGEST))["items"])


def _last_day(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{period}-{monthrange(year, month)[1]:02d}"
