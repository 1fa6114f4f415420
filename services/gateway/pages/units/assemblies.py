"""The lead unit puts the units' scored sections into a draft of the body's report (APR-02; seed 001 §3)."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.own_api import Refused, as_json
from services.gateway.pages.page import ROOT, Page, PageRoute
from services.gateway.pages.posted import Posted
from services.gateway.pages.reports.place import Month, place_of
from services.gateway.pages.units.directory import AtPage
from services.gateway.pages.units.section_cells import with_state
from services.gateway.pages.units.sections import AtMonth, may_not

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

BEGUN: Final = "/agencies/{agency}/periods/{period}/assemblies"
ALL: Final = "/agencies/{agency}/periods/{period}/submissions/{sequence}/assemblies"


@router.post(BEGUN)
async def post_begun(page: AtPage, month: AtMonth) -> Response:
    """A new draft, to be assembled into next."""
    posted = await page.posted()
    made = await page.api.post(month.submissions, {}, once=posted.once)
    return page.go(f"{month.submissions}/{made.json()['sequence']}/assemblies", done="begun")


@router.get(ALL)
async def get_assemblies(page: AtPage, agency: str, period: str, sequence: str) -> Response:
    return await _assemblies(page, Month(agency, period), sequence)


@router.post(ALL)
async def post_assembly(page: AtPage, agency: str, period: str, sequence: str) -> Response:
    posted = await page.posted()
    month, place = Month(agency, period), place_of(agency, period, sequence)
    query = {"dry_run": "true"} if posted.text("act") != "assemble" else {}
    headers = {"if-match": posted.text("etag")} if posted.given("etag") else {}
    headers |= {} if query else {"idempotency-key": posted.once}
    path = f"{place.one}/assemblies"
    try:
        answer = await page.api.ask("POST", path, query=query, body=as_json(_asked(posted)), headers=headers)
    except Refused as refused:
        return await _assemblies(page, month, sequence, refused=refused, posted=posted)
    if query:
        return await _assemblies(page, month, sequence, posted=posted, tried=answer.json())
    return page.go(path, done="assembled")


async def _assemblies(page: Page, month: Month, sequence: str, **context: Any) -> Response:
    place = place_of(month.agency, month.period, sequence)
    submission = await page.api.get(place.one)
    board = await page.api.get(f"{month.path}/sections")
    made = await page.api.get(f"{place.one}/assemblies", limit=100)
    tried = context.get("tried")
    scored = [each for each in board["items"] if each["kind"] == "scored"]
    whole = {
        "place": place,
        "submission": submission,
        "board": board,
        "scored": scored,
        "assemblies": made["items"],
        "may_assemble": "edit" in submission["allowed_actions"],
        "left_out": _left_out(context.get("posted")),
        "tried": None,
        "findings": [with_state(each) for each in tried["content"]["findings"]] if tried else [],
        "may": may_not,
    }
    return page.show("units/assembly.html", **{**whole, **context})


def _asked(posted: Posted) -> dict[str, Any]:
    without = [{"indicator": code, "reason": posted.text(f"without-{code}")} for code in _left_out(posted)]
    return {"document": posted.given("document"), "without": without, "reason": posted.given("reason")}


def _left_out(posted: Posted | None) -> list[str]:
    """Indicators whose sections are to be left out, in the order in which the form has them."""
    return [] if posted is None else posted.texts("without")
