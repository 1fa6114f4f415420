"""Cutoffs and report deadlines that were moved: rows with a reason and an author (SNP-04)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLISHER, READER, Json, Permit
from services.gateway.access.tenancy import AGENCY_ROLES, reach_of
from services.gateway.deadlines.store import deadlines
from services.gateway.http.answers import CLOSED, created, document, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, CalendarPath, Cursor, Limit, PeriodQuery
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.decisions import find_calendar_entry, propose_calendar_entry, withdraw_calendar_entry
from services.gateway.operations.schemas.bodies import CalendarEntryAsked, CalendarWithdrawalAsked
from services.gateway.operations.schemas.operations import CalendarEntry, CalendarPage
from services.gateway.operations.store import control
from shared.audit import Actor
from shared.errors import NotFound

router = resource("calendar")

# Bodies too: what moved their deadline is named in their own answers.
CONCERNED = Permit((*READER.roles, *AGENCY_ROLES))


@router.get("/calendar", **lists(CalendarPage, refuses=[401, 403]))
async def list_calendar(
    request: Request,
    actor: Annotated[Actor, Depends(CONCERNED)],
    period: PeriodQuery = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Moved instants in the order they were asked for, of which the one approved last of a period, source and kind holds;
    beside them the extensions in force, for people of a body only their own. A body sees what was approved, and no proposal."""
    after = number_cursor(cursor)
    sees, _ = reach_of(actor)
    async with runtime(request).database.read() as connection:
        found = await control.list_calendar(connection, period=period, after=after, limit=limit + 1, approved=sees != "*")
        granted = await deadlines.extensions_in_force(connection, period)
    extensions = [{**vars(one), "state": "in_force"} for one in granted if sees in ("*", one.agency)]
    return page(request, found, limit=limit, key=lambda each: each.sequence, beside={"extensions": extensions})


@router.get("/calendar/{entry}", **reads(CalendarEntry, refuses=[401, 403, 404]))
async def get_calendar_entry(request: Request, entry: CalendarPath, actor: Annotated[Actor, Depends(CONCERNED)]) -> Response:
    """One moved instant."""
    async with runtime(request).database.read() as connection:
        found = await find_calendar_entry(connection, entry)
    if reach_of(actor)[0] != "*" and found.state != "approved":
        raise NotFound(f"no calendar row has the id {entry}")
    return document(request, found, cache=CLOSED)


@router.post("/calendar", **records(CalendarEntryAsked, CalendarEntry, refuses=[401, 403, 409]))
async def post_calendar_entry(
    request: Request,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[CalendarEntryAsked, Depends(Json(CalendarEntryAsked))],
) -> Response:
    """Ask that a cutoff, report deadline or second look of one source, or of all, be moved: never to before an instant that
    passed or a receipt that counted. Nothing moves before another person approves it
    (`POST /decisions/{decision}/approvals`)."""
    written = await propose_calendar_entry(
        runtime(request).database,
        actor=actor,
        period=asked.period,
        source=asked.source,
        kind=asked.kind,
        falls_at=asked.falls_at,
        reason=asked.reason,
    )
    return created(written, path=f"/calendar/{written.entry_id}")


@router.post("/calendar/{entry}/withdrawals", **records(CalendarWithdrawalAsked, CalendarEntry, refuses=[401, 403, 404, 409]))
async def post_calendar_withdrawal(
    request: Request,
    entry: CalendarPath,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[CalendarWithdrawalAsked, Depends(Json(CalendarWithdrawalAsked))],
) -> Response:
    """Ask that a row in force be taken back, so that what held before it holds again; not where that instant has passed."""
    written = await withdraw_calendar_entry(runtime(request).database, actor=actor, entry_id=entry, reason=asked.reason)
    return created(written, path=f"/calendar/{written.entry_id}")
