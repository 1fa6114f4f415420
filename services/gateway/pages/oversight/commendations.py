"""Bodies proposed for commendation, and the draft of the letter that proposes them, with blanks where people decide."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.reports.files import handed_on

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

LIST: Final = "/periods/{period}/commendations"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(LIST)
async def get_commendations(page: AtPage, period: str) -> Response:
    found = await page.api.get(f"/periods/{period}/commendations", version=page.query("version"))
    return page.show("oversight/commendations.html", found=found, period=period)


@router.get(LIST + "/letter")
async def get_letter(page: AtPage, period: str) -> Response:
    """For a pinned version where the address names one, so that a printed draft can be made again."""
    found = await page.api.get(f"/periods/{period}/commendations", version=page.query("version"))
    return page.show("oversight/commendation_letter.html", found=found, period=period)


@router.get(LIST + ".csv")
async def get_commendations_table(page: AtPage, period: str) -> Response:
    query = {"format": "csv", "version": page.query("version")}
    answer = await page.api.ask("GET", f"/periods/{period}/commendations", query=query)
    return handed_on(answer, name="commendations.csv")
