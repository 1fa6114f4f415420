"""All pages inside a body, as the application takes them."""

from __future__ import annotations

from fastapi import APIRouter

from services.gateway.pages.units import assemblies, directory, plans, sections

router = APIRouter(include_in_schema=False)
for _pages in (directory, plans, sections, assemblies):
    router.routes.extend(_pages.router.routes)
