"""How a month was used, by user group and roles, for auditors and system administrators (Art. 20.4; SEC-10)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import asked_month
from services.gateway.pages.reports.files import handed_on

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

AtPage = Annotated[Page, Depends(signed_in)]


@router.get("/usage")
async def get_usage(page: AtPage) -> Response:
    period, months = await asked_month(page)
    usage = await page.api.get("/usage", period=period)
    return page.show("usage.html", usage=usage, months=months)


@router.get("/usage.csv")
async def get_usage_table(page: AtPage) -> Response:
    period, _ = await asked_month(page)
    answer = await page.api.ask("GET", "/usage", query={"period": period}, headers={"accept": "text/csv"})
    return handed_on(answer, name=f"usage-{period}.csv")
