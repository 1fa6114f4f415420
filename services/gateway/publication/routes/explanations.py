"""Why: a published total down to its figures and the law."""

from __future__ import annotations

import asyncio

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.routes.parameters import AgencyPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.explanations import explain, published_sheet
from services.gateway.publication.schemas.explanations import Explanation
from services.gateway.publication.which import WhichVersion

router = resource("scores", dependencies=[Depends(PUBLIC)])


@router.get("/periods/{period}/scores/{agency}/explanation", **reads(Explanation, refuses=[404, 422]))
async def get_explanation(request: Request, which: WhichVersion, agency: AgencyPath) -> Response:
    """Why one body got its points: the computation as a tree, a sentence an indicator, and what one more point takes."""
    async with runtime(request).database.read() as connection:
        found = await published_sheet(connection, which.period, which.version)
    return document(request, await asyncio.to_thread(explain, found, agency), cache=which.cache)
