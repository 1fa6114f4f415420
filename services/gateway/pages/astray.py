"""Whoever goes astray among the pages meets a page: the framework's refusals and our own faults, below /e-form.

A form that was refused stands at the address of an act, which nobody can open: who opens it is led to the thing itself.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette.responses import RedirectResponse, Response

from services.gateway.http.exception_handlers import Handler
from services.gateway.pages.addresses import ROOT
from services.gateway.pages.kept import kept_before
from services.gateway.pages.own_api import Answer, Refused
from services.gateway.pages.page import Page, spoken_here, whoever


def as_page(handler: Handler) -> Handler:
    """The handler, answering with a page where a page was asked for."""

    async def answer(request: Request, error: Exception) -> Response:
        path = request.scope["path"]
        if path != ROOT and not path.startswith(f"{ROOT}/"):
            return await handler(request, error)
        made = await handler(spoken_here(request), error)
        if made.status_code < HTTPStatus.BAD_REQUEST:
            return made
        led = _way_on(request, made.status_code)
        return RedirectResponse(led, status_code=HTTPStatus.SEE_OTHER) if led is not None else await _page_of(request, made)

    return answer


async def _page_of(request: Request, made: Response) -> Response:
    # Of a fault of ours the session may be the cause, or the database behind it.
    broken = made.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    page = Page(request, None) if broken else await whoever(request)
    refused = Refused(Answer(made.status_code, {}, bytes(made.body)))
    response = page.show("refused.html", refused=refused, kept=kept_before(request))
    if "allow" in made.headers:
        response.headers["allow"] = made.headers["allow"]
    return response


def _way_on(request: Request, status: int) -> str | None:
    """The page that an act's address, or one with a stroke too many, is about; None where there is none."""
    path = request.scope["path"]
    slipped = status == HTTPStatus.NOT_FOUND and path.endswith("/")
    if request.method != "GET" or not (slipped or status == HTTPStatus.METHOD_NOT_ALLOWED):
        return None
    above = path.rstrip("/") if slipped else path.rpartition("/")[0]
    while not _opens(request, above) and not slipped:
        above = above.rpartition("/")[0]
    return above if _opens(request, above) else None


def _opens(request: Request, path: str) -> bool:
    if path in ("", ROOT):
        return True
    routes = (route for route in iter_route_contexts(request.app.routes) if "GET" in (getattr(route, "methods", None) or ()))
    return any(route.path_regex.match(path) for route in routes if getattr(route, "path_regex", None) is not None)
