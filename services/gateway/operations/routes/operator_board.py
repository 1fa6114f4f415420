"""The operators' board of one month: sources, bodies, runs and work in one answer (DSH-01)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER
from services.gateway.access.tenancy import read
from services.gateway.http.answers import no_store
from services.gateway.http.negotiation import choose_language
from services.gateway.http.openapi_responses import tells
from services.gateway.http.periods import closed_last, known_period
from services.gateway.http.routes.parameters import PeriodQuery
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.board import operator_board
from services.gateway.operations.progress import problem_of
from services.gateway.operations.schemas.board import OperatorBoard
from shared.audit import Actor

router = resource("operator-board")


@router.get("/operator-board", **tells(OperatorBoard, refuses=[401, 403, 404]))
async def get_operator_board(
    request: Request, actor: Annotated[Actor, Depends(READER)], period: PeriodQuery = None
) -> Response:
    """One month's board: every source and every body with state, age and next deadline, runs, and work under way or failed.
    Without a period, the month that closed last."""
    given = runtime(request)
    now = given.clock()
    month = known_period(period, now=now) if period else closed_last(now)
    async with read(given.database, actor) as connection:
        found = await operator_board(connection, month, now=now)
    language = choose_language(request.headers.get("accept-language"))
    work = [{**each, "problem": problem_of(each["problem"], language, given.public_url)} for each in found["work"]]
    return no_store({**found, "work": work}, headers={"vary": "Accept-Language"})
