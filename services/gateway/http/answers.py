"""Documents as answers: bytes, their digest as strong ETag, 304 for who has them, cursors for lists."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import msgspec
from fastapi import Request
from starlette.responses import Response

from services.gateway.http.negotiation import matches
from services.gateway.http.runtime import request_id
from shared.canonical import sha256_hex
from shared.errors import Fault, InputInvalid
from shared.period import VIETNAM

OPEN = "public, no-cache"
CLOSED = "private, no-cache"
API = "/api/v1"
RETRY_AFTER_SECONDS = 1
_encode = msgspec.json.Encoder().encode
Line = TypeVar("Line")
Key = str | int | Sequence[str | int]

OCTETS: Final = "application/octet-stream"
BYTES: Final = {OCTETS: {"type": "string", "format": "binary"}}


def _itself(line: Any) -> Any:
    return line


def chosen(record: Any, names: Iterable[str]) -> dict[str, Any]:
    """Of a record the fields named, as a part of a document."""
    return {name: getattr(record, name) for name in names}


def all_but(record: Any, *names: str) -> dict[str, Any]:
    """A record as a document, without the fields named."""
    return {name: value for name, value in vars(record).items() if name not in names}


def encoded(content: Any) -> bytes:
    """JSON with every instant in Vietnam's time: the database gives them in UTC."""
    return _encode(_in_vietnam(content))


def _in_vietnam(content: Any) -> Any:
    if isinstance(content, datetime):
        return content.astimezone(VIETNAM)
    if is_dataclass(content):
        return {each.name: _in_vietnam(getattr(content, each.name)) for each in fields(content)}
    if isinstance(content, Mapping):
        return {name: _in_vietnam(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_in_vietnam(value) for value in content]
    return content


def document(request: Request, content: Any, *, cache: str, headers: Mapping[str, str] | None = None) -> Response:
    """200 with the document, or 304 when the caller has the same bytes. ``cache`` is OPEN or CLOSED."""
    body = encoded(content)
    etag = f'"{sha256_hex(body)}"'
    sent = {"etag": etag, "cache-control": cache, **(headers or {})}
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, etag):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type="application/json", headers=sent)


def table(request: Request, content: bytes, *, name: str, headers: Mapping[str, str]) -> Response:
    """200 with a CSV file that its reader alone keeps, or 304 when the caller has the same bytes."""
    etag = f'"{sha256_hex(content)}"'
    sent = {"etag": etag, "cache-control": CLOSED, **headers}
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, etag):
        return Response(status_code=304, headers=sent)
    saved = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv", headers={**sent, **saved})


def accepted(request: Request, command_id: str, *, status_path: str) -> Response:
    """202: the work is queued; where to ask how it goes, and after how many seconds."""
    location = f"{API}{status_path}"
    content = {"command_id": command_id, "status": location, "request_id": request_id(request)}
    headers = {"location": location, "retry-after": str(RETRY_AFTER_SECONDS), "cache-control": "no-store"}
    return Response(encoded(content), status_code=202, media_type="application/json", headers=headers)


def created(content: Any, *, path: str) -> Response:
    """201: the fact is recorded, and stands at ``path``."""
    headers = {"location": f"{API}{path}", "cache-control": "no-store"}
    return Response(encoded(content), status_code=201, media_type="application/json", headers=headers)


def no_store(content: Any, *, headers: Mapping[str, str] | None = None) -> Response:
    """200 with what holds at this moment only: it tells the time, so nobody keeps it."""
    return Response(encoded(content), media_type="application/json", headers={"cache-control": "no-store", **(headers or {})})


def page(
    request: Request,
    found: Sequence[Line],
    *,
    limit: int,
    key: Callable[[Line], Key],
    show: Callable[[Line], Any] = _itself,
    cache: str = CLOSED,
    beside: Mapping[str, Any] | None = None,
) -> Response:
    """One page of a list. ``found`` holds up to limit + 1 lines in the list's order; ``key`` is what the cursor names one by;
    ``beside`` stands on every page."""
    content, headers = page_of(request, found, limit=limit, key=key, show=show)
    return document(request, {**content, **(beside or {})}, cache=cache, headers=headers)


def page_of(
    request: Request,
    found: Sequence[Line],
    *,
    limit: int,
    key: Callable[[Line], Key],
    show: Callable[[Line], Any] = _itself,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The page's document, and the header that leads to the next one."""
    shown = found[:limit]
    following = encode_cursor(key(shown[-1])) if len(found) > limit else None
    headers = {}
    if following is not None:
        query = {**dict(request.query_params), "cursor": following}
        headers["link"] = f'<{request.url.path}?{urlencode(query)}>; rel="next"'
    return {"items": [show(line) for line in shown], "next": following}, headers


def encode_cursor(key: Key) -> str:
    """Opaque to callers: where the next page begins."""
    return base64.urlsafe_b64encode(_encode(key)).decode("ascii").rstrip("=")


def text_cursor(cursor: str | None) -> str | None:
    return None if cursor is None else _decode(cursor, str)


def number_cursor(cursor: str | None) -> int | None:
    return None if cursor is None else _decode(cursor, int)


def keys_cursor(cursor: str) -> list[str | int]:
    """The several keys that a list goes by."""
    keys: list[str | int] = _read_cursor(cursor, list[str | int])
    if any("\0" in key if isinstance(key, str) else abs(key) >= 2**63 for key in keys):
        raise foreign_cursor()
    return keys


def _decode(cursor: str, kind: type[Any]) -> Any:
    key = _read_cursor(cursor, kind)
    if not (key.isprintable() and key.isascii() if isinstance(key, str) else abs(key) < 2**31):
        raise foreign_cursor()
    return key


def _read_cursor(cursor: str, kind: Any) -> Any:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise foreign_cursor() from error


def foreign_cursor() -> InputInvalid:
    """Of a cursor that the list did not give."""
    fault = Fault("?cursor", "was not given by this list", hint="Begin again without a cursor.")
    return InputInvalid("the cursor is not one of ours", faults=[fault])


def bytes_to_sign(request: Request, payload: bytes, *, name: str) -> Response:
    """A file to be saved; its ETag is the digest."""
    etag = f'"{sha256_hex(payload)}"'
    headers = {
        "etag": etag,
        "cache-control": CLOSED,
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": "default-src 'none'; sandbox",
    }
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(payload, media_type=OCTETS, headers=headers)
