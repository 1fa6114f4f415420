"""The quality of a month's data by the regulation's four words (DQ-08)."""

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
from services.gateway.http.routes.parameters import PeriodPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.oversight.quality import as_csv, report_of
from services.gateway.oversight.routes.formats import REFUSES, TABLE, given_as
from services.gateway.oversight.schemas.quality import QualityReport
from services.gateway.publication.routes.scores import FormatQuery, media_type_of
from shared.audit import Actor

router = resource("oversight")


@router.get("/periods/{period}/quality-report", **reads_formats({JSON: ref(QualityReport), CSV: TABLE}, refuses=REFUSES))
async def get_quality_report(
    request: Request, actor: Annotated[Actor, Depends(READER)], period: PeriodPath, wanted_format: FormatQuery = None
) -> Response:
    """Đúng, đủ, sạch, sống of every source and body, as exact shares over the month's latest snapshots."""
    media_type = media_type_of(request, wanted_format)
    given = runtime(request)
    month = known_period(period, now=given.clock())
    async with read(given.database, actor) as connection:
        found = await report_of(connection, month)
    return given_as(request, media_type, found, name=f"quality-report-{month}", written=partial(as_csv, found))
