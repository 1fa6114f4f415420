"""All pages about scores, as the application takes them."""

from __future__ import annotations

from fastapi import APIRouter

from services.gateway.pages.scores import (
    changes,
    month,
    own,
    previews,
    publishing,
    requests,
    roll_ups,
    rows,
    self_scores,
    what_if,
)

router = APIRouter(include_in_schema=False)
for _pages in (own, rows, what_if, changes, month, publishing, previews, requests, self_scores, roll_ups):
    router.routes.extend(_pages.router.routes)
