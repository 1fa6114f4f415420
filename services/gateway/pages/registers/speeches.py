"""Speeches and thematic reports at a meeting, each with an officer's mark."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.evidence import said
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.posted import Posted
from services.gateway.pages.registers.attendances import summons_in_force
from services.gateway.pages.registers.entries import sent
from services.gateway.pages.registers.kinds import SPEECH
from services.gateway.pages.registers.roster import LONGEST, names
from services.gateway.pages.registers.several import Tally, confirm_chosen, nothing_ticked

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

There = Annotated[Page, Depends(signed_in)]


@router.get("/meetings/{meeting}/speeches")
async def get_speeches(page: There, meeting: str) -> Response:
    return await _shown(page, meeting)


@router.post("/meetings/{meeting}/speeches")
async def post_speech(page: There, meeting: str) -> Response:
    async def again(posted: Posted, **context: Any) -> Response:
        return await _shown(page, meeting, posted=posted, **context)

    return await sent(page, SPEECH, f"/meetings/{meeting}/speeches", beside=lambda posted: said(posted, "agency"), again=again)


@router.post("/meetings/{meeting}/speeches/confirmations")
async def post_confirmations(page: There, meeting: str) -> Response:
    tally = await confirm_chosen(page, SPEECH, await page.posted())
    if tally.refused:
        return await _shown(page, meeting, tally=tally)
    if not tally.done:
        return await _shown(page, meeting, refused=nothing_ticked(page))
    return page.go(f"/meetings/{meeting}/speeches", done="confirmed")


async def _shown(page: Page, meeting_id: str, *, tally: Tally | None = None, **context: Any) -> Response:
    meeting = await page.api.get(f"/meetings/{meeting_id}")
    found = (await page.api.get(f"/meetings/{meeting_id}/speeches", limit=LONGEST))["items"]
    bodies = await names(page, meeting["period"])
    summons = [(each["agency"], f"{bodies.get(each['agency'], '')} ({each['agency']})") for each in
               await summons_in_force(page, meeting)]  # fmt: skip
    counted = tally or Tally()
    return page.show(
        "registers/speeches.html", status=counted.status, meeting=meeting, names=bodies, speeches=found, summons=summons,
        entry=None, here=f"{ROOT}/meetings/{meeting_id}/speeches", **counted.shown(page, bodies), **context,
    )  # fmt: skip
