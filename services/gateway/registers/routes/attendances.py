"""Who came to a meeting for each body it summoned: roles and modes, not names (E-1, E-4)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import Json
from services.gateway.http.openapi_responses import lists, records
from services.gateway.http.routes.parameters import PAGE, AgencyQuery, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.registers.entering import enter_attendance
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
from services.gateway.registers.schemas.registers import Attendance, AttendanceAsked, AttendanceCorrection, AttendancePage
from services.gateway.registers.store.records import Entry
from shared.audit import Actor

router = resource("registers")

OF_A_MEETING = "/meetings/{meeting}/attendances"


async def _correct(office: Office, entry_id: str, version: Version) -> Entry:
    return await change(office, "attendance", entry_id, version)


@router.post(OF_A_MEETING, **records(AttendanceAsked, Attendance, refuses=[*REFUSES, 409]))
async def post_attendance(
    request: Request,
    meeting: MeetingPath,
    actor: Annotated[Actor, Depends(OFFICER)],
    asked: Annotated[AttendanceAsked, Depends(Json(AttendanceAsked))],
) -> Response:
    """Enter who came for one summoned body; nobody at all is an empty list."""
    version = version_of(asked, beside=frozenset({"agency"}))
    found = await enter_attendance(Office(runtime(request), actor), meeting, asked.agency, version)
    return await recorded(request, actor, "attendance", found)


@router.get(OF_A_MEETING, **lists(AttendancePage, refuses=REFUSES))
async def list_attendances_of_meeting(
    request: Request,
    meeting: MeetingPath,
    actor: Annotated[Actor, Depends(WATCHER)],
    agency: AgencyQuery = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Attendance at one meeting."""
    return await listed(request, actor, "attendance", limit=limit, cursor=cursor, meeting_id=meeting, agency=agency)


_KIND = Shown("attendance", Attendance, AttendancePage, AttendanceCorrection, _correct)
add_routes(router, _KIND)
