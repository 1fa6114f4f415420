"""Every error leaves as a problem document: ours, the framework's, the database's, and those nobody foresaw."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.gateway.http.fault_words import words_of
from services.gateway.http.negotiation import choose_language
from services.gateway.http.runtime import request_id, runtime
from services.gateway.http.words import SHOWN
from services.gateway.messages.telling import wording
from shared.database import DATABASE_LOST
from shared.errors import DomainError, Fault, InputInvalid, Unavailable
from shared.problems import Language, answer, of_status

log = structlog.get_logger(__name__)

Handler = Callable[[Request, Exception], Awaitable[Response]]

_NO_SUCH_METHOD = 405


def install(app: FastAPI, *, dressed: Callable[[Handler], Handler]) -> None:
    """``dressed`` makes each handler answer with a page where a page was asked for."""
    handlers: dict[type[Exception], Handler] = {
        DomainError: _domain, RequestValidationError: _validation, HTTPException: _framework, Exception: _unforeseen,
        **dict.fromkeys(DATABASE_LOST, _database_lost),
    }  # fmt: skip
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, dressed(handler))


def problem(request: Request, error: DomainError, *, headers: Mapping[str, str] | None = None) -> Response:
    language = choose_language(request.headers.get("accept-language"))
    words = wording(error.slug, language)
    public_url = runtime(request).public_url
    made = answer(error, public_url=public_url, instance=request_id(request), language=language, wording=words)
    return Response(made.body, status_code=made.status, headers={**dict(made.headers), **(headers or {})})


def spoken(request: Request, language: Language) -> Request:
    """The request, asking for a page's language: then a refusal's sentences are in it too."""
    header = (b"accept-language", language.encode("ascii"))
    others = [pair for pair in request.scope["headers"] if pair[0] != header[0]]
    return Request({**request.scope, "headers": [*others, header]})


def faults_of(found: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """Faults from pydantic's errors with their contexts and inputs; what was sent is not repeated."""
    return [_fault(each) for each in found]


def _fault(found: Mapping[str, Any]) -> Fault:
    message, expected = words_of(found)
    return Fault("/" + "/".join(_pointer(part) for part in found["loc"]), message, expected=expected)


async def _domain(request: Request, error: Exception) -> Response:
    if not isinstance(error, DomainError):
        raise error
    if isinstance(error, Unavailable):
        log.warning("not available", problem=error.slug, detail=error.detail)
    return problem(request, error)


async def _validation(request: Request, error: Exception) -> Response:
    """Only paths and queries are checked by the framework; bodies are read by services.gateway.access.permits."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = dict(map(_address_fault, reversed(error.errors())))
    return problem(request, InputInvalid("the address holds values that cannot be", faults=list(reversed(faults.values()))))


async def _framework(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code != _NO_SUCH_METHOD:
        return problem(request, of_status(error.status_code, f"nothing is found at {request.scope['path'][:200]!r}"))
    allowed = {"Allow": ", ".join(_methods(request))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allowed)
    refused = of_status(error.status_code, f"{request.method[:20]!r} is not among the methods of this resource")
    return problem(request, refused, headers=allowed)


async def _database_lost(request: Request, error: Exception) -> Response:
    log.warning("database lost", error=type(error).__name__)
    return problem(request, Unavailable("the database does not answer"))


async def _unforeseen(request: Request, error: Exception) -> Response:
    del error  # logged with its traceback at the edge, under the same request id
    return problem(request, DomainError("internal error"))


def _methods(request: Request) -> list[str]:
    """Of all routes with this path: the framework itself names those of the first one only."""
    found = {"OPTIONS"}
    for route in iter_route_contexts(request.app.routes):
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(request.scope["path"]):
            found |= set(getattr(route, "methods", None) or ())
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _address_fault(found: Mapping[str, Any]) -> tuple[str, Fault]:
    """The parameter by its name, and no more: what follows it in pydantic's place is the name of a check of ours."""
    kind, name = found["loc"][0], str(found["loc"][1])
    place = f"?{name}" if kind == "query" else name
    seen = None if found["type"] == "missing" else str(found.get("input"))[:SHOWN]
    message, expected = words_of(found)
    return place, Fault(place, message, seen=seen, expected=expected)


def _pointer(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
