"""The reports behind a published version, for everybody: which counted, by which extension, and their public words."""

from __future__ import annotations

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import document
from services.gateway.http.errors import AgencyUnknown
from services.gateway.http.openapi_responses import reads
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.published_bytes import IMMUTABLE, LATEST, unpublished
from services.gateway.publication.published_reports import Version, bodies_of, head_of, version_of
from services.gateway.publication.routes.scores import VersionQuery
from services.gateway.publication.schemas.published_reports import OwnPublishedReport, PublishedReports
from services.gateway.publication.store import published_reports as stored
from shared.database import Connection

router = resource("scores", dependencies=[Depends(PUBLIC)])


@router.get("/periods/{period}/reports", **reads(PublishedReports, refuses=[404]))
async def get_published_reports(request: Request, period: PeriodPath, version: VersionQuery = None) -> Response:
    """Of a published version every body's report: when it came, why it counts, what extended it, what it says in public."""
    known_period(period, now=runtime(request).clock())
    async with runtime(request).database.read() as connection:
        found = await _find(connection, period, version)
        bodies = await bodies_of(connection, found)
    return document(request, {**head_of(found), "items": list(bodies.values())}, cache=_cache(version))


@router.get("/periods/{period}/reports/{agency}", **reads(OwnPublishedReport, refuses=[404]))
async def get_published_report(
    request: Request, period: PeriodPath, agency: AgencyPath, version: VersionQuery = None
) -> Response:
    """The same of one body: it stands beside that body's scores."""
    known_period(period, now=runtime(request).clock())
    async with runtime(request).database.read() as connection:
        found = await _find(connection, period, version)
        bodies = await bodies_of(connection, found)
    if agency not in bodies:
        raise AgencyUnknown(f"no scored body has the code {agency!r} in {period}")
    return document(request, {**head_of(found), **bodies[agency]}, cache=_cache(version))


async def _find(connection: Connection, period: str, version: int | None) -> Version:
    """Raises NotYetPublished or VersionUnknown."""
    found = await stored.find_version(connection, period=period, version=version)
    if found is None:
        raise await unpublished(connection, period)
    return version_of(found)


def _cache(version: int | None) -> str:
    """What a pinned version says never changes; which is the latest does."""
    return LATEST if version is None else IMMUTABLE
