"""Extensions: one body's report deadline put off, by which two people, why, until when and to which effect (APR-10)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLISHER, PUBLISHING, READER, Json
from services.gateway.deadlines.deadlines import approve_extension, find_extension, propose_extension
from services.gateway.deadlines.schemas.deadline_bodies import ExtensionApprovalAsked, ExtensionAsked
from services.gateway.deadlines.schemas.deadlines import Extension, ExtensionPage
from services.gateway.deadlines.store import deadlines as stored
from services.gateway.deadlines.store import records as kept
from services.gateway.http.answers import CLOSED, created, document, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, AgencyQuery, Cursor, Limit, PeriodQuery
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from shared.audit import Actor

router = resource("extensions")

READING = [Depends(READER)]
ExtensionPath = Annotated[str, Path(pattern="^(ext)_[0-9a-z]{26}$", description="An extension.")]


@router.get("/extensions", dependencies=READING, **lists(ExtensionPage, refuses=[401, 403]))
async def list_extensions(
    request: Request, period: PeriodQuery = None, agency: AgencyQuery = None, cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    """Extensions in the order they were proposed; each adds time and none takes any away: of a body's month the latest
    `until` of each effect holds."""
    after = number_cursor(cursor)
    async with runtime(request).database.read() as connection:
        found = await stored.list_extensions(connection, period=period, agency=agency, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=extension_shown)


@router.get("/extensions/{extension}", dependencies=READING, **reads(Extension, refuses=[401, 403, 404]))
async def get_extension(request: Request, extension: ExtensionPath) -> Response:
    """One extension."""
    async with runtime(request).database.read() as connection:
        found = await find_extension(connection, extension)
    return document(request, extension_shown(found), cache=CLOSED)


@router.post("/extensions", **records(ExtensionAsked, Extension, refuses=[401, 403, 404]))
async def post_extension(
    request: Request,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[ExtensionAsked, Depends(Json(ExtensionAsked))],
) -> Response:
    """Ask that one body's report deadline be put off; nothing moves before another publisher approves. Nobody asks so for the
    body they belong to."""
    written = await propose_extension(
        runtime(request).database,
        actor=actor,
        agency=asked.agency,
        period=asked.period,
        until=asked.until,
        effect=asked.effect,
        reason=asked.reason,
        document=asked.document,
        now=runtime(request).clock(),
    )
    return created(extension_shown(written), path=f"/extensions/{written.extension_id}")


@router.post("/extensions/{extension}/approvals", **records(ExtensionApprovalAsked, Extension, refuses=[401, 403, 404, 409]))
async def post_extension_approval(
    request: Request,
    extension: ExtensionPath,
    actor: Annotated[Actor, Depends(PUBLISHING)],
    asked: Annotated[ExtensionApprovalAsked, Depends(Json(ExtensionApprovalAsked))],
) -> Response:
    """Approve somebody else's proposal; from then on the deadline is put off. One that ends in the past or lengthens nothing by
    now is refused."""
    given = runtime(request)
    written = await approve_extension(
        given.database, actor=actor, extension_id=extension, reason=asked.reason, now=given.clock()
    )
    return created(extension_shown(written), path=f"/extensions/{extension}")


def extension_shown(line: kept.Extension) -> dict[str, Any]:
    """`proposed` until a second person approves; one of the time when one person granted it is in force without."""
    state = "in_force" if line.alone or line.approved_by is not None else "proposed"
    return {**{name: value for name, value in vars(line).items() if name != "alone"}, "state": state}
