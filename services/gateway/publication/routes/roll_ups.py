"""Published quarters and years, for everybody: the bytes that were published, and which versions there are (RUL-14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import API, OPEN, all_but, document
from services.gateway.http.edge import CSV, JSON
from services.gateway.http.errors import NotYetPublished, PeriodUnknown, VersionUnknown
from services.gateway.http.negotiation import matches
from services.gateway.http.openapi_responses import reads, reads_formats, ref, sometimes
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.http.words import QUARTER, YEAR
from services.gateway.publication.roll_ups import stale_in
from services.gateway.publication.routes.scores import TABLE, FormatQuery, media_type_of
from services.gateway.publication.schemas.roll_ups import RollUpScores, RollUpVersionPage
from services.gateway.publication.store import roll_ups as stored
from services.gateway.publication.store.roll_ups import RollUpVersion
from services.gateway.publication.which import IMMUTABLE, LATEST, VersionQuery
from shared.database import Connection
from shared.period import PeriodInvalid, Span

router = resource("roll-ups", dependencies=[Depends(PUBLIC)])

SHEETS: Final = {JSON: ref(RollUpScores), CSV: TABLE}
BESIDE: Final = {"Link": sometimes("All versions, and the ones before and after this.")}
QuarterPath = Annotated[str, Path(pattern=QUARTER, description="A quarter.", examples=["2026-Q1"])]
YearPath = Annotated[str, Path(pattern=YEAR, description="A year.", examples=["2026"])]


@router.get("/quarters/{quarter}/scores", **reads_formats(SHEETS, refuses=[404, 422], beside=BESIDE))
async def get_quarter_scores(
    request: Request, quarter: QuarterPath, version: VersionQuery = None, wanted_format: FormatQuery = None
) -> Response:
    """A published quarter: the mean of every body's published monthly totals, without a grade."""
    return await _scores(request, quarter, version, wanted_format)


@router.get("/years/{year}/scores", **reads_formats(SHEETS, refuses=[404, 422], beside=BESIDE))
async def get_year_scores(
    request: Request, year: YearPath, version: VersionQuery = None, wanted_format: FormatQuery = None
) -> Response:
    """A published year: the mean of every body's published monthly totals, without a grade."""
    return await _scores(request, year, version, wanted_format)


@router.get("/quarters/{quarter}/versions", **reads(RollUpVersionPage, refuses=[404]))
async def list_quarter_versions(request: Request, quarter: QuarterPath) -> Response:
    """Every published version of a quarter, with the months' versions it rests on, and those corrected since."""
    return await _listed(request, quarter)


@router.get("/years/{year}/versions", **reads(RollUpVersionPage, refuses=[404]))
async def list_year_versions(request: Request, year: YearPath) -> Response:
    """Every published version of a year, with the months' versions it rests on, and those corrected since."""
    return await _listed(request, year)


async def _scores(request: Request, span: str, version: int | None, wanted_format: str | None) -> Response:
    media_type = media_type_of(request, wanted_format)
    async with runtime(request).database.read() as connection:
        versions = await published_versions(connection, span)
        found = require_version(versions, version)
        number = found.version
        body = await stored.bytes_of(connection, span=span, version=number, csv=media_type == CSV)
    etag = f'"{found.csv_digest if media_type == CSV else found.digest}"'
    cache = LATEST if version is None else IMMUTABLE
    headers = {"etag": etag, "cache-control": cache, "vary": "Accept", "link": _links(span, number, len(versions))}
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    saved = {"content-disposition": f'attachment; filename="scores-{span}-v{number}.csv"'} if media_type == CSV else {}
    return Response(body, media_type=media_type, headers={**headers, **saved})


async def _listed(request: Request, span: str) -> Response:
    async with runtime(request).database.read() as connection:
        versions = await published_versions(connection, span)
    return document(request, {"items": [_shown(each) for each in versions], "next": None}, cache=OPEN)


async def published_versions(connection: Connection, span: str) -> Sequence[RollUpVersion]:
    """At least one. Raises PeriodUnknown or NotYetPublished."""
    try:
        Span.parse(span)
    except PeriodInvalid as error:
        raise PeriodUnknown(f"{span} is no quarter and no year") from error
    versions = await stored.versions_of_span(connection, span)
    if not versions:
        raise NotYetPublished(f"nothing has been published of {span}")
    return versions


def require_version(versions: Sequence[RollUpVersion], version: int | None) -> RollUpVersion:
    """The one named, or the latest. Raises VersionUnknown."""
    last = versions[-1]
    if version is not None and version > last.version:
        raise VersionUnknown(f"{last.span} has the versions 1 to {last.version}")
    return last if version is None else versions[version - 1]


def _shown(found: RollUpVersion) -> dict[str, Any]:
    beside = {
        "stale": stale_in(found.months, found.months_now),
        "scores": f"{_place(found.span)}/scores?version={found.version}",
    }
    return {**all_but(found, "months_now"), **beside}


def _links(span: str, version: int, latest: int) -> str:
    """RFC 5829."""
    near = (("predecessor-version", version - 1), ("successor-version", version + 1))
    beside = [f'<{_place(span)}/scores?version={each}>; rel="{name}"' for name, each in near if 1 <= each <= latest]
    return ", ".join([f'<{_place(span)}/versions>; rel="version-history"', *beside])


def _place(span: str) -> str:
    return f"{API}/{'quarters' if '-' in span else 'years'}/{span}"
