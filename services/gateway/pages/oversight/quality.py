"""The quality of a month's data, for national readers: the four words with their formulas, by source and by body (DQ-08)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import names
from services.gateway.pages.reports.files import handed_on

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

REPORT: Final = "/periods/{period}/quality-report"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(REPORT)
async def get_quality(page: AtPage, period: str) -> Response:
    found = await page.api.get(f"/periods/{period}/quality-report")
    return page.show("oversight/quality.html", found=found, period=period, names=await names(page, period))


@router.get(REPORT + ".csv")
async def get_quality_table(page: AtPage, period: str) -> Response:
    answer = await page.api.ask("GET", f"/periods/{period}/quality-report", query={"format": "csv"})
    return handed_on(answer, name="quality-report.csv")
