"""Speeches and thematic reports at meetings, each with an officer's mark (E-6, E-7)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import Json
from services.gateway.http.openapi_responses import lists, records
from services.gateway.http.routes.parameters import PAGE, AgencyQuery, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.registers.entering import enter_speech, require_note
from services.gateway.registers.entries import Office, Version, change
from services.gateway.registers.routes.register_entries import (
    OFFICER,
    REFUSES,
    WATCHER,
    MeetingPath,
    Shown,
    add_routes,
    listed,
    recorded,
    version_of,
)
from services.gateway.registers.schemas.registers import Speech, SpeechAsked, SpeechCorrection, SpeechPage
from services.gateway.registers.store.records import Entry
from shared.audit import Actor

router = resource("registers")

OF_A_MEETING = "/meetings/{meeting}/speeches"


async def _correct(office: Office, entry_id: str, version: Version) -> Entry:
    require_note(version.content)
    return await change(office, "speech", entry_id, version)


@router.post(OF_A_MEETING, **records(SpeechAsked, Speech, refuses=[*REFUSES, 409]))
async def post_speech(
    request: Request,
    meeting: MeetingPath,
    actor: Annotated[Actor, Depends(OFFICER)],
    asked: Annotated[SpeechAsked, Depends(Json(SpeechAsked))],
) -> Response:
    """Enter a speech or thematic report of a summoned body, and whether it qualifies."""
    version = version_of(asked, beside=frozenset({"agency"}))
    found = await enter_speech(Office(runtime(request), actor), meeting, asked.agency, version)
    return await recorded(request, actor, "speech", found)


@router.get(OF_A_MEETING, **lists(SpeechPage, refuses=REFUSES))
async def list_speeches_of_meeting(
    request: Request,
    meeting: MeetingPath,
    actor: Annotated[Actor, Depends(WATCHER)],
    agency: AgencyQuery = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Speeches and reports at one meeting."""
    return await listed(request, actor, "speech", limit=limit, cursor=cursor, meeting_id=meeting, agency=agency)


_KIND = Shown("speech", Speech, SpeechPage, SpeechCorrection, _correct)
add_routes(router, _KIND)
