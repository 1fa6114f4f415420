"""Late reports that may be used after all: decisions with a document, which the month's next version obeys (G-12)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLISHER, READER, Json
from services.gateway.deadlines.deadlines import accept_late
from services.gateway.deadlines.schemas.deadline_bodies import LateAcceptanceAsked
from services.gateway.deadlines.schemas.deadlines import LateAcceptance, LateAcceptancePage
from services.gateway.deadlines.store import deadlines as stored
from services.gateway.http.answers import CLOSED, created, document, page, text_cursor
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, AgencyQuery, Cursor, Limit, PeriodQuery
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from shared.audit import Actor
from shared.errors import NotFound

router = resource("late-acceptances")

READING = [Depends(READER)]
SubmissionPath = Annotated[str, Path(pattern="^(sub)_[0-9a-z]{26}$", description="The late report.")]


@router.get("/late-acceptances", dependencies=READING, **lists(LateAcceptancePage, refuses=[401, 403]))
async def list_late_acceptances(
    request: Request, period: PeriodQuery = None, agency: AgencyQuery = None, cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    """Late reports that were accepted, by submission."""
    after = text_cursor(cursor)
    async with runtime(request).database.read() as connection:
        found = await stored.list_late_acceptances(connection, period=period, agency=agency, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.submission_id)


@router.get("/late-acceptances/{submission}", dependencies=READING, **reads(LateAcceptance, refuses=[401, 403, 404]))
async def get_late_acceptance(request: Request, submission: SubmissionPath) -> Response:
    """The decision on one late report."""
    async with runtime(request).database.read() as connection:
        found = await stored.find_late_acceptance(connection, submission)
    if found is None:
        raise NotFound(f"no decision lets {submission} count")
    return document(request, found, cache=CLOSED)


@router.post("/late-acceptances", **records(LateAcceptanceAsked, LateAcceptance, refuses=[401, 403, 404, 409]))
async def post_late_acceptance(
    request: Request,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[LateAcceptanceAsked, Depends(Json(LateAcceptanceAsked))],
) -> Response:
    """Let a late report count in the month's next version; nobody does so for the body they belong to."""
    written = await accept_late(
        runtime(request).database,
        actor=actor,
        submission_id=asked.submission_id,
        reason=asked.reason,
        document=asked.document,
    )
    return created(written, path=f"/late-acceptances/{written.submission_id}")
