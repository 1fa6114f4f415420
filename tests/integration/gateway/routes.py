"""The route table as tests walk it: every operation with its permit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from services.gateway.access.permits import Permit
from services.gateway.access.tenancy import AGENCY_ROLES


@dataclass(frozen=True)
class Operation:
    """One method of one path; ``permit`` is None where everybody may call."""

    name: str
    method: str
    path: str
    permit: Permit | None

    @property
    def inside_roles(self) -> tuple[str, ...]:
        """Roles inside a body that may call it."""
        return tuple(role for role in AGENCY_ROLES if self.permit is not None and role in self.permit.roles)

    @property
    def writes(self) -> bool:
        return self.method != "GET"


def operations(app: FastAPI) -> Iterator[Operation]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            calls = (dependency.call for dependency in context.dependant.dependencies)
            permit = next((call for call in calls if isinstance(call, Permit)), None)
            for method in sorted(context.methods or ()):
                yield Operation(str(route.name), method, str(context.path), permit)
