"""Why: a published total down to its figures and the law."""

from __future__ import annotations

import asyncio

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.explanations import explain, published_sheet
from services.gateway.publication.published_bytes import IMMUTABLE, LATEST
from services.gateway.publication.routes.scores import VersionQuery
from services.gateway.publication.schemas.explanations import Explanation

router = resource("scores", dependencies=[Depends(PUBLIC)])


@router.get("/periods/{period}/scores/{agency}/explanation", **reads(Explanation, refuses=[404]))
async def get_explanation(request: Request, period: PeriodPath, agency: AgencyPath, version: VersionQuery = None) -> Response:
    """Why one body got its points: the computation as a tree, a sentence an indicator, and what one more point takes."""
    known_period(period, now=runtime(request).clock())
    async with runtime(request).database.read() as connection:
        found = await published_sheet(connection, period, version)
    return document(request, await asyncio.to_thread(explain, found, agency), cache=LATEST if version is None else IMMUTABLE)
