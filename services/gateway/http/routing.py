"""How routes come together: each knows its whole path from the beginning, and the application holds them all in one list.

A router that is included in another is looked into by FastAPI anew for every request, twice, and builds every route a second
time at the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fastapi import APIRouter, FastAPI
from fastapi.params import Depends
from fastapi.routing import APIRoute

from services.gateway.http.answers import API


def operation_id(route: APIRoute) -> str:
    return route.name


def resource(*tags: str, prefix: str = API, dependencies: Sequence[Depends] = ()) -> APIRouter:
    """The router of one resource; its operations stand under ``tags`` in the OpenAPI document."""
    return APIRouter(prefix=prefix, tags=[*tags], dependencies=dependencies, generate_unique_id_function=operation_id)


def serve_all(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """All their routes, in their order."""
    for router in routers:
        app.router.routes.extend(router.routes)
