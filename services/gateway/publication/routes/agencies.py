"""The scored bodies, as they stand on a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import OPEN, document
from services.gateway.http.errors import AgencyUnknown
from services.gateway.http.openapi_responses import reads
from services.gateway.http.routes.parameters import AgencyPath, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import Runtime, runtime
from services.gateway.http.words import Day
from services.gateway.publication.schemas.documents import Agency, AgencyPage
from shared.registry import Agency as Body
from shared.registry_store import load_registry
from shared.timer import VIETNAM

router = resource("agencies", dependencies=[Depends(PUBLIC)])

OnDay = Annotated[Day | Unset, Query(description="As the registry stands on this day; without it, today.")]


@router.get("/agencies", **reads(AgencyPage))
async def list_agencies(request: Request, on: OnDay = None) -> Response:
    """All bodies in force on a day, by code."""
    bodies = await _bodies(runtime(request), on)
    return document(request, {"items": [_shown(body) for body in bodies.values()], "next": None}, cache=OPEN)


@router.get("/agencies/{agency}", **reads(Agency, refuses=[404]))
async def get_agency(request: Request, agency: AgencyPath, on: OnDay = None) -> Response:
    """One body as it stands on a day."""
    bodies = await _bodies(runtime(request), on)
    if agency not in bodies:
        raise AgencyUnknown(f"no scored body has the code {agency!r} on that day")
    return document(request, _shown(bodies[agency]), cache=OPEN)


async def _bodies(given: Runtime, on: date | None) -> dict[str, Body]:
    day = on or given.clock().astimezone(VIETNAM).date()
    async with given.database.read() as connection:
        return (await load_registry(connection, day)).agencies


def _shown(body: Body) -> dict[str, object]:
    head = {"title_vi": body.head_title_vi, "title_en": body.head_title_en, "name": body.head_name}
    names = {"code": body.code, "kind": body.kind, "name_vi": body.name_vi, "name_en": body.name_en}
    return {**names, "head": head, "nso_code": body.nso_code}
