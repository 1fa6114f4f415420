"""Whether the process lives, and whether it can serve: database reachable, schema at this code's migration."""

from __future__ import annotations

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.contract import CACHE, declare, ref
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.schemas.documents import Health
from shared.database import schema_revision
from shared.errors import Unavailable

router = resource("health", prefix="", dependencies=[Depends(PUBLIC)])

_OK = {
    200: {"description": "OK", "headers": CACHE, "content": {"application/json": {"schema": ref(Health)}}},
    **declare(()),
}


class NotReady(Unavailable):
    """The database has another schema than this version of the product: run the migrations, or this version's release."""

    slug = "not-ready"
    title_vi = "Dịch vụ chưa sẵn sàng"
    title_en = "Not ready"


@router.get("/healthz", response_model=None, responses=_OK)
async def get_liveness() -> Response:
    """The process answers."""
    return _status("alive")


@router.get("/readyz", response_model=None, responses=_OK)
async def get_readiness(request: Request) -> Response:
    """The database answers and its schema is the one this code knows."""
    given = runtime(request)
    async with given.database.read() as connection:
        revision = await schema_revision(connection)
    if revision != given.schema_head:
        raise NotReady(f"the schema is at {revision}, this code wants {given.schema_head}")
    return _status("ready")


def _status(word: str) -> Response:
    body = f'{{"status":"{word}"}}'
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})
