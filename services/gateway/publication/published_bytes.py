"""Stored bytes of publications on their way out: found, made an answer once, and kept in the cache for the next reader."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from fastapi import Request
from starlette.responses import Response

from services.gateway.http.compression import Compressor
from services.gateway.http.edge import CROSS_ORIGIN, EVERY_ORIGIN, SECURITY
from services.gateway.http.errors import AgencyUnknown, NotYetPublished, VersionUnknown
from services.gateway.http.negotiation import matches
from services.gateway.http.published_cache import Headers, Prepared, accepted_of
from services.gateway.http.runtime import Runtime, runtime
from services.gateway.publication.store import published
from services.gateway.publication.store.records import Rendering
from services.gateway.publication.which import IMMUTABLE, LATEST
from shared.database import Connection
from shared.problems import NotAcceptable
from shared.public_pages.rendering import BUNDLE

# Compressed within.
PACKED = frozenset({BUNDLE})


@dataclass(frozen=True)
class Wanted:
    """One rendering: ``period`` None is the latest published month, ``version`` None its latest, ``agency`` '' the whole.
    ``pinned``: its address names the version by number."""

    period: str | None
    version: int | None
    agency: str
    media_type: str
    pinned: bool


@dataclass(frozen=True)
class Dressing:
    """Headers beside those of every stored rendering: ``body`` go with the bytes, ``always`` with a 304 too."""

    body: Headers
    always: Headers


class NotPublishedAs(NotAcceptable):
    """The version has no such rendering; the context names it by ``period`` and ``version``."""


Dress = Callable[[Wanted, Rendering], Dressing]
Make = Callable[[Rendering], Awaitable[Rendering]]


def links_of(found: Rendering, address: Callable[[int], str]) -> list[str]:
    """Where the versions before and after one stand, as Link values (RFC 5829)."""
    before = [f'<{address(found.version - 1)}>; rel="predecessor-version"'] if found.version > 1 else []
    after = [f'<{address(found.version + 1)}>; rel="successor-version"'] if found.version < found.latest else []
    return [*before, *after]


async def send(
    request: Request, wanted: Wanted, dress: Dress, *, query: bytes, kinds: Sequence[str], make: Make | None = None
) -> Response:
    """The bytes, or 304 for who has them. Raises NotYetPublished, VersionUnknown, AgencyUnknown or NotPublishedAs.

    ``query`` is the one plain spelling of the address's query and ``kinds`` what the edge looks for: nothing else is kept, so
    the cache cannot be flooded with synonyms. ``make`` makes other bytes of the stored ones: of those nothing is kept at all.
    """
    given = runtime(request)
    generation = given.published.generation
    found = await _find(given, wanted)
    own = dress(wanted, found)
    if make is not None:
        found, kinds = await make(found), ()
    keep = Keep(query, kinds, generation, compressed=make is None)
    return await send_found(request, wanted, found, own, keep)


@dataclass(frozen=True)
class Keep:
    """How an answer is kept: the one plain spelling of its query, what the edge looks for, and the cache's ``generation`` from
    before anything was read; what is smaller of it is kept where ``compressed``."""

    query: bytes
    kinds: Sequence[str]
    generation: int
    compressed: bool = True


async def send_found(request: Request, wanted: Wanted, found: Rendering, own: Dressing, keep: Keep) -> Response:
    """These bytes, or 304 for who has them; kept for the next reader until a publication is heard that could change them."""
    given = runtime(request)
    compressor = given.published.compressor if keep.compressed else Compressor(0)
    smaller = {} if wanted.media_type in PACKED else await compressor.compress(found.digest, bytes(found.body))
    beside = (*SECURITY, *(CROSS_ORIGIN if EVERY_ORIGIN in request.scope else ()))
    prepared = _prepare(wanted, found, replace(own, always=(*own.always, *beside)), smaller)
    if request.scope["query_string"] == keep.query:
        for kind in keep.kinds:
            given.published.put((request.scope["path"], keep.query, kind), prepared, generation=keep.generation)
    codings = ",".join(request.headers.getlist("accept-encoding")).encode("latin-1")
    prepared = accepted_of(prepared, codings)
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, f'"{found.digest}"'):
        return _raw(304, b"", prepared.unchanged)
    return _raw(200, prepared.message["body"], prepared.headers)


async def unpublished(connection: Connection, period: str) -> NotYetPublished | VersionUnknown:
    """Why there is no such version of a month."""
    versions = [line.version for line in await published.versions_of(connection, period)]
    if not versions:
        return NotYetPublished(f"nothing has been published of {period}")
    return VersionUnknown(f"{period} has the versions 1 to {versions[-1]}")


def _prepare(wanted: Wanted, found: Rendering, dressing: Dressing, smaller: Mapping[str, bytes]) -> Prepared:
    """The answer with the stored bytes, and beside it those with smaller ones."""
    plain = _answer(wanted, found, dressing, bytes(found.body), tag=f'"{found.digest}"')
    tag, coded = f'W/"{found.digest}"', {}
    for coding, body in smaller.items():
        told = replace(dressing, body=(*dressing.body, (b"content-encoding", coding.encode("ascii"))))
        coded[coding] = _answer(wanted, found, told, body, tag=tag)
    return replace(plain, smaller=coded)


def _answer(wanted: Wanted, found: Rendering, dressing: Dressing, body: bytes, *, tag: str) -> Prepared:
    """As ASGI wants it, with all headers but the request's id."""
    etag = tag.encode("ascii")
    cache = (IMMUTABLE if wanted.pinned else LATEST).encode("ascii")
    unchanged = ((b"etag", etag), (b"cache-control", cache), *dressing.always)
    length = (b"content-length", str(len(body)).encode("ascii"))
    message = {"type": "http.response.body", "body": body}
    headers = (length, *dressing.body, *unchanged)
    # The version that is still the latest has other headers once another follows it.
    settled = wanted.pinned and found.version < found.latest
    return Prepared(wanted.period, found.version, settled, etag, headers, unchanged, message)


async def _find(given: Runtime, wanted: Wanted) -> Rendering:
    async with given.database.read() as connection:
        found = await published.find_rendering(
            connection, period=wanted.period, version=wanted.version, agency=wanted.agency, media_type=wanted.media_type
        )
        if found is not None:
            return found
        period = wanted.period or await published.latest_period(connection)
        if period is None:
            raise NotYetPublished("no month has been published")
        versions = {line.version for line in await published.versions_of(connection, period)}
        if not versions or (wanted.version is not None and wanted.version not in versions):
            raise await unpublished(connection, period)
        whole = wanted.agency and await published.find_rendering(
            connection, period=period, version=wanted.version, agency="", media_type=wanted.media_type
        )
    if whole:
        raise AgencyUnknown(f"no scored body has the code {wanted.agency!r} in {period}")
    version = wanted.version or max(versions)
    raise NotPublishedAs(f"this version was not published as {wanted.media_type}", period=period, version=version)


def _raw(status: int, body: bytes, headers: Headers) -> Response:
    response = Response(body, status_code=status)
    response.raw_headers = list(headers)
    return response
