"""What holds a month's publication, and asking that it be left out by a document; another person approves."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.evidence import said
from services.gateway.pages.operations import words
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import LONGEST, names

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

HOLDS: Final = "/periods/{period}/holds"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(HOLDS)
async def get_holds(page: AtPage, period: str) -> Response:
    return await _holds(page, period)


@router.post(HOLDS)
async def post_omission(page: AtPage, period: str) -> Response:
    """The request is on the very facts that the page showed: other ones since are refused."""
    posted = await page.posted()
    try:
        made = await page.api.post(
            f"/periods/{period}/omissions", said(posted, "hold_id", "document", "reason"), once=posted.once
        )
    except Refused as refused:
        return await _holds(page, period, refused=refused, posted=posted)
    return page.go(f"/omissions/{made.json()['omission_id']}", done="requested")


async def _holds(page: Page, period: str, **context: Any) -> Response:
    found = (await page.api.get(f"/periods/{period}/holds"))["holds"]
    asked = (await page.api.get(f"/periods/{period}/omissions", limit=LONGEST))["items"]
    return page.show(
        "operations/holds.html", period=period, holds=found, asked=list(reversed(asked)), names=await names(page, period),
        words=words, **context,
    )  # fmt: skip
