"""Findings of a month by rule: of all for operators and auditors, of a body's report for its people (DSH-05)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import names
from services.gateway.pages.reports.files import handed_on

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ALL: Final = "/periods/{period}/finding-board"
OWN: Final = "/agencies/{agency}/periods/{period}/finding-board"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(ALL)
async def get_board(page: AtPage, period: str) -> Response:
    return await _board(page, f"/periods/{period}/finding-board", period)


@router.get(OWN)
async def get_own_board(page: AtPage, agency: str, period: str) -> Response:
    return await _board(page, f"/agencies/{agency}/periods/{period}/finding-board", period)


@router.get(ALL + ".csv")
async def get_board_table(page: AtPage, period: str) -> Response:
    return await _table(page, f"/periods/{period}/finding-board")


@router.get(OWN + ".csv")
async def get_own_board_table(page: AtPage, agency: str, period: str) -> Response:
    return await _table(page, f"/agencies/{agency}/periods/{period}/finding-board")


async def _board(page: Page, path: str, period: str) -> Response:
    found = await page.api.get(path)
    return page.show("oversight/finding_board.html", found=found, path=path, period=period, names=await names(page, period))


async def _table(page: Page, path: str) -> Response:
    return handed_on(await page.api.ask("GET", path, query={"format": "csv"}), name="finding-board.csv")
