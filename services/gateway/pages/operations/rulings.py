"""Measures decided by document, and indicators that do not fit a body: asked for here, approved by another person."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.evidence import said
from services.gateway.pages.operations import words
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import LONGEST, asked_month, roster
from services.gateway.pages.scores.law import law_of

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

AtPage = Annotated[Page, Depends(signed_in)]


@router.get("/rulings")
async def get_rulings(page: AtPage) -> Response:
    period, _ = await asked_month(page)
    return await _rulings(page, period)


@router.post("/rulings")
async def post_ruling(page: AtPage) -> Response:
    posted = await page.posted()
    body: dict[str, Any] = said(posted, "period", "agency", "measure", "value", "document", "reason")
    body["value"] = posted.text("value").replace(" ", "").replace(".", "").replace(",", ".")
    try:
        made = await page.api.post("/rulings", body, once=posted.once)
    except Refused as refused:
        return await _rulings(page, posted.text("period"), refused=refused, posted=posted)
    return page.go(f"/decisions/{made.json()['ruling_id']}", done="requested")


@router.get("/applicability")
async def get_applicability(page: AtPage) -> Response:
    period, _ = await asked_month(page)
    return await _applicability(page, period)


@router.post("/applicability")
async def post_applicability(page: AtPage) -> Response:
    posted = await page.posted()
    body = said(posted, "agency", "indicator", "valid_from", "valid_to", "document", "reason")
    try:
        made = await page.api.post("/applicability", body, once=posted.once)
    except Refused as refused:
        return await _applicability(page, posted.text("valid_from"), refused=refused, posted=posted)
    return page.go(f"/decisions/{made.json()['applicability_id']}", done="requested")


async def _rulings(page: Page, period: str, **context: Any) -> Response:
    found = (await page.api.get("/rulings", period=period, limit=LONGEST))["items"]
    return page.show("operations/rulings.html", items=list(reversed(found)), **await _about(page, period), **context)


async def _applicability(page: Page, period: str, **context: Any) -> Response:
    found = (await page.api.get("/applicability", limit=LONGEST))["items"]
    return page.show("operations/applicability.html", items=list(reversed(found)), **await _about(page, period), **context)


async def _about(page: Page, period: str) -> dict[str, Any]:
    month = await page.api.get(f"/periods/{period}")
    bodies = await roster(page, period)
    known = [each["period"] for each in reversed((await page.api.get("/periods"))["items"])]
    return {
        "period": period, "periods": known, "bodies": bodies, "names": {each["code"]: each["name"] for each in bodies},
        "law": await law_of(page, month["scheme"]), "words": words,
    }  # fmt: skip
