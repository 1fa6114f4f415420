"""What happened, in the order in which it was committed: the source of truth behind every webhook (INT-13)."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC, RequireAgencyRole
from services.gateway.access.tenancy import WHOLE_BODY_ROLES, read
from services.gateway.http.answers import CLOSED, OPEN, document, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.notifications.event_kinds import TYPES, document_of
from services.gateway.notifications.schemas.events import Event, EventPage
from services.gateway.notifications.store import events as stored
from services.gateway.notifications.store import records as kept
from shared.audit import Actor
from shared.database import Connection
from shared.errors import Fault, InputInvalid, NotFound

router = resource("events")

ALL: Final = "/agencies/{agency}/events"
REFUSES: Final = (401, 403, 404)
_ID: Final = "^evt_[0-9a-z]{26}$"
EventPath = Annotated[str, Path(pattern=_ID, description="An event.")]
After = Annotated[
    Annotated[str, Field(pattern=_ID)] | Unset,
    Query(description="Only what came after this event: the last one you have. The cursor goes before it."),
]
Types = Annotated[
    Annotated[str, Field(pattern=r"^[a-z_.]+(,[a-z_.]+)*$", max_length=500)] | Unset,
    Query(description="Only these types, separated by commas.", examples=["receipt.issued,scores.published"]),
]
_INSIDE = RequireAgencyRole(WHOLE_BODY_ROLES)


@router.get("/events", dependencies=[Depends(PUBLIC)], **lists(EventPage, refuses=[404]))
async def list_public_events(
    request: Request, types: Types = None, after: After = None, cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    """Events for everybody, the oldest first."""
    wanted = known_types(types)
    async with runtime(request).database.read() as connection:
        begin = await _begin(connection, cursor, after, agency=None)
        found = await stored.list_events(connection, agency=None, types=wanted, after=begin, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=document_of, cache=OPEN)


@router.get(ALL, **lists(EventPage, refuses=REFUSES))
async def list_events(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_INSIDE)],
    types: Types = None,
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Events of the body and those for everybody, the oldest first; nothing is ever added between two that were read."""
    wanted = known_types(types)
    async with read(runtime(request).database, actor) as connection:
        begin = await _begin(connection, cursor, after, agency=agency)
        found = await stored.list_events(connection, agency=agency, types=wanted, after=begin, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=document_of)


@router.get(ALL + "/{event}", **reads(Event, refuses=REFUSES))
async def get_event(
    request: Request, agency: AgencyPath, event: EventPath, actor: Annotated[Actor, Depends(_INSIDE)]
) -> Response:
    """One event of the body, or for everybody."""
    async with read(runtime(request).database, actor) as connection:
        found = await _found(connection, event, agency=agency)
    return document(request, document_of(found), cache=CLOSED)


def known_types(given: str | None) -> list[str] | None:
    """Raises InputInvalid: a misspelt type would be one that never comes."""
    if given is None:
        return None
    wanted = re.split(",", given)
    unknown = [each for each in wanted if each not in TYPES]
    if unknown:
        fault = Fault("?types", "is no type of event", seen=unknown[0], expected=", ".join(TYPES))
        raise InputInvalid("there are no events of such a type", faults=[fault])
    return wanted


async def _begin(connection: Connection, cursor: str | None, after: str | None, *, agency: str | None) -> int | None:
    if cursor is not None or after is None:
        return number_cursor(cursor)
    return int((await _found(connection, after, agency=agency)).sequence)


async def _found(connection: Connection, event: str, *, agency: str | None) -> kept.Event:
    found = await stored.find_event(connection, event, agency=agency)
    if found is None:
        raise NotFound(f"there is no event {event} here")
    return found
