"""What holds the first version of a month, and leaving it out by a decision of two people (docs/adr/0028)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import OPERATOR_OR_PUBLISHER, PUBLISHING, READER, Json
from services.gateway.http.answers import CLOSED, created, document, no_store, number_cursor, page
from services.gateway.http.negotiation import choose_language
from services.gateway.http.openapi_responses import lists, reads, records, tells
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import PAGE, Cursor, Limit, PeriodPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.omissions import approve_omission, ask_omission, holds_of, require_omission, told
from services.gateway.operations.schemas.holds import (
    HoldsDocument,
    Omission,
    OmissionApprovalAsked,
    OmissionAsked,
    OmissionPage,
)
from shared.audit import Actor
from shared.holds.omissions import list_omissions

router = resource("holds")

READING = [Depends(READER)]
OmissionPath = Annotated[str, Path(pattern="^(omit)_[0-9a-z]{26}$", description="A decision to leave facts out.")]


@router.get("/periods/{period}/holds", dependencies=READING, **tells(HoldsDocument, refuses=[401, 403, 404]))
async def get_holds(request: Request, period: PeriodPath) -> Response:
    """What keeps the month's first version from being published now: facts of every kind, their bodies and points."""
    given = runtime(request)
    month = known_period(period, now=given.clock())
    async with given.database.read() as connection:
        found = await holds_of(connection, month)
    language = choose_language(request.headers.get("accept-language"))
    content = {"period": period, "holds": [told(hold, language) for hold in found]}
    return no_store(content, headers={"vary": "Accept-Language"})


@router.get("/periods/{period}/omissions", dependencies=READING, **lists(OmissionPage, refuses=[401, 403, 404]))
async def list_period_omissions(request: Request, period: PeriodPath, cursor: Cursor = None, limit: Limit = PAGE) -> Response:
    """Decisions to leave facts out of the month, in the order they were asked for; those that nobody approved leave nothing
    out."""
    given, after = runtime(request), number_cursor(cursor)
    known_period(period, now=given.clock())
    async with given.database.read() as connection:
        found = await list_omissions(connection, period, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence)


@router.post("/periods/{period}/omissions", **records(OmissionAsked, Omission, refuses=[401, 403, 404, 409]))
async def post_omission(
    request: Request,
    period: PeriodPath,
    actor: Annotated[Actor, Depends(OPERATOR_OR_PUBLISHER)],
    asked: Annotated[OmissionAsked, Depends(Json(OmissionAsked))],
) -> Response:
    """Ask that what holds the month be left out; nothing is before another person approves."""
    given = runtime(request)
    known_period(period, now=given.clock())
    written = await ask_omission(
        given.database, actor=actor, period=period, hold_id=asked.hold_id, reason=asked.reason, document=asked.document
    )
    return created(written, path=f"/omissions/{written.omission_id}")


@router.get("/omissions/{omission}", dependencies=READING, **reads(Omission, refuses=[401, 403, 404]))
async def get_omission(request: Request, omission: OmissionPath) -> Response:
    """One decision, with what it leaves out as it stood when it was asked for."""
    async with runtime(request).database.read() as connection:
        found = await require_omission(connection, omission)
    return document(request, found, cache=CLOSED)


@router.post("/omissions/{omission}/approvals", **records(OmissionApprovalAsked, Omission, refuses=[401, 403, 404, 409]))
async def post_omission_approval(
    request: Request,
    omission: OmissionPath,
    actor: Annotated[Actor, Depends(PUBLISHING)],
    asked: Annotated[OmissionApprovalAsked, Depends(Json(OmissionApprovalAsked))],
) -> Response:
    """Approve somebody else's request; from then on these facts do not hold the publication, which says what was left out."""
    written = await approve_omission(runtime(request).database, actor=actor, omission_id=omission, reason=asked.reason)
    return created(written, path=f"/omissions/{omission}")
