"""The annex of regulation 003: of every body for national readers, of one for its own people; both print on A4 (XPT-07)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.reports.files import handed_on

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

NATION: Final = "/periods/{period}/task-annex"
OWN: Final = "/agencies/{agency}/periods/{period}/task-annex"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(NATION)
async def get_annex(page: AtPage, period: str) -> Response:
    found = await page.api.get(f"/periods/{period}/task-annex")
    return page.show("oversight/annex.html", found=found, lines=found["items"], total=found["total"], period=period, body=None)


@router.get(OWN)
async def get_own_annex(page: AtPage, agency: str, period: str) -> Response:
    found = await page.api.get(f"/agencies/{agency}/periods/{period}/task-annex")
    return page.show("oversight/annex.html", found=found, lines=[found], total=None, period=period, body=agency)


@router.get(NATION + ".csv")
async def get_annex_table(page: AtPage, period: str) -> Response:
    return handed_on(await page.api.ask("GET", f"/periods/{period}/task-annex", query={"format": "csv"}), name="annex.csv")


@router.get(OWN + ".csv")
async def get_own_annex_table(page: AtPage, agency: str, period: str) -> Response:
    path = f"/agencies/{agency}/periods/{period}/task-annex"
    return handed_on(await page.api.ask("GET", path, query={"format": "csv"}), name="annex.csv")
