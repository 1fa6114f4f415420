"""All pages about feedback, as the application takes them."""

from __future__ import annotations

from fastapi import APIRouter

from services.gateway.pages.feedback import desks, steps

router = APIRouter(include_in_schema=False)
for _pages in (desks, steps):
    router.routes.extend(_pages.router.routes)
