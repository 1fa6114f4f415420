"""All pages about reports, as the application takes them."""

from __future__ import annotations

from fastapi import APIRouter

from services.gateway.pages.reports import evidence, files, findings, month, overview, rows, sections, signing, steps

router = APIRouter(include_in_schema=False)
# Rows before sections: both begin with the section's name.
for _pages in (month, overview, rows, sections, files, findings, steps, signing, evidence):
    router.routes.extend(_pages.router.routes)
