"""What waits for a second person, of every act that takes two and is nobody's own body's: in one list (ADR 39)."""

from __future__ import annotations

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER
from services.gateway.http.answers import no_store
from services.gateway.http.openapi_responses import tells
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.requests import shown
from services.gateway.operations.schemas.waiting import WaitingRequests
from services.gateway.operations.store.waiting import list_waiting

router = resource("waiting-requests")


@router.get("/waiting-requests", dependencies=[Depends(READER)], **tells(WaitingRequests, refuses=[401, 403]))
async def list_waiting_requests(request: Request) -> Response:
    """Who asked for what and why, and where another person agrees or it is ended: decisions, extensions, facts left out,
    superseding versions, former versions that shall stand again."""
    async with runtime(request).database.read() as connection:
        found = await list_waiting(connection)
    return no_store({"items": [shown(each) for each in found]})
