"""What a body's points would be with other figures of its own."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER, Json, RequireAgencyRole
from services.gateway.access.tenancy import WHOLE_BODY_ROLES
from services.gateway.http.answers import no_store
from services.gateway.http.openapi_responses import weighs
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import AgencyPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.schemas.what_if import WhatIf, WhatIfAsked
from services.gateway.publication.sheets import published_sheet
from services.gateway.publication.what_if import require_seen, what_if
from shared.audit import Actor

router = resource("scores")

ASKING = RequireAgencyRole(WHOLE_BODY_ROLES, national=tuple(sorted(READER.roles)))


@router.post("/agencies/{agency}/what-if", **weighs(WhatIfAsked, WhatIf, refuses=[401, 403, 404, 422]))
async def post_what_if(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(ASKING)],
    asked: Annotated[WhatIfAsked, Depends(Json(WhatIfAsked))],
) -> Response:
    """What the body's points would be with other figures of its own; of the others a distribution alone. Nothing is kept."""
    require_seen(actor, agency)
    period = str(known_period(asked.period, now=runtime(request).clock()))
    async with runtime(request).database.read() as connection:
        found = await published_sheet(connection, period, asked.version)
    return no_store(await asyncio.to_thread(what_if, found, agency, asked.measures))
