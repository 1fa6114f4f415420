"""Public pages of quarters and years: a published version as everybody reads it (RUL-14). No part of the OpenAPI document."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway.http.edge import ONLY
from services.gateway.http.runtime import runtime
from services.gateway.publication.public_pages import RAW_GUARDS, VARY
from services.gateway.publication.published_bytes import Dressing, Keep, Wanted, send_found
from services.gateway.publication.roll_ups import stale_in
from services.gateway.publication.routes.roll_ups import published_versions, require_version
from services.gateway.publication.store import roll_ups as stored
from services.gateway.publication.store.records import Rendering
from shared.canonical import sha256_hex
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
    """Made of the stored bytes when it is first asked for. What was corrected since is of the moment, so that it is kept until
    anything is published, as the front page is."""
    generation = runtime(request).published.generation
    async with runtime(request).database.read() as connection:
        versions = await published_versions(connection, span)
        found = require_version(versions, None if version is None else int(version))
        body = await stored.bytes_of(connection, span=span, version=found.version, csv=False)
    stale, latest = stale_in(found.months, found.months_now), versions[-1].version
    page = roll_up_page(json.loads(body), stale=stale, latest=latest)
    rendering = Rendering(period=span, version=found.version, latest=latest, digest=sha256_hex(page), body=page)
    wanted = Wanted(None, found.version, "", HTML, pinned=False)
    own = Dressing(((b"content-type", f"{HTML}; charset=utf-8".encode("ascii")), *RAW_GUARDS), (VARY,))
    keep = Keep(b"" if version is None else b"version=%d" % found.version, (ONLY,), generation)
    return await send_found(request, wanted, rendering, own, keep)
