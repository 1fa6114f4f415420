"""Why: a published total down to its figures and the law."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.routes.parameters import AgencyPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.explanations import explain
from services.gateway.publication.schemas.explanations import Explanation, RunExplanation
from services.gateway.publication.sheets import kept_sheet, read_otherwise
from services.gateway.publication.which import WhichVersion
from services.gateway.publication.worked_out import WorkedOut

router = resource("scores", dependencies=[Depends(PUBLIC)])

_Choice = Annotated[str, Field(pattern="^[A-Z]-[0-9]{1,3}=[a-z][a-z0-9-]{0,40}$")]
ReadingQuery = Annotated[
    list[_Choice],
    Query(
        alias="reading",
        default_factory=list,
        max_length=40,
        description="What would be under another reading of the law that figures suffice for; may be given several times.",
        examples=[["B-1=table"]],
    ),
]


@router.get("/periods/{period}/scores/{agency}/explanation", **reads(Explanation, RunExplanation, refuses=[404, 422]))
async def get_explanation(request: Request, which: WhichVersion, agency: AgencyPath, readings: ReadingQuery) -> Response:
    """Why one body got its points: the computation as a tree, a sentence an indicator, and what one more point takes."""
    given = runtime(request)
    async with given.database.read() as connection:
        found = await kept_sheet(connection, given.part(WorkedOut), which.period, which.version)
    content = await asyncio.to_thread(lambda: explain(read_otherwise(found, readings), agency))
    return document(request, content, cache=which.cache)
