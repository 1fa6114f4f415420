"""Whether the process lives, whether it can serve (database reachable, schema at this code's migration), and whether snapshots
still prove. The last is told and takes no gateway off line: docs/adr/0024."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import MONITORS
from services.gateway.http.answers import encoded
from services.gateway.http.openapi_responses import tells
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.store import evidence
from services.gateway.publication.schemas.documents import Health, Readiness
from shared.database import schema_revision
from shared.errors import Unavailable

router = resource("health", prefix="", dependencies=[Depends(MONITORS)])


class NotReady(Unavailable):
    """The database has another schema than this version of the product: run the migrations, or this version's release."""

    slug = "not-ready"
    title_vi = "Dịch vụ chưa sẵn sàng"
    title_en = "Not ready"


@router.get("/healthz", **tells(Health))
async def get_liveness() -> Response:
    """The process answers."""
    return _told({"status": "alive"})


@router.get("/readyz", **tells(Readiness))
async def get_readiness(request: Request) -> Response:
    """The database answers and its schema is the one this code knows; whether the snapshots still prove."""
    given = runtime(request)
    async with given.database.read() as connection:
        revision = await schema_revision(connection)
        if revision != given.schema_head:
            raise NotReady(f"the schema is at {revision}, this code wants {given.schema_head}")
        snapshots = await evidence.snapshots_proven(connection)
    return _told({"status": "ready", "snapshots": snapshots})


def _told(content: dict[str, Any]) -> Response:
    return Response(encoded(content), media_type="application/json", headers={"cache-control": "no-store"})
