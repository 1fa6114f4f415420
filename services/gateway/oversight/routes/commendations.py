"""Bodies proposed for commendation, from the published sheet (appendix §4, G-22)."""

from __future__ import annotations

from functools import partial

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER
from services.gateway.http.edge import CSV, JSON
from services.gateway.http.openapi_responses import reads_formats, ref
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.oversight.commendations import as_csv, commendations_of
from services.gateway.oversight.routes.formats import REFUSES, TABLE, given_as
from services.gateway.oversight.schemas.commendations import Commendations
from services.gateway.publication.routes.scores import FormatQuery, media_type_of
from services.gateway.publication.which import WhichVersion

router = resource("oversight", dependencies=[Depends(READER)])


@router.get("/periods/{period}/commendations", **reads_formats({JSON: ref(Commendations), CSV: TABLE}, refuses=[*REFUSES, 422]))
async def get_commendations(request: Request, which: WhichVersion, wanted_format: FormatQuery = None) -> Response:
    """The list that the Government Office may put before the Prime Minister, with the clause, and a flag where rounding alone
    lifted the grade."""
    media_type = media_type_of(request, wanted_format)
    async with runtime(request).database.read() as connection:
        found = await commendations_of(connection, which)
    name = f"commendations-{found['period']}-{found['version']}"
    return given_as(request, media_type, found, name=name, written=partial(as_csv, found))
