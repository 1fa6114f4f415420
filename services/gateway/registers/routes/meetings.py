"""Meetings chaired by leaders of the Government or of the Central Steering Committee, and the closing of a month's register
(E-2, E-5)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import Json
from services.gateway.http.openapi_responses import records
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.registers.entering import correct_meeting, enter_closing, enter_meeting
from services.gateway.registers.entries import Office, Version, change
from services.gateway.registers.routes.register_entries import OFFICER, REFUSES, Shown, add_routes, recorded, version_of
from services.gateway.registers.schemas.registers import (
    Closing,
    ClosingAsked,
    ClosingCorrection,
    ClosingPage,
    Meeting,
    MeetingAsked,
    MeetingCorrection,
    MeetingPage,
)
from services.gateway.registers.store.records import Entry
from shared.audit import Actor

router = resource("registers")


async def _correct_closing(office: Office, closing_id: str, version: Version) -> Entry:
    return await change(office, "closing", closing_id, version)


@router.post("/meetings", **records(MeetingAsked, Meeting, refuses=REFUSES))
async def post_meeting(
    request: Request,
    actor: Annotated[Actor, Depends(OFFICER)],
    asked: Annotated[MeetingAsked, Depends(Json(MeetingAsked))],
) -> Response:
    """Enter a meeting and whom it summoned; it counts once a second person confirms it."""
    return await recorded(request, actor, "meeting", await enter_meeting(Office(runtime(request), actor), version_of(asked)))


@router.post("/register-closings", **records(ClosingAsked, Closing, refuses=[*REFUSES, 409]))
async def post_closing(
    request: Request,
    actor: Annotated[Actor, Depends(OFFICER)],
    asked: Annotated[ClosingAsked, Depends(Json(ClosingAsked))],
) -> Response:
    """State that all meetings of an ended month are entered; zero meetings are stated, never assumed."""
    version = version_of(asked, beside=frozenset({"period"}))
    return await recorded(
        request, actor, "closing", await enter_closing(Office(runtime(request), actor), asked.period, version)
    )


for _kind in (
    Shown("meeting", Meeting, MeetingPage, MeetingCorrection, correct_meeting),
    Shown("closing", Closing, ClosingPage, ClosingCorrection, _correct_closing),
):
    add_routes(router, _kind)
