"""What the registers of the Government Office say of one body, for its own people: why it has these points (E1, E2, bonus)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import RequireAgencyRole, is_own
from services.gateway.access.tenancy import WHOLE_BODY_ROLES, read
from services.gateway.http.answers import CLOSED, document
from services.gateway.http.errors import AgencyUnknown
from services.gateway.http.openapi_responses import reads
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.registers import initiatives
from services.gateway.registers.own import own_register
from services.gateway.registers.schemas.own_register import OwnRegister
from services.gateway.registers.store import initiatives as stored_initiatives
from services.gateway.registers.store import own_register as stored
from shared.audit import Actor
from shared.registry_store import is_registered

router = resource("registers")

WATCHER: Final = RequireAgencyRole(WHOLE_BODY_ROLES, national=("reader", "operator", "publisher", "auditor", "officer"))


@router.get("/agencies/{agency}/periods/{period}/register", **reads(OwnRegister, refuses=(401, 403, 404)))
async def get_own_register(
    request: Request, agency: AgencyPath, period: PeriodPath, actor: Annotated[Actor, Depends(WATCHER)]
) -> Response:
    """Meetings that summoned the body, who came, what was said, its initiatives, and whether the month is closed and frozen."""
    given = runtime(request)
    month = known_period(period, now=given.clock())
    async with read(given.database, actor) as connection:
        if not await is_registered(connection, agency, month.last_day):
            raise AgencyUnknown(f"no scored body has the code {agency!r} in {period}")
        handed_in = "any" if is_own(actor, agency) else "only"
        proposed = await stored_initiatives.list_initiatives(
            connection, agency=agency, period=period, state=None, handed_in=handed_in, after=None, limit=None
        )
        content = own_register(
            agency=agency,
            period=period,
            entries=await stored.entries_of(connection, agency=agency, period=period),
            closing=await stored.closing_of(connection, period),
            frozen=await stored.latest_snapshot(connection, period),
            initiatives=await initiatives.shown(connection, actor, proposed),
        )
    return document(request, content, cache=CLOSED)
