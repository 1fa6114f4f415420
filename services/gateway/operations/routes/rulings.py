"""Rulings: recorded decisions that supply a missing measure (RUL-06: never a silent zero)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLISHER, READER, Json
from services.gateway.http.answers import CLOSED, created, document, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, Cursor, Limit, PeriodQuery, RulingPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.decisions import find_ruling, propose_ruling
from services.gateway.operations.schemas.bodies import RulingAsked
from services.gateway.operations.schemas.operations import Ruling, RulingPage
from services.gateway.operations.store import control
from shared.audit import Actor

router = resource("rulings")

READING = [Depends(READER)]


@router.get("/rulings", dependencies=READING, **lists(RulingPage, refuses=[401, 403]))
async def list_rulings(request: Request, period: PeriodQuery = None, cursor: Cursor = None, limit: Limit = PAGE) -> Response:
    """Rulings in the order they were asked for; the one approved last on a measure holds."""
    after = number_cursor(cursor)
    async with runtime(request).database.read() as connection:
        found = await control.list_rulings(connection, period=period, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence)


@router.get("/rulings/{ruling}", dependencies=READING, **reads(Ruling, refuses=[401, 403, 404]))
async def get_ruling(request: Request, ruling: RulingPath) -> Response:
    """One ruling."""
    async with runtime(request).database.read() as connection:
        found = await find_ruling(connection, ruling)
    return document(request, found, cache=CLOSED)


@router.post("/rulings", **records(RulingAsked, Ruling, refuses=[401, 403, 404, 409]))
async def post_ruling(
    request: Request,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[RulingAsked, Depends(Json(RulingAsked))],
) -> Response:
    """Ask that a measure be supplied that no source gave, or that the ruling in force be withdrawn. Nothing changes before
    another person approves it (`POST /decisions/{decision}/approvals`); the next run counts it."""
    written = await propose_ruling(
        runtime(request).database,
        actor=actor,
        period=asked.period,
        agency=asked.agency,
        measure=asked.measure,
        value=asked.value,
        reason=asked.reason,
        document=asked.document,
    )
    return created(written, path=f"/rulings/{written.ruling_id}")
