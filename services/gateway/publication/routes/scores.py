"""Published sheets: the stored bytes, never written anew. The first reader of one puts it in the cache for the others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import API
from services.gateway.http.edge import CSV, JSON
from services.gateway.http.negotiation import choose_media_type
from services.gateway.http.openapi_responses import header, reads_formats, ref, sometimes
from services.gateway.http.published_cache import Headers
from services.gateway.http.routes.parameters import AgencyPath, Unset
from services.gateway.http.routing import resource
from services.gateway.http.words import SHOWN
from services.gateway.publication.parts import Part
from services.gateway.publication.published_bytes import Dressing, Wanted, links_of, send
from services.gateway.publication.routes.parts import PartWanted, require_json
from services.gateway.publication.schemas.parts import ScoreSheetPart
from services.gateway.publication.schemas.sheet import AgencySheet, ScoreSheet
from services.gateway.publication.store.records import Rendering
from services.gateway.publication.which import Which, WhichVersion
from shared.errors import Fault
from shared.problems import NotAcceptable
from shared.public_pages.rendering import CSV_VI, PDF, SDMX, XLSX
from shared.sdmx.structure import structure_at

router = resource("scores", dependencies=[Depends(PUBLIC)])

FORMATS = {"json": JSON, "csv": CSV}
SHEET_FORMATS = {**FORMATS, "xlsx": XLSX, "pdf": PDF, "sdmx": SDMX}


class File(NamedTuple):
    """How a rendering leaves as a file."""

    name: str
    content_type: bytes


FILES = {
    CSV: File("scores-{period}-v{version}.csv", b"text/csv; charset=utf-8"),
    CSV_VI: File("bang-diem-{period}-v{version}.csv", b"text/csv; charset=utf-8"),
    XLSX: File("bang-diem-{period}-v{version}.xlsx", XLSX.encode("ascii")),
    PDF: File("bang-diem-{period}-v{version}.pdf", PDF.encode("ascii")),
    SDMX: File("bang-diem-{period}-v{version}.sdmx.csv", SDMX.encode("ascii")),
}

# Any text in the code: an unknown one is refused as an Accept nobody offers is, with 406.
FormatText = Annotated[str, Field(json_schema_extra={"enum": ["json", "csv"]})]
FormatQuery = Annotated[FormatText | Unset, Query(alias="format", description="Goes before Accept.")]
SheetFormatText = Annotated[str, Field(json_schema_extra={"enum": [*SHEET_FORMATS]})]
SheetFormatQuery = Annotated[SheetFormatText | Unset, Query(alias="format", description="Goes before Accept.")]
LocaleQuery = Annotated[
    Literal["vi"] | Unset,
    Query(
        description="Of CSV: for a spreadsheet in Vietnamese (semicolon, decimal comma, headings in words). Other formats are "
        "the same without it. Accept-Language does not choose it: a program's CSV never changes with the machine it runs on.",
    ),
]
TAG = {
    "ETag": header(
        "The digest of the stored bytes: strong, or weak (`W/`) where they come compressed. Either finds both.",
        pattern='^(W/)?"sha256:[0-9a-f]{64}"$',
    )
}
BESIDE = {
    "Content-Encoding": sometimes("`br` or `gzip`, for who accepts it."),
    "Link": header(
        "The reports behind this version, the versions before and after it, if any, a dataset's structure, and of a part the "
        "whole (`canonical`), with the digest of its bytes."
    ),
    "Content-Language": sometimes("Of labels."),
}
TABLE = {"type": "string", "description": "UTF-8 with a byte order mark, one row per agency, RFC 4180."}
WORKBOOK = {
    "type": "string",
    "format": "binary",
    "description": "The decision's own table with points as formulas over the figures, the figures, and where they come from.",
}
MEETING = {
    "type": "string",
    "format": "binary",
    "description": "The document for the Government's meeting, in Vietnamese: PDF/A-3b with the published JSON in it.",
}
DATASET = {"type": "string", "description": "SDMX-CSV 2.0, an observation per agency and indicator, group and total."}
ENTIRE: Mapping[str, Any] = {"anyOf": [ref(ScoreSheet), ref(ScoreSheetPart)]}
BODYS: Mapping[str, Any] = {"anyOf": [ref(AgencySheet), ref(ScoreSheetPart)]}
SHEETS = {JSON: ENTIRE, CSV: TABLE, XLSX: WORKBOOK, PDF: MEETING, SDMX: DATASET}


@router.get("/periods/{period}/scores", **reads_formats(SHEETS, refuses=[404, 422], beside=BESIDE, etag=TAG))
async def get_scores(
    request: Request,
    which: WhichVersion,
    part: PartWanted,
    wanted_format: SheetFormatQuery = None,
    locale: LocaleQuery = None,
) -> Response:
    """The published sheet of a month: all agencies."""
    media_type = media_type_of(request, wanted_format, SHEET_FORMATS)
    if part is not None:
        return await _send_part(request, which, "", part, media_type)
    stored = CSV_VI if media_type == CSV and locale else media_type
    wanted = Wanted(which.period, which.version, "", stored, which.pinned)
    # Whatever is accepted, the format that the address names is sent. The edge weighs no Accept that asks for other files.
    kinds = (JSON, CSV) if wanted_format else (media_type,) if media_type in FORMATS.values() else ()
    return await send(request, wanted, _dressing, query=_plain_query(which, wanted_format, locale), kinds=kinds)


@router.get("/periods/{period}/scores/{agency}", **reads_formats({JSON: BODYS}, refuses=[404, 422], beside=BESIDE, etag=TAG))
async def get_agency_scores(request: Request, which: WhichVersion, agency: AgencyPath, part: PartWanted) -> Response:
    """One agency's part of the published sheet."""
    media_type = choose_media_type(_accepted(request), (JSON,))
    if part is not None:
        return await _send_part(request, which, agency, part, media_type)
    wanted = Wanted(which.period, which.version, agency, media_type, which.pinned)
    return await send(request, wanted, _dressing, query=_plain_query(which, None), kinds=(media_type,))


async def _send_part(request: Request, which: Which, agency: str, part: Part, media_type: str) -> Response:
    require_json(part, media_type)
    wanted = Wanted(which.period, which.version, agency, media_type, which.pinned and not part.worded)

    async def make(found: Rendering) -> Rendering:
        return await part.of(found, _address(wanted, found.version, found.period))

    return await send(request, wanted, partial(_part_dressing, part), query=b"", kinds=(), make=make)


def _part_dressing(part: Part, wanted: Wanted, found: Rendering) -> Dressing:
    """As the whole has it, and where that stands."""
    plain = _dressing(wanted, found)
    whole = f'<{_address(wanted, found.version, found.period)}>; rel="canonical"; digest="{found.digest}"'
    always = dict(plain.always)
    always[b"link"] += f", {whole}".encode("ascii")
    if not part.worded:
        return Dressing(plain.body, tuple(always.items()))
    always[b"vary"] += b", Accept-Language"
    return Dressing((*plain.body, (b"content-language", part.language.encode("ascii"))), tuple(always.items()))


def _address(wanted: Wanted, version: int, period: str) -> str:
    agency = f"/{wanted.agency}" if wanted.agency else ""
    return f"{API}/periods/{period}/scores{agency}?version={version}"


def _dressing(wanted: Wanted, found: Rendering) -> Dressing:
    """Its type, and where the reports behind this version stand, and what extended them: the bytes hold none of it (APR-10)."""
    agency = f"/{wanted.agency}" if wanted.agency else ""
    reports = f'<{API}/periods/{found.period}/reports{agency}?version={found.version}>; rel="related"'
    links = links_of(found, lambda version: _address(wanted, version, found.period))
    structure = [f'<{structure_at()}>; rel="describedby"'] if wanted.media_type == SDMX else []
    beside = ", ".join([reports, *links, *structure]).encode("ascii")
    own: Headers = ((b"content-type", b"application/json"),)
    if file := FILES.get(wanted.media_type):
        name = file.name.format(period=wanted.period, version=found.version)
        disposition = f'attachment; filename="{name}"'.encode("ascii")
        own = ((b"content-type", file.content_type), (b"content-disposition", disposition))
    return Dressing(own, ((b"vary", b"Accept, Accept-Encoding"), (b"link", beside)))


def media_type_of(request: Request, wanted_format: str | None, formats: Mapping[str, str] = FORMATS) -> str:
    """One of the formats, as the address says or else Accept. Raises NotAcceptable."""
    if wanted_format is None:
        return choose_media_type(_accepted(request), tuple(formats.values()))
    if wanted_format not in formats:
        fault = Fault("?format", "is not offered", seen=wanted_format[:SHOWN], expected=" or ".join(formats))
        raise NotAcceptable(f"no sheet is written as {wanted_format[:SHOWN]!r}", faults=[fault])
    return formats[wanted_format]


def _accepted(request: Request) -> str | None:
    return ",".join(request.headers.getlist("accept")) or None


def _plain_query(which: Which, wanted_format: str | None, locale: str | None = None) -> bytes:
    pinned = [f"version={which.version}"] if which.pinned else []
    chosen = [f"format={wanted_format}"] if wanted_format else []
    spoken = [f"locale={locale}"] if locale else []
    return "&".join([*pinned, *chosen, *spoken]).encode("ascii")
