"""What changed between two published versions, of one month or of two."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request
from msgspec import Raw
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
from services.gateway.publication.changes import named_months, named_versions, told_between
from services.gateway.publication.schemas.changes import Changes
from services.gateway.publication.which import LATEST, Number, require_past, which_of
from services.gateway.publication.worked_out import WorkedOut

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
    given = runtime(request)
    async with given.database.read() as connection:
        versions = await named_versions(connection, which.period, earlier=earlier, later=which.version)
        content = await told_between(connection, given.part(WorkedOut), versions)
    return document(request, Raw(content), cache=which.cache)


@router.get("/changes", **reads(Changes, refuses=[404, 422]))
async def get_month_changes(
    request: Request, earlier: FromMonth = None, later: ToMonth = None, as_of: MonthsInstant = None
) -> Response:
    """What changed between two months, each in its latest published version, or in that of an instant."""
    given = runtime(request)
    now = given.clock()
    for period in filter(None, (earlier, later)):
        known_period(period, now=now)
    if as_of is not None:
        require_past(as_of, now=now)
    async with given.database.read() as connection:
        versions = await named_months(connection, earlier=earlier, later=later, as_of=as_of)
        content = await told_between(connection, given.part(WorkedOut), versions)
    return document(request, Raw(content), cache=LATEST)
