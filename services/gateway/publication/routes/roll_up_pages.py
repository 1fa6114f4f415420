"""Public pages of quarters and years: a published version as everybody reads it (RUL-14). No part of the OpenAPI document."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway.http.runtime import runtime
from services.gateway.publication.public_pages import GUARDS
from services.gateway.publication.roll_ups import stale_in
from services.gateway.publication.routes.roll_ups import published_versions, require_version
from services.gateway.publication.store import roll_ups as stored
from services.gateway.publication.which import LATEST
from shared.public_pages.rendering import HTML
from shared.public_pages.roll_ups import QUARTER, YEAR, roll_up_page
from shared.public_pages.routes import Version

router = APIRouter(include_in_schema=False)


@router.get(QUARTER)
async def get_quarter_page(request: Request, quarter: str, version: Version = None) -> Response:
    return await _page(request, quarter if "-" in quarter else f"{quarter}-Q?", version)


@router.get(YEAR)
async def get_year_page(request: Request, year: str, version: Version = None) -> Response:
    return await _page(request, year if "-" not in year else f"{year}?", version)


async def _page(request: Request, span: str, version: str | None) -> Response:
    """Made of the stored bytes when it is asked for; only what was corrected since is of the moment."""
    async with runtime(request).database.read() as connection:
        versions = await published_versions(connection, span)
        found = require_version(versions, None if version is None else int(version))
        body = await stored.bytes_of(connection, span=span, version=found.version, csv=False)
    stale = stale_in(found.months, found.months_now)
    page = roll_up_page(json.loads(body), stale=stale, latest=versions[-1].version)
    return Response(page, media_type=HTML, headers={"cache-control": LATEST, **GUARDS})
