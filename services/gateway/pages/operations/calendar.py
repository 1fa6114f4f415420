"""Everybody's cutoffs and deadlines of a month: what was moved, and asking that one be moved; another person approves."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.days import read_moment
from services.gateway.pages.evidence import said
from services.gateway.pages.operations import words
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import LONGEST, asked_month

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

CALENDAR: Final = "/calendar"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(CALENDAR)
async def get_calendar(page: AtPage) -> Response:
    period, _ = await asked_month(page)
    return await _calendar(page, period)


@router.post(CALENDAR)
async def post_calendar_entry(page: AtPage) -> Response:
    posted = await page.posted()
    body = {**said(posted, "period", "source", "kind", "reason"), "falls_at": read_moment(posted.text("falls_at"))}
    try:
        made = await page.api.post("/calendar", body, once=posted.once)
    except Refused as refused:
        return await _calendar(page, posted.text("period"), refused=refused, posted=posted)
    return page.go(f"/decisions/{made.json()['entry_id']}", done="requested")


async def _calendar(page: Page, period: str, **context: Any) -> Response:
    month = await page.api.get(f"/periods/{period}")
    found = (await page.api.get("/calendar", period=period, limit=LONGEST))["items"]
    known = [each["period"] for each in reversed((await page.api.get("/periods"))["items"])]
    sources = [each["source"] for each in (await page.api.get("/operator-board", period=period))["sources"]]
    return page.show(
        "operations/calendar.html", period=period, month=month, items=list(reversed(found)), periods=known, sources=sources,
        words=words, **context,
    )  # fmt: skip
