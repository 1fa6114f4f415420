"""Signing in and out, the language, and the stylesheet."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.gateway.access.auth import Access
from services.gateway.http.runtime import runtime
from services.gateway.pages.addresses import own_path
from services.gateway.pages.notices import led
from services.gateway.pages.page import ROOT, SECOND, Page, PageRoute, anybody, refused_of, signed_in
from services.gateway.pages.posted import read_posted
from services.gateway.pages.rendering import STYLESHEET, stylesheet
from services.gateway.pages.session import COOKIE, begin, leave
from services.gateway.pages.switching import remember
from shared.errors import DomainError

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)


@router.get("/login")
async def get_login(request: Request, page: Annotated[Page, Depends(anybody)]) -> Response:
    return login_page(page, request.query_params.get("next", ""))


@router.post("/login")
async def post_login(request: Request) -> Response:
    """Nobody is signed in yet, so nothing but the browser's word says where the form came from (Sec-Fetch-Site, Origin)."""
    posted = await read_posted(request, largest=runtime(request).max_body_bytes)
    then = own_path(posted.text("next"))
    response = led(request, then, done="signed-in")
    try:
        await begin(request, response, posted.text("credential"))
    except DomainError as error:
        return login_page(Page(request, None), then, refused=refused_of(request, error))
    return response


@router.post("/logout")
async def post_logout(request: Request, page: Annotated[Page, Depends(signed_in)]) -> Response:
    await page.posted()
    response = page.go("/login", done="signed-out")
    if page.session is not None:
        await leave(request, response, page.session)
    return response


@router.get("/language")
async def get_language(request: Request) -> Response:
    """Which language the pages speak to this browser from now on."""
    response = RedirectResponse(own_path(request.query_params.get("back", "")), status_code=303)
    remember(response, "en" if request.query_params.get("to") == "en" else "vi")
    return response


@router.get(f"/static/{STYLESHEET}")
async def get_stylesheet(request: Request) -> Response:
    """Named with its digest in pages, so it may be kept for ever."""
    content, digest = stylesheet()
    headers = {"etag": f'"{digest}"', "cache-control": "public, max-age=31536000, immutable"}
    return Response(content, media_type="text/css", headers=headers)


def login_page(page: Page, then: str, **context: Any) -> Response:
    """The sign-in page, with a button for every provider that the pages are a client of."""
    factor = page.request.query_params.get("factor") == SECOND
    providers = sorted(runtime(page.request).part(Access).issuers.providers)
    ended = page.session is None and COOKIE in page.request.cookies
    return page.show(
        "login.html", here=own_path(then), ended=ended, next=own_path(then), providers=providers, factor=factor, **context
    )
