"""Findings of a month by frequency and impact: of all for operators and auditors, of a body's reports for its people."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import Permit, RequireAgencyRole
from services.gateway.access.tenancy import WHOLE_BODY_ROLES, read
from services.gateway.http.edge import CSV, JSON
from services.gateway.http.openapi_responses import reads_formats, ref
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.oversight.finding_board import as_csv, board_of
from services.gateway.oversight.routes.formats import REFUSES, TABLE, given_as
from services.gateway.oversight.schemas.findings import FindingBoard
from services.gateway.publication.routes.scores import FormatQuery, media_type_of
from shared.audit import Actor

router = resource("oversight")

# Who sees what reports are found fault with before they are signed.
WATCHERS = ("operator", "auditor")
_ROUTE = reads_formats({JSON: ref(FindingBoard), CSV: TABLE}, refuses=REFUSES)


@router.get("/periods/{period}/finding-board", **_ROUTE)
async def get_finding_board(
    request: Request, actor: Annotated[Actor, Depends(Permit(WATCHERS))], period: PeriodPath, wanted_format: FormatQuery = None
) -> Response:
    """By rule: how many findings, in how many bodies, since when, against the month before, and which indicators they touch."""
    return await _board(request, actor, period, None, wanted_format)


@router.get("/agencies/{agency}/periods/{period}/finding-board", **_ROUTE)
async def get_own_finding_board(
    request: Request,
    actor: Annotated[Actor, Depends(RequireAgencyRole(WHOLE_BODY_ROLES, national=WATCHERS))],
    agency: AgencyPath,
    period: PeriodPath,
    wanted_format: FormatQuery = None,
) -> Response:
    """The same of one body's last report of the month."""
    return await _board(request, actor, period, agency, wanted_format)


async def _board(request: Request, actor: Actor, period: str, agency: str | None, wanted_format: str | None) -> Response:
    media_type = media_type_of(request, wanted_format)
    given = runtime(request)
    month = known_period(period, now=given.clock())
    async with read(given.database, actor) as connection:
        found = await board_of(connection, month, agency)
    name = f"finding-board-{month}" + (f"-{agency}" if agency else "")
    return given_as(request, media_type, found, name=name, written=partial(as_csv, found))
