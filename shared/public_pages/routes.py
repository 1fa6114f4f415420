"""The addresses of public pages, over what serves them: a gateway's store of published bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from shared.period import EARLIEST, LATEST
from shared.public_pages import addresses
from shared.public_pages.rendering import CSS, HTML, LAW, style, style_digest

# A number of the database's; more digits would be none of anybody's.
Version = Annotated[str | None, Query(pattern="^[1-9][0-9]{0,8}$")]
AsOf = Annotated[AwareDatetime | None, Query(ge=EARLIEST, le=LATEST)]
# Three columns of a table of scores.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="2" fill="#8c1515"/>'
    '<path d="M3 9h2.5v4H3zM6.75 6h2.5v7h-2.5zM10.5 3H13v10h-2.5z" fill="#fff"/></svg>'
)
_KEPT = "public, max-age=31536000, immutable"


class Serve(Protocol):
    """Answers with one stored page: ``period`` None is the latest published month, ``version`` None the latest of a month,
    ``as_of`` the instant whose version is meant instead, ``agency`` '' the whole table. Raises what leaves as a refusal."""

    async def __call__(
        self, request: Request, *, period: str | None, version: int | None, as_of: datetime | None, agency: str, media_type: str
    ) -> Response: ...


def routes_over(serve: Serve) -> APIRouter:
    """No part of the OpenAPI document. Queries that nobody here knows are let be: links get them on their way."""
    router = APIRouter(include_in_schema=False)

    @router.get(addresses.FRONT)
    async def get_front(request: Request) -> Response:
        return await serve(request, period=None, version=None, as_of=None, agency="", media_type=HTML)

    @router.get(addresses.MONTH)
    async def get_month(request: Request, period: str, version: Version = None, as_of: AsOf = None) -> Response:
        return await serve(request, period=period, version=_number(version), as_of=as_of, agency="", media_type=HTML)

    @router.get(addresses.BODY)
    async def get_body(request: Request, period: str, agency: str, version: Version = None, as_of: AsOf = None) -> Response:
        return await serve(request, period=period, version=_number(version), as_of=as_of, agency=agency, media_type=HTML)

    @router.get(addresses.SCHEME)
    async def get_scheme(request: Request, period: str, version: Version = None, as_of: AsOf = None) -> Response:
        return await serve(request, period=period, version=_number(version), as_of=as_of, agency="", media_type=LAW)

    @router.get(addresses.MONTH_STYLE)
    async def get_month_style(request: Request, period: str, version: Version = None) -> Response:
        return await serve(request, period=period, version=_number(version), as_of=None, agency="", media_type=CSS)

    @router.get(addresses.ICON)
    async def get_icon() -> Response:
        """Browsers ask for it by themselves."""
        return Response(ICON, media_type="image/svg+xml", headers={"cache-control": "public, max-age=604800"})

    @router.get(addresses.STYLE)
    async def get_style(request: Request) -> Response:
        """Named with its digest, so it may be kept for ever."""
        headers = {"etag": f'"{style_digest()}"', "cache-control": _KEPT}
        return Response(style(), media_type=CSS, headers=headers)

    return router


def _number(version: str | None) -> int | None:
    return None if version is None else int(version)
