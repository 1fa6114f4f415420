"""Extensions: one body's report deadline put off, by whom, why, until when and to which effect (APR-10)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from services.gateway.answers import CLOSED, created, document, number_cursor, page
from services.gateway.api.parameters import PAGE, AgencyQuery, Cursor, Limit, PeriodQuery
from services.gateway.contract import lists, reads, records
from services.gateway.deadlines import grant_extension
from services.gateway.permits import PUBLISHER, READER, Json
from services.gateway.queries import deadlines as stored
from services.gateway.runtime import runtime
from services.gateway.schemas.deadline_bodies import ExtensionAsked
from services.gateway.schemas.deadlines import Extension, ExtensionPage
from shared.audit import Actor
from shared.errors import NotFound

router = APIRouter(tags=["extensions"])

READING = [Depends(READER)]
ExtensionPath = Annotated[str, Path(pattern="^(ext)_[0-9a-z]{26}$", description="An extension.")]


@router.get("/extensions", dependencies=READING, **lists(ExtensionPage, refuses=[401, 403]))
async def list_extensions(
    request: Request, period: PeriodQuery = None, agency: AgencyQuery = None, cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    """Extensions in the order they were granted; the latest of a body's month holds."""
    after = number_cursor(cursor)
    async with runtime(request).database.read() as connection:
        found = await stored.list_extensions(connection, period=period, agency=agency, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key="sequence", show=dict)


@router.get("/extensions/{extension}", dependencies=READING, **reads(Extension, refuses=[401, 403, 404]))
async def get_extension(request: Request, extension: ExtensionPath) -> Response:
    """One extension."""
    async with runtime(request).database.read() as connection:
        found = await stored.find_extension(connection, extension)
    if found is None:
        raise NotFound(f"no extension has the id {extension}")
    return document(request, found, cache=CLOSED)


@router.post("/extensions", **records(ExtensionAsked, Extension, refuses=[401, 403, 404]))
async def post_extension(
    request: Request,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[ExtensionAsked, Depends(Json(ExtensionAsked))],
) -> Response:
    """Put one body's report deadline off; nobody does so for the body they belong to."""
    written = await grant_extension(
        runtime(request).database,
        actor=actor,
        agency=asked.agency,
        period=asked.period,
        until=asked.until,
        effect=asked.effect,
        reason=asked.reason,
        document=asked.document,
    )
    return created(written, path=f"/extensions/{written['extension_id']}")
