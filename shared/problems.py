"""What HTTP makes of our errors: RFC 9457 problem details. The one file that knows both.

A family of shared.errors decides the status, the class's slug the type, for ever. From 500 up the caller learns nothing but
the type, what one does about problems of that type, and the request id. The kinds of error that only HTTP knows are defined
here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.errors import (
    Conflict,
    DomainError,
    InputInvalid,
    NotAllowed,
    NotFound,
    PreconditionFailed,
    SourceProblem,
    Unauthenticated,
    Unavailable,
)

Language = Literal["vi", "en"]

MEDIA_TYPE = "application/problem+json"
PATH = "/problems"
RETRY_AFTER_SECONDS = 5
_SERVER_FAULT = 500
# Of a fault; its place, rule and what was seen are never worded otherwise.
_OUR_SENTENCES = ("detail", "expected", "hint")


class Malformed(DomainError):
    """The request cannot be read at all: broken JSON, broken encoding."""

    slug = "malformed-request"
    title_vi = "Yêu cầu không đọc được"
    title_en = "Malformed request"


class NotAcceptable(DomainError):
    """None of the formats that the caller accepts is offered; the offered ones are named."""

    slug = "not-acceptable"
    title_vi = "Không có định dạng được yêu cầu"
    title_en = "Format not offered"


class MethodNotAllowed(DomainError):
    """The resource exists but does not know this method; the header Allow names those it knows."""

    slug = "method-not-allowed"
    title_vi = "Phương thức không được hỗ trợ"
    title_en = "Method not allowed"


class ContentTooLarge(DomainError):
    """The body is longer than this service reads."""

    slug = "content-too-large"
    title_vi = "Nội dung gửi lên quá lớn"
    title_en = "Content too large"


class MediaTypeUnsupported(DomainError):
    """The body is not of a type this resource reads; bodies are application/json."""

    slug = "media-type-unsupported"
    title_vi = "Kiểu nội dung không được hỗ trợ"
    title_en = "Media type not supported"


class PreconditionMissing(DomainError):
    """Changing this needs a header that names the version the caller has seen: If-Match with its ETag."""

    slug = "precondition-missing"
    title_vi = "Thiếu điều kiện tiên quyết"
    title_en = "Precondition missing"


class TooManyRequests(DomainError):
    """The caller has asked this too often for now; the header Retry-After says after how many seconds it is answered again."""

    slug = "too-many-requests"
    title_vi = "Gửi yêu cầu quá nhiều lần trong thời gian ngắn"
    title_en = "Too many requests"

    def __init__(self, detail: str, *, retry_after: int, hint: str | None = None) -> None:
        super().__init__(detail, hint=hint)
        self.retry_after = retry_after


# The nearest of an error's ancestors decides.
STATUS: Mapping[type[DomainError], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    NotAcceptable: 406,
    Conflict: 409,
    PreconditionFailed: 412,
    ContentTooLarge: 413,
    MediaTypeUnsupported: 415,
    InputInvalid: 422,
    PreconditionMissing: 428,
    TooManyRequests: 429,
    DomainError: 500,
    SourceProblem: 502,
    Unavailable: 503,
}

_HTTP_WORDS: Mapping[int, type[DomainError]] = {
    400: Malformed,
    401: Unauthenticated,
    403: NotAllowed,
    404: NotFound,
    405: MethodNotAllowed,
    406: NotAcceptable,
    409: Conflict,
    412: PreconditionFailed,
    413: ContentTooLarge,
    415: MediaTypeUnsupported,
    422: InputInvalid,
    428: PreconditionMissing,
    503: Unavailable,
}


@dataclass(frozen=True)
class Wording:
    """How a caller reads a problem: ``cause`` and ``remedy`` of its type, and ``said``, which words our own sentences."""

    cause: str | None = None
    remedy: str | None = None
    said: Callable[[str], str] = str


PLAIN = Wording()


@dataclass(frozen=True)
class Answer:
    """An HTTP answer made of an error: ``body`` is application/problem+json."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def status_of(kind: type[DomainError]) -> int:
    return next(STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)


def of_status(status: int, detail: str) -> DomainError:
    """The error for a status the web framework decided on by itself; anything unknown is an internal one."""
    return _HTTP_WORDS.get(status, DomainError)(detail)


def type_url(public_url: str, slug: str) -> str:
    return f"{public_url.rstrip('/')}{PATH}/{slug}"


def answer(error: DomainError, *, public_url: str, instance: str, language: Language, wording: Wording = PLAIN) -> Answer:
    """``instance`` is the request's id; ``public_url`` makes the type absolute."""
    status = status_of(type(error))
    top = {
        "type": type_url(public_url, error.slug),
        "title": error.title_vi if language == "vi" else error.title_en,
        "status": status,
    }
    told = document(error, top=top, instance=instance, wording=wording)
    return Answer(status, _headers(error, status, language), json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"))


def document(error: DomainError, *, top: Mapping[str, Any], instance: str, wording: Wording) -> dict[str, Any]:
    """The problem document; ``top`` holds its type, title and status."""
    told = dict(top)
    if top["status"] < _SERVER_FAULT:
        told |= _words(error, wording)
    if wording.remedy:
        told["remedy"] = wording.remedy
    return {**told, "instance": instance}


def kinds() -> Iterator[type[DomainError]]:
    """Every kind of error that is loaded, the root first; which those are depends on what has been imported."""
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        kind = waiting.pop(0)
        yield kind
        waiting += kind.__subclasses__()


def _words(error: DomainError, wording: Wording) -> dict[str, Any]:
    words: dict[str, Any] = {"detail": wording.said(error.detail)}
    if wording.cause:
        words["cause"] = wording.cause
    if error.hint:
        words["hint"] = wording.said(error.hint)
    if error.faults:
        words["errors"] = [fault_words(fault.as_dict(), wording) for fault in error.faults]
    if error.context:
        words["context"] = {name: str(value) for name, value in error.context.items()}
    return words


def fault_words(fault: Mapping[str, str], wording: Wording) -> dict[str, str]:
    """One of a problem's `errors`, worded for its caller."""
    return {name: wording.said(words) if name in _OUR_SENTENCES else words for name, words in fault.items()}


def _headers(error: DomainError, status: int, language: Language) -> tuple[tuple[str, str], ...]:
    """Problems are never cached; a 401 says how to authenticate, a 429 and a 503 when to come back."""
    headers = [
        ("content-type", MEDIA_TYPE),
        ("content-language", language),
        ("cache-control", "no-store"),
        ("vary", "Accept-Language"),
    ]
    if status == STATUS[Unauthenticated]:
        headers.append(("www-authenticate", 'Bearer realm="bangdiem"'))
    if status == STATUS[Unavailable]:
        headers.append(("retry-after", str(RETRY_AFTER_SECONDS)))
    if isinstance(error, TooManyRequests):
        headers.append(("retry-after", str(error.retry_after)))
    return tuple(headers)
