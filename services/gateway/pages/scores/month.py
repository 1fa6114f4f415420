"""Every body's published scores of a month, with what changed since the version before: for national readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.scores.law import Law, law_of
from shared.awaiting import own_group_points

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

MONTH: Final = "/periods/{period}/scores"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(MONTH)
async def get_month(page: AtPage, period: str) -> Response:
    sheet = await page.api.get(f"/periods/{period}/scores", version=page.query("version"))
    versions = (await page.api.get(f"/periods/{period}/versions"))["items"]
    law = await law_of(page, sheet["scheme"])
    ranked = sorted(sheet["agencies"], key=lambda each: (each["rank"], each["agency"]))
    return page.show(
        "scores/month.html", sheet=sheet, ranked=ranked, points=groups_shown(ranked, law), moved=_moved(sheet),
        versions=versions, period=period, law=law,
    )  # fmt: skip


def groups_shown(lines: Sequence[Mapping[str, Any]], law: Law) -> dict[str, dict[str, str | None]]:
    """By body and group the points that are of the body's own making."""
    codes = {letter: law.codes_of(letter) for letter in law.groups}
    return {each["agency"]: {at: own_group_points(each, at, codes[at]) for at in codes} for each in lines}


def _moved(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """By body, what the version says of the one before it."""
    return {each["agency"]: each for each in (sheet["follows"] or {"bodies": ()})["bodies"]}
