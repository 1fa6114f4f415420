"""Quarters and years for a body: its own line before release, and its word on it (RUL-14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import LONGEST

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ALL: Final = "/agencies/{agency}/roll-ups"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(ALL)
async def get_roll_ups(page: AtPage, agency: str) -> Response:
    found = (await page.api.get(f"/agencies/{agency}/roll-ups", limit=LONGEST))["items"]
    return page.show("scores/roll_ups.html", agency=agency, found=found[::-1], words=span_words(page))


@router.get(ALL + "/{roll_up}")
async def get_roll_up(page: AtPage, agency: str, roll_up: str) -> Response:
    return await _shown(page, agency, roll_up)


@router.post(ALL + "/{roll_up}")
async def post_roll_up_check(page: AtPage, agency: str, roll_up: str) -> Response:
    """Agree, or object with a reason."""
    posted = await page.posted()
    asked = {"verdict": posted.text("verdict"), "reason": posted.given("reason")}
    path = f"/agencies/{agency}/roll-ups/{roll_up}"
    try:
        await page.api.post(f"{path}/checks", asked, once=posted.once)
    except Refused as refused:
        return await _shown(page, agency, roll_up, refused=refused, posted=posted)
    return page.go(path, done="saved")


async def _shown(page: Page, agency: str, roll_up: str, **context: Any) -> Response:
    found = await page.api.get(f"/agencies/{agency}/roll-ups/{roll_up}")
    may = found["state"] == "open" and page.has("agency_signer")
    return page.show("scores/roll_up.html", agency=agency, found=found, may=may, words=span_words(page), **context)


def span_words(page: Page) -> Callable[[str], str]:
    """What ``2026-Q1`` and ``2026`` are called."""

    def said(span: str) -> str:
        year, _, quarter = span.partition("-Q")
        if not quarter:
            return page.t(f"năm {year}", f"year {year}")
        return page.t(f"quý {('I', 'II', 'III', 'IV')[int(quarter) - 1]}/{year}", f"quarter {quarter}/{year}")

    return said
