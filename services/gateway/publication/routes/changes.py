"""What changed between two published versions, of one month or of two."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import PeriodPath, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.http.words import PERIOD, Instant
from services.gateway.publication.changes import compare, two_months, two_versions
from services.gateway.publication.schemas.changes import Changes
from services.gateway.publication.which import LATEST, Number, require_past, which_of

router = resource("scores", dependencies=[Depends(PUBLIC)])

Month = Annotated[str, Field(pattern=PERIOD, examples=["2026-01"])]
FromVersion = Annotated[
    Number | Unset, Query(alias="from", description="The earlier version; without it, the one before `to`.")
]
ToVersion = Annotated[Number | Unset, Query(alias="to", description="The later version; without it, the latest.")]
ToInstant = Annotated[
    Instant | Unset,
    Query(
        description="The later version is the one that stood at this instant, which is not ahead of now; not beside `to`.",
        examples=["2026-03-01T08:00:00+07:00"],
    ),
]
MonthsInstant = Annotated[
    Instant | Unset,
    Query(
        description="Of each month the version that stood at this instant, which is not ahead of now.",
        examples=["2026-03-01T08:00:00+07:00"],
    ),
]
FromMonth = Annotated[
    Month | Unset, Query(alias="from", description="The earlier month; without it, the published one before `to`, if any.")
]
ToMonth = Annotated[Month | Unset, Query(alias="to", description="The later month; without it, the last published one.")]


@router.get("/periods/{period}/changes", **reads(Changes, refuses=[404, 422]))
async def get_version_changes(
    request: Request, period: PeriodPath, earlier: FromVersion = None, later: ToVersion = None, as_of: ToInstant = None
) -> Response:
    """What changed between two versions of a month, body by body, and through which cause."""
    which = await which_of(runtime(request), period, later, as_of, called="?to")
    async with runtime(request).database.read() as connection:
        before, after = await two_versions(connection, which.period, earlier=earlier, later=which.version)
    return document(request, await asyncio.to_thread(compare, before, after), cache=which.cache)


@router.get("/changes", **reads(Changes, refuses=[404, 422]))
async def get_month_changes(
    request: Request, earlier: FromMonth = None, later: ToMonth = None, as_of: MonthsInstant = None
) -> Response:
    """What changed between two months, each in its latest published version, or in that of an instant."""
    now = runtime(request).clock()
    for period in filter(None, (earlier, later)):
        known_period(period, now=now)
    if as_of is not None:
        require_past(as_of, now=now)
    async with runtime(request).database.read() as connection:
        before, after = await two_months(connection, earlier=earlier, later=later, as_of=as_of)
    return document(request, await asyncio.to_thread(compare, before, after), cache=LATEST)
