"""Indicators that do not fit a body: dated, cited rows, and their withdrawals (reading G-15)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLISHER, READER, Json
from services.gateway.http.answers import CLOSED, created, document, page, text_cursor
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, AgencyQuery, ApplicabilityPath, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.decisions import find_applicability, propose_applicability, withdraw_applicability
from services.gateway.operations.schemas.bodies import ApplicabilityAsked, WithdrawalAsked
from services.gateway.operations.schemas.operations import Applicability, ApplicabilityPage
from services.gateway.operations.store import control
from shared.audit import Actor

router = resource("applicability")

READING = [Depends(READER)]


@router.get("/applicability", dependencies=READING, **lists(ApplicabilityPage, refuses=[401, 403]))
async def list_applicability(
    request: Request, agency: AgencyQuery = None, cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    """Rows in the order they were asked for; one that `withdraws` another takes it back once approved."""
    after = text_cursor(cursor)
    async with runtime(request).database.read() as connection:
        found = await control.list_applicability(connection, agency=agency, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.applicability_id)


@router.get("/applicability/{row}", dependencies=READING, **reads(Applicability, refuses=[401, 403, 404]))
async def get_applicability(request: Request, row: ApplicabilityPath) -> Response:
    """One row."""
    async with runtime(request).database.read() as connection:
        found = await find_applicability(connection, row)
    return document(request, found, cache=CLOSED)


@router.post("/applicability", **records(ApplicabilityAsked, Applicability, refuses=[401, 403, 404, 409]))
async def post_applicability(
    request: Request,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[ApplicabilityAsked, Depends(Json(ApplicabilityAsked))],
) -> Response:
    """Ask to record that an indicator does not fit a body, by a document. Nothing changes before another person approves it
    (`POST /decisions/{decision}/approvals`); the next run counts it."""
    written = await propose_applicability(
        runtime(request).database,
        actor=actor,
        agency=asked.agency,
        indicator=asked.indicator,
        valid_from=asked.valid_from,
        valid_to=asked.valid_to,
        document=asked.document,
        reason=asked.reason,
    )
    return created(written, path=f"/applicability/{written.applicability_id}")


@router.post("/applicability/{row}/withdrawals", **records(WithdrawalAsked, Applicability, refuses=[401, 403, 404, 409]))
async def post_withdrawal(
    request: Request,
    row: ApplicabilityPath,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[WithdrawalAsked, Depends(Json(WithdrawalAsked))],
) -> Response:
    """Ask that a row in force be taken back; both stay on record. It holds until another person approves."""
    written = await withdraw_applicability(
        runtime(request).database, actor=actor, applicability_id=row, document=asked.document, reason=asked.reason
    )
    return created(written, path=f"/applicability/{written.applicability_id}")
