"""The Ministry of Public Security's pages: reported databases that await a word, and the word on one of them (C-2, C-3)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.evidence import said, whole
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.posted import Posted
from services.gateway.pages.registers.roster import LONGEST, names, roster
from services.gateway.pages.registers.roster import months as known_months

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

There = Annotated[Page, Depends(signed_in)]

STATES = ("open", "confirmed", "refused")


@router.get("/records-reviews")
async def get_figures(page: There) -> Response:
    """Without a month in the address, of the month that closed last."""
    asked = page.request.query_params
    only = {name: asked.get(name) or None for name in ("period", "agency", "state", "cursor")}
    found = await page.api.get("/records-reviews", **only)
    return page.show(
        "reviews/list.html", items=found["items"], next=found["next"], only=only, states=STATES,
        periods=await known_months(page), bodies=await roster(page), names=await names(page),
    )  # fmt: skip


@router.get("/agencies/{agency}/periods/{period}/records-reviews")
async def get_figure(page: There, agency: str, period: str) -> Response:
    asked = page.request.query_params
    return await _figure(page, agency, period, (asked.get("sequence", ""), asked.get("database", "")))


@router.post("/agencies/{agency}/periods/{period}/records-reviews")
async def post_word(page: There, agency: str, period: str) -> Response:
    posted = await page.posted()
    about = {**whole(posted, "sequence"), **said(posted, "database"), **whole(posted, "new_records")}
    path = f"/agencies/{agency}/periods/{period}/records-reviews"
    try:
        await page.api.post(path, {**about, **said(posted, "verdict", "reason", "document")}, once=posted.once)
    except Refused as refused:
        which = (posted.text("sequence"), posted.text("database"))
        return await _figure(page, agency, period, which, refused=refused, posted=posted)
    return page.go(f"/records-reviews?period={period}", done="saved")


async def _figure(
    page: Page, agency: str, period: str, which: tuple[str, str], *, posted: Posted | None = None, **context: Any
) -> Response:
    """One reported database with the words given on it; all words on the body where none is asked for."""
    figures = (await page.api.get("/records-reviews", period=period, agency=agency, limit=LONGEST))["items"]
    figure = next((each for each in figures if (str(each["sequence"]), each["database"]) == which), None)
    words = (await page.api.get(f"/agencies/{agency}/periods/{period}/records-reviews", limit=LONGEST))["items"]
    given = [each for each in words if figure is None or each["database"] == figure["database"]]
    return page.show(
        "reviews/one.html", agency=agency, period=period, figure=figure, figures=figures, words=given,
        posted=posted, names=await names(page, period), **context,
    )  # fmt: skip
