"""The nation over the months, from published versions alone (DSH-03), and bodies near a grade's bound (EXP-09)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC, READER
from services.gateway.http.answers import CLOSED, document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.http.words import PERIOD, Instant
from services.gateway.publication.edges import published_edges
from services.gateway.publication.published_bytes import unpublished
from services.gateway.publication.schemas.edges import Edges
from services.gateway.publication.schemas.trends import Trends
from services.gateway.publication.store import published
from services.gateway.publication.trends import MOST_MONTHS, trends
from services.gateway.publication.which import LATEST, WhichVersion, require_past
from services.gateway.publication.worked_out import WorkedOut

router = resource("scores")

LastMonth = Annotated[
    Annotated[str, Field(pattern=PERIOD, examples=["2026-01"])] | Unset,
    Query(alias="to", description="The last month; without it, the last published one."),
]
MonthsInstant = Annotated[
    Instant | Unset,
    Query(
        description="Of each month the version that stood at this instant, which is not ahead of now.",
        examples=["2026-03-01T08:00:00+07:00"],
    ),
]
Months = Annotated[int, Query(ge=1, le=MOST_MONTHS, description="How many months, the last one among them.")]


@router.get("/trends", dependencies=[Depends(PUBLIC)], **reads(Trends, refuses=[404, 422]))
async def get_trends(
    request: Request, last: LastMonth = None, months: Months = MOST_MONTHS, as_of: MonthsInstant = None
) -> Response:
    """All bodies and each kind of body over up to twelve months: mean, median, ends and grades of totals, mean and median of
    every group of indicators; of each month its latest published version, marked where that corrects an earlier one."""
    given = runtime(request)
    if last is not None:
        known_period(last, now=given.clock())
    if as_of is not None:
        require_past(as_of, now=given.clock())
    async with given.database.read() as connection:
        content = await trends(connection, given.part(WorkedOut), last=last, months=months, as_of=as_of)
    return document(request, content, cache=LATEST)


@router.get("/periods/{period}/edges", dependencies=[Depends(READER)], **reads(Edges, refuses=[401, 403, 404, 422]))
async def get_edges(request: Request, which: WhichVersion) -> Response:
    """Of a published version the bodies near a grade's bound, and the single figures that would carry them over."""
    given = runtime(request)
    async with given.database.read() as connection:
        known = {each.version for each in await published.versions_of(connection, which.period)}
        version = which.version or max(known, default=None)
        if version is None or version not in known:
            raise await unpublished(connection, which.period)
        key = ("edges", which.period, version)
        content = await given.part(WorkedOut).get(key, lambda: published_edges(connection, which.period, version))
    return document(request, content, cache=CLOSED)
