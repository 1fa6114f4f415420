"""What a route promises in the OpenAPI document: its statuses, headers and shapes, said in one line per route.

services.gateway.app.openapi adds what every answer has (request id, the two server faults) and the shapes themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

Declared = dict[int | str, dict[str, Any]]
Headers = Mapping[str, Any]

_WORDS = {
    200: "OK", 201: "Recorded", 202: "Accepted: queued", 304: "Not changed since the ETag given", 400: "Cannot be read",
    401: "No valid key", 403: "The key's roles do not allow it", 404: "No such thing", 406: "Format not offered",
    409: "The state does not allow it", 412: "It is another version now", 413: "Body too large",
    415: "Body is of no type read here", 422: "Means nothing here", 428: "If-Match is needed", 429: "Asked too often",
    500: "Our fault",
    503: "Not available now",
}  # fmt: skip
PROBLEM_TYPE = "application/problem+json"


def header(description: str, *, pattern: str | None = None) -> dict[str, Any]:
    """A header that every such answer has."""
    schema = {"type": "string"} | ({"pattern": pattern} if pattern else {})
    return {"description": description, "required": True, "schema": schema}


def sometimes(description: str) -> dict[str, Any]:
    """A header that some such answers have."""
    return {"description": description, "required": False, "schema": {"type": "string"}}


ETAG = {"ETag": header("Strong: the digest of the bytes.", pattern='^"sha256:[0-9a-f]{64}"$')}
BEGUN_ETAG = {
    "ETag": header(
        "Strong. Before anything was sent it has two parts: that there is no revision yet, and the digest of the bytes.",
        pattern=r'^"sha256:[0-9a-f]{64}(\.sha256:[0-9a-f]{64})?"$',
    )
}
CACHE = {"Cache-Control": header("How long the answer may be kept.")}
LOCATION = {"Location": header("Where the thing stands.")}
RETRY = {"Retry-After": header("Seconds to wait before asking again.", pattern="^[0-9]+$")}
VARY = {"Vary": header("On which headers of the request the answer depends.")}
LINK = {"Link": sometimes("The next page, when there is one.")}
NO_HEADERS: Headers = MappingProxyType({})
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the revision this changes; needed as soon as there is one.",
    "schema": {"type": "string", "pattern": '^"[!#-~]{1,150}"$'},
}
PROGRESS = {
    "Location": sometimes("What came of the work, once something did."),
    "Retry-After": sometimes("Seconds to wait before asking again, while the work is unfinished."),
}
AUTHENTICATE = {"WWW-Authenticate": header("How to authenticate.")}


def ref(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def reads(*models: type[BaseModel], refuses: Iterable[int] = ()) -> dict[str, Any]:
    """A route that answers a document with an ETag, of one of several shapes: the keyword arguments of the route."""
    refs = [ref(model) for model in models]
    content = {"application/json": {"schema": {"oneOf": refs} if len(refs) > 1 else refs[0]}}
    return {"response_model": None, "responses": _reading(content, refuses, {})}


def lists(model: type[BaseModel], *, refuses: Iterable[int] = ()) -> dict[str, Any]:
    """A route that answers one page of a list."""
    content = {"application/json": {"schema": ref(model)}}
    return {"response_model": None, "responses": _reading(content, refuses, LINK)}


def tells(model: type[BaseModel], *, refuses: Iterable[int] = (), beside: Headers = NO_HEADERS) -> dict[str, Any]:
    """A route that answers what holds at this moment, for nobody to keep; with ``LINK`` when it is a page of a list; ``beside``
    are further headers."""
    content = {"application/json": {"schema": ref(model)}}
    headers = {**CACHE, **(LINK if "next" in model.model_fields else {}), **beside}
    done = {"description": _WORDS[200], "headers": headers, "content": content}
    return {"response_model": None, "responses": {200: done, **declare(refuses)}}


def follows(*models: type[BaseModel], refuses: Iterable[int] = ()) -> dict[str, Any]:
    """A route that answers how long work goes; with several models, one of them by the kind of id it is asked with."""
    refs = [ref(model) for model in models]
    content = {"application/json": {"schema": {"oneOf": refs} if len(refs) > 1 else refs[0]}}
    return {"response_model": None, "responses": _reading(content, refuses, PROGRESS)}


def reads_formats(
    formats: Mapping[str, Mapping[str, Any]],
    *,
    refuses: Iterable[int] = (),
    beside: Headers = NO_HEADERS,
    etag: Headers = MappingProxyType(ETAG),
) -> dict[str, Any]:
    """A route that answers in one of several media types, each with its schema; ``beside`` are further headers."""
    content = {media_type: {"schema": dict(schema)} for media_type, schema in formats.items()}
    return {"response_model": None, "responses": _reading(content, (*refuses, 406), {**VARY, **beside}, etag)}


def queues(body: type[BaseModel], answer: type[BaseModel], *, refuses: Iterable[int] = ()) -> dict[str, Any]:
    """A route that asks for long work: 202, and where its state stands."""
    return _writing(202, body, answer, {**LOCATION, **RETRY, **CACHE}, refuses)


def records(body: type[BaseModel], answer: type[BaseModel], *, refuses: Iterable[int] = ()) -> dict[str, Any]:
    """A route that records a fact: 201, and where it stands."""
    return _writing(201, body, answer, {**LOCATION, **CACHE}, refuses)


def replaces(
    answer: type[BaseModel], *, formats: Mapping[str, Mapping[str, Any]], refuses: Iterable[int] = ()
) -> dict[str, Any]:
    """A route that takes content in one of several media types: 200 with its ETag, 202 when checking goes on."""
    content = {"application/json": {"schema": ref(answer)}}
    sent = {"required": True, "content": {media_type: {"schema": dict(schema)} for media_type, schema in formats.items()}}
    kept = {"ETag": sometimes("Of the revision that was stored; a dry run stores none."), **CACHE}
    done = {"description": _WORDS[200], "headers": kept, "content": content}
    queued = {"description": _WORDS[202], "headers": {**ETAG, **LOCATION, **RETRY, **CACHE}, "content": content}
    return {
        "response_model": None,
        "responses": {200: done, 202: queued, **declare({400, 412, 413, 415, 428, *refuses})},
        "openapi_extra": {"requestBody": sent, "parameters": [_IF_MATCH]},
    }


def tries(
    body: type[BaseModel], answer: type[BaseModel], *, refuses: Iterable[int] = (), may: Iterable[str] = ()
) -> dict[str, Any]:
    """A route that records something, 201, or with a dry run only tells what would come of it, 200.

    ``may`` "queue": 202 while checking goes on. ``may`` "match": it changes content, and If-Match names the one seen.
    """
    made = records(body, answer, refuses=refuses)
    content = {"application/json": {"schema": ref(answer)}}
    made["responses"][200] = {"description": _WORDS[200], "headers": dict(CACHE), "content": content}
    if "queue" in may:
        made["responses"][202] = {"description": _WORDS[202], "headers": {**LOCATION, **RETRY, **CACHE}, "content": content}
    if "match" in may:
        made["responses"] |= declare({412, 428})
        made["openapi_extra"]["parameters"] = [_IF_MATCH]
    return made


def checks(body: type[BaseModel], answer: type[BaseModel], *, refuses: Iterable[int] = ()) -> dict[str, Any]:
    """A route that checks something: 200 for a dry run, 201 when it was recorded, 202 when it is queued."""
    made = records(body, answer, refuses=refuses)
    content = {"application/json": {"schema": ref(answer)}}
    made["responses"] |= {
        200: {"description": _WORDS[200], "headers": dict(CACHE), "content": content},
        202: {"description": _WORDS[202], "headers": {**LOCATION, **RETRY, **CACHE}, "content": content},
    }
    return made


def weighs(body: type[BaseModel], answer: type[BaseModel], *, refuses: Iterable[int] = ()) -> dict[str, Any]:
    """A route that computes from what it is sent, and keeps nothing of it."""
    return _writing(200, body, answer, CACHE, refuses)


def takes(formats: Mapping[str, Mapping[str, Any]], answer: type[BaseModel], *, refuses: Iterable[int] = ()) -> dict[str, Any]:
    """A route that takes one file and keeps it: 201, and where it stands."""
    content = {"application/json": {"schema": ref(answer)}}
    sent = {"required": True, "content": {media_type: {"schema": dict(schema)} for media_type, schema in formats.items()}}
    done = {"description": _WORDS[201], "headers": {**LOCATION, **CACHE}, "content": content}
    return {
        "status_code": 201,
        "response_model": None,
        "responses": {201: done, **declare({413, 415, *refuses})},
        "openapi_extra": {"requestBody": sent},
    }


def examines(
    formats: Mapping[str, Mapping[str, Any]], answer: type[BaseModel], *, refuses: Iterable[int] = ()
) -> dict[str, Any]:
    """A route that reads one file and tells what it says; nothing of it is kept."""
    content = {"application/json": {"schema": ref(answer)}}
    sent = {"required": True, "content": {media_type: {"schema": dict(schema)} for media_type, schema in formats.items()}}
    done = {"description": _WORDS[200], "headers": dict(CACHE), "content": content}
    return {
        "response_model": None,
        "responses": {200: done, **declare({400, 413, 415, *refuses})},
        "openapi_extra": {"requestBody": sent},
    }


def downloads(formats: Mapping[str, Mapping[str, Any]], *, refuses: Iterable[int] = ()) -> dict[str, Any]:
    """A route that answers one file as it was sent, to be saved."""
    content = {media_type: {"schema": dict(schema)} for media_type, schema in formats.items()}
    saved = {"Content-Disposition": header("Under which name to save it."), "Content-Security-Policy": header("Runs nothing.")}
    return {"response_model": None, "responses": _reading(content, refuses, saved)}


def declare(statuses: Iterable[int]) -> Declared:
    """Problem answers. Every route may refuse its address (422) and fail (500, 503)."""
    return {status: _problem(status) for status in sorted({*statuses, 422, 500, 503})}


def _reading(
    content: dict[str, Any], refuses: Iterable[int], headers: Headers, etag: Headers = MappingProxyType(ETAG)
) -> Declared:
    own = {**etag, **CACHE}
    return {
        200: {"description": _WORDS[200], "headers": {**own, **headers}, "content": content},
        304: {"description": _WORDS[304], "headers": own},
        **declare(refuses),
    }


def _writing(
    status: int, body: type[BaseModel], answer: type[BaseModel], headers: Headers, refuses: Iterable[int]
) -> dict[str, Any]:
    content = {"application/json": {"schema": ref(answer)}}
    sent = {"required": True, "content": {"application/json": {"schema": ref(body)}}}
    done = {"description": _WORDS[status], "headers": dict(headers), "content": content}
    refused = declare({400, 413, 415, *refuses})
    return {
        "status_code": status,
        "response_model": None,
        "responses": {status: done, **refused},
        "openapi_extra": {"requestBody": sent},
    }


def _problem(status: int) -> dict[str, Any]:
    headers = {401: AUTHENTICATE, 429: RETRY, 503: RETRY}.get(status, {})
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _WORDS[status], "headers": {**headers, **CACHE}, "content": content}
