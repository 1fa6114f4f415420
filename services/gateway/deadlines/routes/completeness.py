"""How complete and timely a month's reports are: of all bodies, and a body's own with its deadlines (DQ-06, ALR-06)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER, RequireAgencyRole
from services.gateway.access.tenancy import WHOLE_BODY_ROLES, read
from services.gateway.deadlines.completeness import Month, body, whole
from services.gateway.deadlines.due import dues_of
from services.gateway.deadlines.schemas.deadlines import OwnReporting, Reporting
from services.gateway.deadlines.store import deadlines as stored
from services.gateway.http.answers import no_store
from services.gateway.http.errors import AgencyUnknown
from services.gateway.http.openapi_responses import tells
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from shared.audit import Actor
from shared.database import Connection
from shared.period import VIETNAM, Period
from shared.registry_store import is_registered, load_registry

router = resource("reporting")

INSIDE = RequireAgencyRole(WHOLE_BODY_ROLES, national=("reader", "operator", "publisher", "auditor"))


@router.get("/periods/{period}/reporting", **tells(Reporting, refuses=[401, 403, 404]))
async def get_reporting(request: Request, actor: Annotated[Actor, Depends(READER)], period: PeriodPath) -> Response:
    """Every body's report of a month: in time, late or none; parts expected and received; whether it counts."""
    given = runtime(request)
    now = given.clock()
    month = known_period(period, now=now)
    async with read(given.database, actor) as connection:
        agencies = (await load_registry(connection, month.last_day)).agencies
        known = await _month(connection, month, None)
        due = await dues_of(connection, month, agencies)
    lines = [body(agency, known, due[agency]) for agency in sorted(agencies)]
    return no_store(whole(period, lines, known, now.astimezone(VIETNAM)))


@router.get("/agencies/{agency}/periods/{period}/reporting", **tells(OwnReporting, refuses=[401, 403, 404]))
async def get_own_reporting(
    request: Request, actor: Annotated[Actor, Depends(INSIDE)], agency: AgencyPath, period: PeriodPath
) -> Response:
    """One body's line of the month, with its soft and hard deadline and the time left."""
    given = runtime(request)
    now = given.clock()
    month = known_period(period, now=now)
    async with read(given.database, actor) as connection:
        if not await is_registered(connection, agency, month.last_day):
            raise AgencyUnknown(f"no scored body has the code {agency!r} in {period}")
        known = await _month(connection, month, agency)
        due = (await dues_of(connection, month, [agency]))[agency]
    left = {"seconds_to_soft": _left(due.soft_at, now), "seconds_left": _left(due.hard_at, now)}
    content = {**body(agency, known, due), "period": period, "now": now.astimezone(VIETNAM), **left}
    return no_store(content)


async def _month(connection: Connection, month: Period, agency: str | None) -> Month:
    return Month(
        reports=await stored.reports_of(connection, str(month), agency),
        before=await stored.reports_of(connection, str(month.previous), agency),
        automatic=await stored.automatic_databases(connection, str(month), agency),
        snapshot=await stored.counted_reports(connection, str(month)),
    )


def _left(until: datetime, now: datetime) -> int:
    return max(0, int((until - now).total_seconds()))
