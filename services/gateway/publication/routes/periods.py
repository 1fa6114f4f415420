"""The months: from the first scheme's first period to the one that runs now, and what was published of each."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import API, OPEN, chosen, document
from services.gateway.http.errors import NotYetPublished
from services.gateway.http.openapi_responses import reads
from services.gateway.http.periods import known_period, known_periods
from services.gateway.http.routes.parameters import PeriodPath, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.http.words import Instant
from services.gateway.publication.schemas.documents import PeriodDocument, PeriodPage, VersionPage
from services.gateway.publication.store import published
from services.gateway.publication.store.records import LatestVersion, Publication
from services.gateway.publication.which import which_of
from shared.calendar import cutoff_of
from shared.law.scheme import scheme_for
from shared.period import Period

PublishedBy = Annotated[
    Instant | Unset,
    Query(
        description="Those that had been published at this instant, which is not ahead of now.",
        examples=["2026-03-01T08:00:00+07:00"],
    ),
]

router = resource("periods", dependencies=[Depends(PUBLIC)])


@router.get("/periods", **reads(PeriodPage))
async def list_periods(request: Request) -> Response:
    """Every month that a scheme rules and that has begun, oldest first."""
    given = runtime(request)
    async with given.database.read() as connection:
        latest = await published.latest_versions(connection)
    items = [_summary(period, latest.get(str(period))) for period in known_periods(given.clock())]
    return document(request, {"items": items, "next": None}, cache=OPEN)


@router.get("/periods/{period}", **reads(PeriodDocument, refuses=[404]))
async def get_period(request: Request, period: PeriodPath) -> Response:
    """One month: its window, its deadlines and its latest publication."""
    given = runtime(request)
    month = known_period(period, now=given.clock())
    async with given.database.read() as connection:
        latest = (await published.latest_versions(connection)).get(period)
        cutoff = await cutoff_of(connection, month, "*")
        deadline = await cutoff_of(connection, month, "agency_report")
    instants = {
        "begins_at": month.start,
        "ends_at": month.end,
        "cutoff_at": cutoff,
        "report_deadline_at": deadline,
    }
    return document(request, {**_summary(month, latest), **instants}, cache=OPEN)


@router.get("/periods/{period}/versions", **reads(VersionPage, refuses=[404, 422]))
async def list_versions(request: Request, period: PeriodPath, as_of: PublishedBy = None) -> Response:
    """Every version that was published of the month, first one first; none is ever changed or taken away."""
    given = runtime(request)
    stood = (await which_of(given, period, None, as_of)).version
    async with given.database.read() as connection:
        found = [each for each in await published.versions_of(connection, period) if stood is None or each.version <= stood]
    if not found:
        raise NotYetPublished(f"nothing has been published of {period}")
    return document(request, {"items": [_version(line, found[-1].version) for line in found], "next": None}, cache=OPEN)


def _summary(period: Period, latest: LatestVersion | None) -> dict[str, Any]:
    version = latest and {"version": latest.version, "published_at": latest.published_at}
    return {"period": str(period), "scheme": scheme_for(period).id, "published": version}


def _version(line: Publication, latest: int) -> dict[str, Any]:
    shown = chosen(line, ("version", "published_at", "release_at", "digest", "root", "certificate", "reason"))
    scores = f"{API}/periods/{line.period}/scores?version={line.version}"
    followed_by = line.version + 1 if line.version < latest else None
    beside = {"follows": line.follows, "restores": line.restores, "followed_by": followed_by}
    return {**shown, **beside, "publication": line.publication_id, "run": line.run_id, "scores": scores}
