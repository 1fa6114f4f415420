"""Attendance at a meeting: every body it summons, what is entered of each, and the form for those still missing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.evidence import said, with_digests
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, refused_of, signed_in
from services.gateway.pages.posted import Posted
from services.gateway.pages.registers.content_forms import BOXES, attendees, is_stated
from services.gateway.pages.registers.kinds import ATTENDANCE
from services.gateway.pages.registers.roster import LONGEST, names
from services.gateway.pages.registers.several import Tally, confirm_chosen, nothing_ticked
from shared.errors import Fault, InputInvalid

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

There = Annotated[Page, Depends(signed_in)]


@router.get("/meetings/{meeting}/attendances")
async def get_attendances(page: There, meeting: str) -> Response:
    return await _shown(page, meeting, ticked=page.request.query_params.get("tick") == "all")


@router.post("/meetings/{meeting}/attendances")
async def post_attendances(page: There, meeting: str) -> Response:
    """One entry for each body of which something was said; a body of which nothing was said stays missing."""
    posted = with_digests(await page.posted(), "evidence_digest")
    stated = [code for code in posted.texts("body") if is_stated(posted, f"@{code}")]
    if not stated:
        return await _shown(page, meeting, posted=posted, refused=_nothing(page))
    tally = Tally()
    for code in stated:
        try:
            body = {"agency": code, "attendees": attendees(posted, f"@{code}"), **said(posted, "evidence_digest")}
            await page.api.post(f"/meetings/{meeting}/attendances", body, once=f"{posted.once}-{code}")
        except InputInvalid as error:
            tally.refused[code] = refused_of(page.request, error)
        except Refused as refused:
            tally.refused[code] = refused
        else:
            tally.done.append(code)
    if tally.refused:
        return await _shown(page, meeting, posted=posted, tally=tally)
    return page.go(f"/meetings/{meeting}/attendances", done="entered")


@router.post("/meetings/{meeting}/attendances/confirmations")
async def post_confirmations(page: There, meeting: str) -> Response:
    tally = await confirm_chosen(page, ATTENDANCE, await page.posted())
    if tally.refused:
        return await _shown(page, meeting, tally=tally)
    if not tally.done:
        return await _shown(page, meeting, refused=nothing_ticked(page))
    return page.go(f"/meetings/{meeting}/attendances", done="confirmed")


async def summons_in_force(page: Page, meeting: dict[str, Any]) -> list[dict[str, Any]]:
    """Whom the version that counts summons; nobody while none does."""
    number = meeting["version_in_force"]
    if number is None:
        return []
    if number == meeting["version"]:
        return list(meeting["content"]["summons"])
    versions = (await page.api.get(f"/meetings/{meeting['entry_id']}/versions", limit=LONGEST))["items"]
    return list(next(each["content"]["summons"] for each in versions if each["version"] == number))


async def _shown(
    page: Page, meeting_id: str, *, posted: Posted | None = None, refused: Refused | None = None,
    tally: Tally | None = None, ticked: bool = False,
) -> Response:  # fmt: skip
    meeting = await page.api.get(f"/meetings/{meeting_id}")
    found = (await page.api.get(f"/meetings/{meeting_id}/attendances", limit=LONGEST))["items"]
    entered = {each["agency"]: each for each in found}
    summons = await summons_in_force(page, meeting)
    called = {each["agency"] for each in summons}
    bodies = await names(page, meeting["period"])
    told = (tally or Tally()).shown(page, bodies)
    return page.show(
        "registers/attendances.html", refused=refused, posted=posted, status=(tally or Tally()).status,
        meeting=meeting, names=bodies, boxes=BOXES, ticked=ticked, here=f"{ROOT}/meetings/{meeting_id}/attendances",
        rows=[{**each, "entry": entered.get(each["agency"])} for each in summons],
        stray=[each for each in found if each["agency"] not in called],
        **told,
    )  # fmt: skip


def _nothing(page: Page) -> Refused:
    fault = Fault("/attendees", "says nothing of who came", expected="people, or a tick at nobody came")
    return refused_of(page.request, InputInvalid("no body has anything entered", faults=[fault]))
