"""Where a program begins that knows only the API's address: what can be read, and the newest published month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.app.openapi import TITLE, VERSION, roles_of
from services.gateway.http.answers import API, OPEN, document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.schemas.documents import ApiIndex
from services.gateway.publication.store import published
from services.gateway.publication.store.records import LatestVersion
from shared.problems import PATH
from shared.public_pages import addresses

router = resource("index", dependencies=[Depends(PUBLIC)])


@router.get("/", include_in_schema=False)
@router.get("", **reads(ApiIndex))
async def get_index(request: Request) -> Response:
    """Where the API begins: its documents, every list that can be read, and the newest published month."""
    async with runtime(request).database.read() as connection:
        versions = await published.latest_versions(connection)
    content = {
        "title": TITLE,
        "version": VERSION,
        "document": "/openapi.json",
        "operations": "/docs",
        "problems": PATH,
        "latest": _latest(versions[max(versions)]) if versions else None,
        "entry_points": list(entry_points(request.app)),
    }
    return document(request, content, cache=OPEN)


def entry_points(app: FastAPI) -> Iterator[dict[str, Any]]:
    """What is read at an address without gaps, with the roles that may; nobody is asked for a role where there are none."""
    roles = roles_of(app)
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or not route.include_in_schema or "GET" not in (route.methods or ()):
            continue
        if "{" not in route.path and route.path.startswith(f"{API}/"):
            title = route.description.split("\n")[0]
            yield {"operation": route.name, "title": title, "href": route.path, "roles": sorted(roles[route.name])}


def _latest(found: LatestVersion) -> dict[str, Any]:
    """The version is told, the addresses are of whatever is the month's latest: who wants this one adds it."""
    return {
        "period": found.period,
        "version": found.version,
        "published_at": found.published_at,
        "month": f"{API}/periods/{found.period}",
        "versions": addresses.versions_at(found.period),
        "scores": addresses.data_at(found.period),
        "table": addresses.table_at(found.period),
        "dataset": addresses.dataset_at(found.period),
        "bundle": addresses.bundle_at(found.period),
        "page": addresses.month_at(found.period),
    }
