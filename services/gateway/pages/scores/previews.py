"""A version that waits for its release, for who may preview it: national readers all of it, a body's people their part."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.scores.law import law_of
from services.gateway.pages.scores.month import groups_shown
from shared.awaiting import own_points

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

WHOLE: Final = "/periods/{period}/preview"
OWN: Final = "/agencies/{agency}/periods/{period}/preview"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(WHOLE)
async def get_preview(page: AtPage, period: str) -> Response:
    return await _preview(page, f"/periods/{period}/preview", period)


@router.get(OWN)
async def get_own_preview(page: AtPage, agency: str, period: str) -> Response:
    return await _preview(page, f"/agencies/{agency}/periods/{period}/preview", period)


async def _preview(page: Page, path: str, period: str) -> Response:
    """Raises Refused, 404, for whoever may not see it and where nothing waits: the two are told apart for nobody."""
    answer = await page.api.ask("GET", path)
    sheet, law = answer.json(), await law_of(page, answer.json()["scheme"])
    ranked = sorted(sheet["agencies"], key=lambda each: (each["rank"], each["agency"]))
    return page.show(
        "scores/preview.html", sheet=sheet, ranked=ranked, points=groups_shown(ranked, law), period=period, law=law,
        release_at=answer.headers["release-at"], points_of=partial(own_points, ranked[0]),
    )  # fmt: skip
