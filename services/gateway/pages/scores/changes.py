"""What changed between two published versions, or against another month: of one body, or of all (RSC-04)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import names
from services.gateway.pages.scores.law import law_of
from services.gateway.pages.scores.own import READING

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ALL: Final = "/periods/{period}/score-changes"
OWN: Final = "/agencies/{agency}/periods/{period}/score-changes"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(ALL)
async def get_changes(page: AtPage, period: str) -> Response:
    return await _changes(page, period, page.query("agency"))


@router.get(OWN)
async def get_own_changes(page: AtPage, agency: str, period: str) -> Response:
    page.require_may(*READING)
    return await _changes(page, period, agency, own=agency)


async def _changes(page: Page, period: str, agency: str | None, own: str | None = None) -> Response:
    """Between the versions in the address, or with the month ``against`` there; else between the last two, and from the month
    before where there is one version only. ``agency`` alone, else every body that moved."""
    versions = (await page.api.get(f"/periods/{period}/versions"))["items"]
    months = (await page.api.get("/periods"))["items"]
    others = [each["period"] for each in months if each["published"] and each["period"] != period]
    before = None if len(versions) > 1 or page.query("from") else max((each for each in others if each < period), default=None)
    against = page.query("against") or before
    found = await _compared(page, period, against=against, several=len(versions) > 1)
    law = await law_of(page, (await page.api.get(f"/periods/{period}"))["scheme"])
    return page.show(
        "scores/changes.html", found=found, shown=_shown(found, agency), period=period, agency=agency,
        path=f"/agencies/{own}/periods/{period}" if own else f"/periods/{period}",
        versions=versions, others=others, against=against, names=await names(page, period), law=law,
    )  # fmt: skip


async def _compared(page: Page, period: str, *, against: str | None, several: bool) -> Any:
    """None where there is nothing to compare with."""
    if against:
        return await page.api.get("/changes", **{"from": against, "to": period})
    if not several:
        return None
    asked = {name: page.query(name) for name in ("from", "to")}
    return await page.api.get(f"/periods/{period}/changes", **asked)


def _shown(found: Any, agency: str | None) -> list[Any]:
    bodies = [] if found is None else found["agencies"]
    return [each for each in bodies if (each["agency"] == agency if agency else each["moved"])]
