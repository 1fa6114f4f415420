"""How the sources of one month stand: what is frozen, what is late, what went wrong."""

from __future__ import annotations

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER
from services.gateway.http.answers import CLOSED, document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.periods import closed_last, known_period
from services.gateway.http.routes.parameters import PeriodQuery
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.board import month_status
from services.gateway.operations.schemas.operations import Board

router = resource("status")


@router.get("/status", dependencies=[Depends(READER)], **reads(Board, refuses=[401, 403, 404]))
async def get_status(request: Request, period: PeriodQuery = None) -> Response:
    """One month's board; without a period, the month that closed last."""
    given = runtime(request)
    now = given.clock()
    month = known_period(period, now=now) if period else closed_last(now)
    async with given.database.read() as connection:
        found = await month_status(connection, month, now=now)
    return document(request, found, cache=CLOSED)
