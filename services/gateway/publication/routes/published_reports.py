"""The reports behind a published version, for everybody: which counted, by which extension, and their public words."""

from __future__ import annotations

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import document
from services.gateway.http.errors import AgencyUnknown
from services.gateway.http.openapi_responses import reads
from services.gateway.http.routes.parameters import AgencyPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.published_bytes import unpublished
from services.gateway.publication.published_reports import Version, bodies_of, head_of, own_head_of, version_of
from services.gateway.publication.schemas.published_reports import OwnPublishedReport, PublishedReports
from services.gateway.publication.store import published_reports as stored
from services.gateway.publication.which import Which, WhichVersion
from shared.database import Connection

router = resource("scores", dependencies=[Depends(PUBLIC)])


@router.get("/periods/{period}/reports", **reads(PublishedReports, refuses=[404, 422]))
async def get_published_reports(request: Request, which: WhichVersion) -> Response:
    """Of a published version every body's report: when it came, why it counts, what extended it, what it says in public."""
    async with runtime(request).database.read() as connection:
        found = await _find(connection, which)
        bodies = await bodies_of(connection, found)
    return document(request, {**head_of(found), "items": list(bodies.values())}, cache=which.cache)


@router.get("/periods/{period}/reports/{agency}", **reads(OwnPublishedReport, refuses=[404, 422]))
async def get_published_report(request: Request, which: WhichVersion, agency: AgencyPath) -> Response:
    """The same of one body: it stands beside that body's scores."""
    async with runtime(request).database.read() as connection:
        found = await _find(connection, which)
        bodies = await bodies_of(connection, found)
    if agency not in bodies:
        raise AgencyUnknown(f"no scored body has the code {agency!r} in {which.period}")
    return document(request, {**own_head_of(found, bodies[agency]), **bodies[agency]}, cache=which.cache)


async def _find(connection: Connection, which: Which) -> Version:
    """Raises NotYetPublished or VersionUnknown."""
    found = await stored.find_version(connection, period=which.period, version=which.version)
    if found is None:
        raise await unpublished(connection, which.period)
    return version_of(found)
