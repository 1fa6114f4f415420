"""What a body's points would be with other figures of its own, by a report of its own that came too late, or without one."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER, Json, RequireAgencyRole
from services.gateway.access.tenancy import WHOLE_BODY_ROLES, read
from services.gateway.http.answers import no_store
from services.gateway.http.openapi_responses import tells, weighs
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath, SequencePath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.asking_rate import WhatIfRate
from services.gateway.publication.late_reports import late_score
from services.gateway.publication.schemas.what_if import LateScore, Stake, WhatIf, WhatIfAsked
from services.gateway.publication.sheets import kept_sheet
from services.gateway.publication.stakes import stake_of
from services.gateway.publication.what_if import require_seen, what_if
from services.gateway.publication.worked_out import WorkedOut
from services.gateway.reports.routes.reporting import desk_of
from shared.audit import Actor

router = resource("scores")

# A score that counts nowhere is the body's own: no national reader sees it.
OWN = RequireAgencyRole(WHOLE_BODY_ROLES)
ASKING = RequireAgencyRole(WHOLE_BODY_ROLES, national=tuple(sorted(READER.roles)))


@router.post("/agencies/{agency}/what-if", **weighs(WhatIfAsked, WhatIf, refuses=[401, 403, 404, 422, 429]))
async def post_what_if(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(ASKING)],
    asked: Annotated[WhatIfAsked, Depends(Json(WhatIfAsked))],
) -> Response:
    """What the body's points would be with other figures of its own; of the others a distribution alone. Nothing is kept."""
    require_seen(actor, agency)
    given = runtime(request)
    period = str(known_period(asked.period, now=given.clock()))
    given.part(WhatIfRate).admit(actor.id, given.clock())
    async with given.database.read() as connection:
        found = await kept_sheet(connection, given.part(WorkedOut), period, asked.version)
    return no_store(await asyncio.to_thread(what_if, found, agency, asked.measures))


@router.get(
    "/agencies/{agency}/periods/{period}/submissions/{sequence}/score", **tells(LateScore, refuses=[401, 403, 404, 409, 429])
)
async def get_late_score(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(OWN)],
) -> Response:
    """What a late report would have scored: not counted, and told to its own body alone. Nothing is kept."""
    given = runtime(request)
    now = given.clock()
    month = str(known_period(period, now=now))
    given.part(WhatIfRate).admit(actor.id, now)
    async with read(given.database, actor) as connection:
        found = await late_score(connection, agency=agency, period=month, sequence=sequence, now=now)
    return no_store(await asyncio.to_thread(found.document))


@router.get("/agencies/{agency}/periods/{period}/stake", **tells(Stake, refuses=[401, 403, 404]))
async def get_stake(
    request: Request, agency: AgencyPath, period: PeriodPath, actor: Annotated[Actor, Depends(OWN)]
) -> Response:
    """The points at stake in the body's report of a month, told to its people alone. Nothing is kept."""
    found = await stake_of(desk_of(request, actor, agency, period), runtime(request).part(WorkedOut))
    return no_store(found.document())
