"""All pages of operations, as the application takes them."""

from __future__ import annotations

from fastapi import APIRouter

from services.gateway.pages.operations import board, calendar, decisions, holds, roll_ups, rulings, snapshots, sources, waiting

router = APIRouter(include_in_schema=False)
for _pages in (board, waiting, sources, snapshots, decisions, rulings, calendar, holds, roll_ups):
    router.routes.extend(_pages.router.routes)
