"""Pages of other origins ask beforehand whether they may send more than a simple request (Fetch, CORS preflight).

They may read what everybody may, with the headers named here; `Authorization` is never among them, and no answer allows
credentials. What a key is asked for says nothing, so a browser keeps it from them. See services.gateway.http.edge for the
answers themselves.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette.responses import Response

from services.gateway.access.permits import Public
from services.gateway.http.edge import READING
from services.gateway.http.exception_handlers import Handler

ASKED = "access-control-request-method"
_MAY = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": ", ".join(READING),
    "access-control-allow-headers": "Accept, Accept-Language, If-None-Match, X-Request-Id, Traceparent",
    "access-control-max-age": "7200",
    "vary": "Access-Control-Request-Method",
}


def preflighted(handler: Handler) -> Handler:
    """The handler, answering whether a page of another origin may read what stands at the path."""

    async def answer(request: Request, error: Exception) -> Response:
        made = await handler(request, error)
        if request.method == "OPTIONS" and ASKED in request.headers and _is_open(request):
            made.headers.update(_MAY)
        return made

    return answer


def _is_open(request: Request) -> bool:
    path = request.scope["path"]
    for context in iter_route_contexts(request.app.routes):
        pattern, dependant = getattr(context, "path_regex", None), getattr(context, "dependant", None)
        if dependant is None or pattern is None or "GET" not in (context.methods or ()) or not pattern.match(path):
            continue
        # The first route that fits is the one that would answer.
        return any(isinstance(each.call, Public) and each.call.every_origin for each in dependant.dependencies)
    return False
