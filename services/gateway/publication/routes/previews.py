"""What a version under an embargo will say, for who may read it before its release (PUB-08).

Addresses of their own: the public ones never look at who asks, so nothing that they answer, or that caches keep of them, can
depend on it. The bytes and their ETag are those that everybody gets from the instant on.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER, RequireAgencyRole
from services.gateway.access.tenancy import WHOLE_BODY_ROLES, reach_of
from services.gateway.http.answers import API
from services.gateway.http.edge import JSON
from services.gateway.http.openapi_responses import ETAG, header, tells
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import Runtime, runtime
from services.gateway.publication.schemas.sheet import AgencySheet, ScoreSheet
from services.gateway.publication.store import published
from shared.audit import Actor
from shared.errors import NotFound
from shared.period import in_vietnam

router = resource("scores")

REFUSES: Final = (401, 403, 404)
# A body's people see their body's part; whoever reads runs sees that part too.
OF_A_BODY = RequireAgencyRole(WHOLE_BODY_ROLES, national=tuple(sorted(READER.roles)))
RELEASE = {**ETAG, "Release-At": header("From when on everybody reads it, by the database's clock.")}


@router.get("/periods/{period}/preview", dependencies=[Depends(READER)], **tells(ScoreSheet, refuses=REFUSES, beside=RELEASE))
async def get_preview(request: Request, period: PeriodPath) -> Response:
    """The month's version that waits for its release, whole; nothing once it is released."""
    return await _send(runtime(request), period, agency="", seen="*")


@router.get(
    "/agencies/{agency}/periods/{period}/preview",
    **tells(AgencySheet, refuses=REFUSES, beside=RELEASE),
)
async def get_own_preview(
    request: Request, agency: AgencyPath, period: PeriodPath, actor: Annotated[Actor, Depends(OF_A_BODY)]
) -> Response:
    """One body's part of the month's version that waits for its release; nothing once it is released."""
    return await _send(runtime(request), period, agency=agency, seen=reach_of(actor)[0])


async def _send(given: Runtime, period: str, *, agency: str, seen: str) -> Response:
    """The stored bytes, for nobody to keep. ``seen`` is what the caller's session previews, whatever the path says. Raises
    PeriodUnknown or NotFound."""
    month = str(known_period(period, now=given.clock()))
    async with given.database.read() as connection:
        await published.preview(connection, seen)
        found = await published.find_under_embargo(connection, period=month, agency=agency, media_type=JSON)
    if found is None:
        hint = f"What is released stands at {API}/periods/{month}/scores."
        raise NotFound(f"no version of {month} waits for its release", hint=hint)
    headers = {
        "etag": f'"{found.digest}"',
        "cache-control": "private, no-store",
        "release-at": in_vietnam(found.release_at),
    }
    return Response(found.body, media_type=JSON, headers=headers)
