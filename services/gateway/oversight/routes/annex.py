"""The annex of regulation 003: of all bodies, and a body's own (XPT-07)."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER
from services.gateway.access.tenancy import read
from services.gateway.http.edge import CSV, JSON
from services.gateway.http.openapi_responses import reads_formats, ref
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.oversight.annex import annex_of, as_csv, own_annex
from services.gateway.oversight.routes.formats import REFUSES, TABLE, given_as
from services.gateway.oversight.schemas.annex import OwnTaskAnnex, TaskAnnex
from services.gateway.publication.routes.rows import OWN_ROWS
from services.gateway.publication.routes.scores import FormatQuery, media_type_of
from shared.audit import Actor
from shared.period import Period

router = resource("oversight")


@router.get("/periods/{period}/task-annex", **reads_formats({JSON: ref(TaskAnnex), CSV: TABLE}, refuses=REFUSES))
async def get_task_annex(
    request: Request, actor: Annotated[Actor, Depends(READER)], period: PeriodPath, wanted_format: FormatQuery = None
) -> Response:
    """Tasks given to every body as the month ended: by document, done in time or late, open within or past their term; from
    the frozen rows of System 57, so from the day of the freeze, well before day 30 (Art. 10.1.b)."""
    media_type = media_type_of(request, wanted_format)
    given = runtime(request)
    month = known_period(period, now=given.clock())
    async with read(given.database, actor) as connection:
        found = await annex_of(connection, month)
    written = partial(as_csv, found["items"], found["total"])
    return given_as(request, media_type, found, name=f"task-annex-{month}", written=written)


@router.get(
    "/agencies/{agency}/periods/{period}/task-annex",
    **reads_formats({JSON: ref(OwnTaskAnnex), CSV: TABLE}, refuses=REFUSES),
)
async def get_own_task_annex(
    request: Request,
    actor: Annotated[Actor, Depends(OWN_ROWS)],
    agency: AgencyPath,
    period: PeriodPath,
    wanted_format: FormatQuery = None,
) -> Response:
    """One body's line of the annex, and its tasks by the document that gave them; classified ones are counted, not named."""
    media_type = media_type_of(request, wanted_format)
    given = runtime(request)
    month: Period = known_period(period, now=given.clock())
    async with read(given.database, actor) as connection:
        found = await own_annex(connection, month, agency)
    written = partial(as_csv, [found], None)
    return given_as(request, media_type, found, name=f"task-annex-{month}-{agency}", written=written)
