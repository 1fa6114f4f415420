"""The first page: a board for every kind of person, then the months (DSH-01, DSH-02, DSH-03, DSH-06)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.board.administering import administering
from services.gateway.pages.board.months import months_of
from services.gateway.pages.board.nation import nation_section
from services.gateway.pages.board.national import national_of
from services.gateway.pages.board.own_month import own_month_of
from services.gateway.pages.board.own_points import own_points_of
from services.gateway.pages.board.unit_month import unit_month_of
from services.gateway.pages.menu import READERS, REPORTERS
from services.gateway.pages.operations.board import show_board
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def get_home(page: Annotated[Page, Depends(signed_in)]) -> Response:
    months = await months_of(page)
    if page.has("operator"):
        return await show_board(page, months)
    inside = page.actor.agency is not None and page.has(*REPORTERS)
    return page.show(
        "board/home.html", months=months,
        agency=await page.api.get_or_none(f"/agencies/{page.actor.agency}") if page.actor.agency else None,
        unit_month=await unit_month_of(page, months.current.period),
        own_month=await own_month_of(page, months) if inside else None,
        requests=await administering(page),
        points=await own_points_of(page, months) if inside else None,
        national=await national_of(page, months) if page.has(*READERS) else None,
        nation=await nation_section(page, months) if page.has(*READERS) else None,
    )  # fmt: skip
