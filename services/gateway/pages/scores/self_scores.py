"""A body's own points: stated before the month is published, beside the official ones after; for its people (EXP-11)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import LONGEST, names
from services.gateway.pages.scores.law import law_of

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

SELF: Final = "/agencies/{agency}/periods/{period}/self-scores"
AtPage = Annotated[Page, Depends(signed_in)]
FIELD: Final = "points."


@router.get(SELF)
async def get_self_scores(page: AtPage, agency: str, period: str) -> Response:
    return await _shown(page, agency, period)


@router.post(SELF)
async def post_self_score(page: AtPage, agency: str, period: str) -> Response:
    """A field left empty is not stated; it is not taken for zero."""
    posted = await page.posted()
    # As the API writes points; people write a decimal comma.
    points = {code: text.replace(",", ".") for code, text in posted.below(FIELD).items()}
    try:
        await page.api.post(f"/agencies/{agency}/periods/{period}/self-scores", {"points": points}, once=posted.once)
    except Refused as refused:
        return await _shown(page, agency, period, refused=refused, posted=posted)
    return page.go(f"/agencies/{agency}/periods/{period}/self-scores", done="saved")


async def _shown(page: Page, agency: str, period: str, **context: Any) -> Response:
    path = f"/agencies/{agency}/periods/{period}/self-scores"
    stated = (await page.api.get(path, limit=LONGEST))["items"]
    month = await page.api.get(f"/periods/{period}")
    compared = await page.api.get_or_none(f"{path}/comparison") if month["published"] and stated else None
    law = await law_of(page, month["scheme"])
    return page.show(
        "scores/self_scores.html", agency=agency, period=period, stated=stated, compared=compared, law=law,
        open=month["published"] is None and page.has("agency_drafter"), published=month["published"],
        names=await names(page, period), **context,
    )  # fmt: skip
