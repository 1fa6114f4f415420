"""The register of a month: its meetings, a new one, and the closing of the month."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.posted import Posted
from services.gateway.pages.registers.entries import form_page, sent
from services.gateway.pages.registers.kinds import CLOSING, MEETING
from services.gateway.pages.registers.roster import asked_month, meetings_of, months

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

There = Annotated[Page, Depends(signed_in)]


@router.get("/meetings")
async def get_meetings(page: There) -> Response:
    month, known = await asked_month(page)
    found = await page.api.get("/meetings", period=month, cursor=page.request.query_params.get("cursor"))
    closings = (await page.api.get("/register-closings", period=month))["items"]
    return page.show(
        "registers/meetings.html", period=month, periods=known, meetings=found["items"], next=found["next"],
        closing=closings[0] if closings else None,
    )  # fmt: skip


@router.get("/meetings/new")
async def get_new_meeting(page: There) -> Response:
    return await form_page(page, MEETING, None)


@router.post("/meetings")
async def post_meeting(page: There) -> Response:
    async def again(posted: Posted, **context: Any) -> Response:
        return await form_page(page, MEETING, posted, here=f"{ROOT}/meetings/new", **context)

    return await sent(page, MEETING, "/meetings", beside=lambda _: {}, again=again)


@router.get("/register-closings/new")
async def get_new_closing(page: There) -> Response:
    return await _closing_form(page, None, await asked_month(page))


@router.post("/register-closings")
async def post_closing(page: There) -> Response:
    async def again(posted: Posted, **context: Any) -> Response:
        month = posted.text("period")
        return await _closing_form(page, posted, (month, await months(page)), here=f"{ROOT}/register-closings/new", **context)

    def of_month(posted: Posted) -> dict[str, Any]:
        return {"period": posted.text("period")}

    return await sent(page, CLOSING, "/register-closings", beside=of_month, again=again)


async def _closing_form(page: Page, posted: Posted | None, asked: tuple[str, list[str]], **context: Any) -> Response:
    """With the month's meetings, so that whoever states their number sees them."""
    month, known = asked
    found = await meetings_of(page, month) if month in known else []
    return await form_page(page, CLOSING, posted, period=month, periods=known, meetings=found, **context)
