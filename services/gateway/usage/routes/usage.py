"""How the system was used in a month, by user group (Regulation 02-QC/BCĐTW, Art. 20.4; SEC-10)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.access.permits import Permit
from services.gateway.http.answers import no_store
from services.gateway.http.negotiation import choose_media_type
from services.gateway.http.openapi_responses import CACHE, VARY, ref, tells
from services.gateway.http.routes.parameters import Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.http.words import PERIOD
from services.gateway.usage.schemas.usage import UsageReport
from services.gateway.usage.usage import as_csv, usage_of
from shared.period import Period

router = resource("usage")

JSON: Final = "application/json"
TABLE: Final = "text/csv"
WATCHER: Final = Permit(("auditor", "system_administrator"))
_Period = Annotated[str, Field(pattern=PERIOD)]
MonthQuery = Annotated[_Period | Unset, Query(description="The month, in Vietnam; without it, the one that runs.")]
_ROUTE = tells(UsageReport, refuses=(401, 403, 406))
_ROUTE["responses"][200] |= {
    "headers": {**CACHE, **VARY},
    "content": {JSON: {"schema": ref(UsageReport)}, TABLE: {"schema": {"type": "string"}}},
}


@router.get("/usage", dependencies=[Depends(WATCHER)], **_ROUTE)
async def get_usage(request: Request, period: MonthQuery = None) -> Response:
    """Audit rows and distinct actors of a month, by user group, roles and action; as CSV, one line per action."""
    media_type = choose_media_type(",".join(request.headers.getlist("accept")) or None, (JSON, TABLE))
    given = runtime(request)
    now = given.clock()
    content = await usage_of(given.database, period=period or str(Period.holding(now)), now=now)
    if media_type == JSON:
        return no_store(content, headers={"vary": "Accept"})
    name = f"usage-{content['period']}.csv"
    saved = {"content-disposition": f'attachment; filename="{name}"'}
    headers = {"vary": "Accept", "cache-control": "no-store", **saved}
    return Response(as_csv(content), media_type=TABLE, headers=headers)
