"""A body's own points, stated before a month is published and held beside the official ones after it; its own alone."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import Json, RequireAgencyRole
from services.gateway.access.tenancy import WHOLE_BODY_ROLES, read
from services.gateway.http.answers import CLOSED, created, document, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit, PeriodPath, VersionPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.schemas.self_scores import SelfScore, SelfScoreAsked, SelfScoreComparison, SelfScorePage
from services.gateway.publication.self_scores import compared, state_self_score
from services.gateway.publication.sheets import published_sheet
from services.gateway.publication.store import self_scores as stored
from services.gateway.publication.which import WhichVersion
from shared.audit import Actor
from shared.errors import NotFound

router = resource("self-scores")

ALL: Final = "/agencies/{agency}/periods/{period}/self-scores"
REFUSES: Final = (401, 403, 404)
# Whoever writes the body's report states its points; no national office reads them.
STATING = RequireAgencyRole(("agency_drafter",))
INSIDE = RequireAgencyRole(WHOLE_BODY_ROLES)


@router.post(ALL, **records(SelfScoreAsked, SelfScore, refuses=[*REFUSES, 409]))
async def post_self_score(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    actor: Annotated[Actor, Depends(STATING)],
    asked: Annotated[SelfScoreAsked, Depends(Json(SelfScoreAsked))],
) -> Response:
    """State the body's own points of a month that is not published yet: another version, beside those before."""
    given = runtime(request)
    month = known_period(period, now=given.clock())
    made = await state_self_score(given.database, actor=actor, agency=agency, period=month, points=asked.points)
    return created(made, path=f"/agencies/{agency}/periods/{month}/self-scores/{made.version}")


@router.get(ALL, **lists(SelfScorePage, refuses=REFUSES))
async def list_self_scores(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    actor: Annotated[Actor, Depends(INSIDE)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Every version of what the body stated of a month."""
    after = number_cursor(cursor)
    month = str(known_period(period, now=runtime(request).clock()))
    async with read(runtime(request).database, actor) as connection:
        found = await stored.list_self_scores(connection, agency=agency, period=month, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.version)


@router.get(ALL + "/comparison", **reads(SelfScoreComparison, refuses=REFUSES))
async def get_self_score_comparison(
    request: Request, actor: Annotated[Actor, Depends(INSIDE)], which: WhichVersion, agency: AgencyPath
) -> Response:
    """What the body stated last beside what a published version says, indicator by indicator, with the gap and its cause."""
    async with read(runtime(request).database, actor) as connection:
        stated = await stored.find_self_score(connection, agency=agency, period=which.period)
        if stated is None:
            raise NotFound(f"{agency} stated no points of {which.period} before it was published")
        found = await published_sheet(connection, which.period, which.version)
    return document(request, await asyncio.to_thread(compared, found, stated), cache=CLOSED)


@router.get(ALL + "/{version}", **reads(SelfScore, refuses=REFUSES))
async def get_self_score(
    request: Request, agency: AgencyPath, period: PeriodPath, version: VersionPath, actor: Annotated[Actor, Depends(INSIDE)]
) -> Response:
    """One version of what the body stated."""
    month = str(known_period(period, now=runtime(request).clock()))
    async with read(runtime(request).database, actor) as connection:
        found = await stored.find_self_score(connection, agency=agency, period=month, version=version)
    if found is None:
        raise NotFound(f"{agency} has no self-score {version} of {month}")
    return document(request, found, cache=CLOSED)
