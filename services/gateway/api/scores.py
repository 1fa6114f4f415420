"""Published sheets: the stored bytes, never written anew. The first reader of one puts it on the shelf for the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.answers import API
from services.gateway.api.parameters import AgencyPath, PeriodPath, Unset
from services.gateway.contract import header, reads_formats, ref
from services.gateway.edge import CSV, JSON, SECURITY
from services.gateway.errors import AgencyUnknown, NotYetPublished, VersionUnknown
from services.gateway.negotiation import choose_media_type, matches
from services.gateway.periods import known_period
from services.gateway.permits import PUBLIC
from services.gateway.queries import Connection, published
from services.gateway.runtime import Runtime, runtime
from services.gateway.schemas.sheet import AgencySheet, ScoreSheet
from services.gateway.shelf import Prepared
from services.gateway.words import SHOWN, Whole
from shared.database import Row
from shared.errors import Fault
from shared.problems import NotAcceptable

router = APIRouter(dependencies=[Depends(PUBLIC)], tags=["scores"])

FORMATS = {"json": JSON, "csv": CSV}
IMMUTABLE, LATEST = "public, max-age=31536000, immutable", "public, no-cache"

Number = Annotated[Whole, Field(ge=1, le=2_147_483_647)]
VersionQuery = Annotated[Number | Unset, Query(description="Pins a version; without it, the latest.")]
# Any text in the code: an unknown one is refused as an Accept nobody offers is, with 406.
FormatText = Annotated[str, Field(json_schema_extra={"enum": ["json", "csv"]})]
FormatQuery = Annotated[FormatText | Unset, Query(alias="format", description="Goes before Accept.")]
BESIDE = {"Link": header("The reports behind this version: which counted, by which extension, and their public words.")}
TABLE = {"type": "string", "description": "UTF-8 with a byte order mark, one row per agency, RFC 4180."}


@dataclass(frozen=True)
class Wanted:
    """What is asked for: ``agency`` '' is the whole sheet, ``version`` None the latest."""

    period: str
    agency: str
    version: int | None
    format: str | None
    offered: tuple[str, ...]


@router.get("/periods/{period}/scores", **reads_formats({JSON: ref(ScoreSheet), CSV: TABLE}, refuses=[404], beside=BESIDE))
async def get_scores(
    request: Request, period: PeriodPath, version: VersionQuery = None, wanted_format: FormatQuery = None
) -> Response:
    """The published sheet of a month: all agencies."""
    return await _sheet(request, Wanted(period, "", version, wanted_format, (JSON, CSV)))


@router.get("/periods/{period}/scores/{agency}", **reads_formats({JSON: ref(AgencySheet)}, refuses=[404], beside=BESIDE))
async def get_agency_scores(request: Request, period: PeriodPath, agency: AgencyPath, version: VersionQuery = None) -> Response:
    """One agency's part of the published sheet."""
    return await _sheet(request, Wanted(period, agency, version, None, (JSON,)))


async def _sheet(request: Request, wanted: Wanted) -> Response:
    given = runtime(request)
    known_period(wanted.period, now=given.clock())
    media_type = _media_type(request, wanted)
    generation = given.shelf.generation
    found = await _find(given, wanted, media_type)
    prepared = prepare(wanted, media_type, found)
    _keep(request, given, wanted, media_type, prepared, generation=generation)
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, prepared.etag.decode("ascii")):
        return _raw(304, b"", prepared.unchanged)
    return _raw(200, prepared.message["body"], prepared.headers)


def prepare(wanted: Wanted, media_type: str, found: Row) -> Prepared:
    """The answer as ASGI wants it, with all headers but the request's id."""
    etag = f'"{found["digest"]}"'.encode("ascii")
    pinned = wanted.version is not None
    cache = (IMMUTABLE if pinned else LATEST).encode("ascii")
    unchanged = ((b"etag", etag), (b"cache-control", cache), (b"vary", b"Accept"), (b"link", _beside(wanted, found)), *SECURITY)
    body = bytes(found["body"])
    own = [(b"content-length", str(len(body)).encode("ascii"))]
    if media_type == CSV:
        name = f"scores-{wanted.period}-v{found['version']}.csv"
        own += [(b"content-type", b"text/csv; charset=utf-8")]
        own += [(b"content-disposition", f'attachment; filename="{name}"'.encode("ascii"))]
    else:
        own += [(b"content-type", b"application/json")]
    message = {"type": "http.response.body", "body": body}
    return Prepared(wanted.period, found["version"], pinned, etag, (*own, *unchanged), unchanged, message)


def _beside(wanted: Wanted, found: Row) -> bytes:
    """Where the reports behind this version stand, and what extended them: the sheet's bytes hold none of it (APR-10)."""
    agency = f"/{wanted.agency}" if wanted.agency else ""
    return f'<{API}/periods/{wanted.period}/reports{agency}?version={found["version"]}>; rel="related"'.encode("ascii")


def _media_type(request: Request, wanted: Wanted) -> str:
    if wanted.format is not None:
        if wanted.format not in FORMATS:
            fault = Fault("?format", "is not offered", seen=wanted.format[:SHOWN], expected=" or ".join(FORMATS))
            raise NotAcceptable(f"no sheet is written as {wanted.format[:SHOWN]!r}", faults=[fault])
        return FORMATS[wanted.format]
    return choose_media_type(",".join(request.headers.getlist("accept")) or None, wanted.offered)


async def unpublished(connection: Connection, period: str) -> NotYetPublished | VersionUnknown:
    """Why there is no such version of a month."""
    versions = [line["version"] for line in await published.versions_of(connection, period)]
    if not versions:
        return NotYetPublished(f"nothing has been published of {period}")
    return VersionUnknown(f"{period} has the versions 1 to {versions[-1]}")


async def _find(given: Runtime, wanted: Wanted, media_type: str) -> Row:
    """Raises NotYetPublished, VersionUnknown or AgencyUnknown: whichever is the reason."""
    async with given.database.read() as connection:
        found = await published.find_rendering(
            connection, period=wanted.period, version=wanted.version, agency=wanted.agency, media_type=media_type
        )
        if found is not None:
            return found
        versions = {line["version"] for line in await published.versions_of(connection, wanted.period)}
        if not versions or (wanted.version is not None and wanted.version not in versions):
            raise await unpublished(connection, wanted.period)
    if wanted.agency:
        raise AgencyUnknown(f"no scored body has the code {wanted.agency!r} in {wanted.period}")
    raise NotAcceptable(f"this version was not published as {media_type}")


def _keep(request: Request, given: Runtime, wanted: Wanted, media_type: str, prepared: Prepared, *, generation: int) -> None:
    """Only addresses in their one plain spelling are kept: the shelf cannot be flooded with synonyms."""
    query = request.scope["query_string"]
    if query == _plain_query(wanted):
        for accepted in (JSON, CSV) if wanted.format else (media_type,):
            given.shelf.put((request.scope["path"], query, accepted), prepared, generation=generation)


def _plain_query(wanted: Wanted) -> bytes:
    version = [] if wanted.version is None else [f"version={wanted.version}"]
    chosen = [f"format={wanted.format}"] if wanted.format else []
    return "&".join([*version, *chosen]).encode("ascii")


def _raw(status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> Response:
    response = Response(body, status_code=status)
    response.raw_headers = list(headers)
    return response
