"""Other readings of the law, and what they would give every body: computed with the version, for everybody (RUL-08)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import document
from services.gateway.http.errors import ReadingNotComputed, ReadingNotInRegister
from services.gateway.http.openapi_responses import reads
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.published_bytes import unpublished
from services.gateway.publication.schemas.readings import AlternativeDocument, ReadingDocument, ReadingsDocument
from services.gateway.publication.store import published_reports
from services.gateway.publication.store import readings as stored
from services.gateway.publication.store.records import KeptReading
from services.gateway.publication.which import Which, WhichVersion

router = resource("scores", dependencies=[Depends(PUBLIC)])

ReadingPath = Annotated[str, Path(max_length=40, examples=["B-1"], description="A reading of the scheme's register.")]
AlternativePath = Annotated[str, Path(max_length=60, examples=["table"], description="One of the reading's alternatives.")]


@router.get("/periods/{period}/readings", **reads(ReadingsDocument, refuses=[404, 422]))
async def list_readings(request: Request, which: WhichVersion) -> Response:
    """Every point that the decision leaves open: its words, the reading in force and why, and how many bodies others move."""
    number, kept = await _kept(request, which)
    return document(request, {"period": which.period, "version": number, **_content(kept[0])}, cache=which.cache)


@router.get("/periods/{period}/readings/{reading}", **reads(ReadingDocument, refuses=[404, 422]))
async def get_reading(request: Request, which: WhichVersion, reading: ReadingPath) -> Response:
    """One reading, and every scored body under each of its alternatives."""
    number, kept = await _kept(request, which, reading)
    content = {"reading": _entry(kept, reading), "agencies": _under_all(kept[1:])}
    return document(request, {"period": which.period, "version": number, **content}, cache=which.cache)


@router.get("/periods/{period}/readings/{reading}/{alternative}", **reads(AlternativeDocument, refuses=[404, 422]))
async def get_alternative(
    request: Request, which: WhichVersion, reading: ReadingPath, alternative: AlternativePath
) -> Response:
    """Every scored body under the reading in force and under one alternative."""
    number, kept = await _kept(request, which, reading)
    known = {one["id"]: one for one in _entry(kept, reading)["alternatives"]}
    if alternative not in known:
        names = ", ".join(known) or "none"
        raise ReadingNotInRegister(f"reading {reading} has no alternative {alternative!r}; it has: {names}")
    found = next((each for each in kept if (each.reading, each.alternative) == (reading, alternative)), None)
    if found is None:
        raise ReadingNotComputed(f"the alternative {alternative} of reading {reading} was not computed for {which.period}")
    content = {"reading": reading, "alternative": alternative, **_content(found)}
    return document(request, {"period": which.period, "version": number, **content}, cache=which.cache)


async def _kept(request: Request, which: Which, reading: str | None = None) -> tuple[int, Sequence[KeptReading]]:
    """The version's number and its documents, the register first.

    Raises NotYetPublished, VersionUnknown, and ReadingNotComputed where the run was computed without its readings.
    """
    async with runtime(request).database.read() as connection:
        found = await published_reports.find_version(connection, period=which.period, version=which.version)
        if found is None:
            raise await unpublished(connection, which.period)
        kept = await stored.kept_of(connection, period=which.period, version=found.version, reading=reading)
    if not kept:
        raise ReadingNotComputed(f"readings were not computed for version {found.version} of {which.period}")
    return found.version, kept


def _entry(kept: Sequence[KeptReading], reading: str) -> dict[str, Any]:
    for entry in _content(kept[0])["readings"]:
        if entry["id"] == reading:
            found: dict[str, Any] = entry
            return found
    raise ReadingNotInRegister(f"the scheme's register has no reading {reading!r}")


def _under_all(kept: Sequence[KeptReading]) -> list[dict[str, Any]]:
    """By body the reading in force and each alternative; empty where none is computed."""
    bodies: dict[str, dict[str, Any]] = {}
    for one in kept:
        for line in _content(one)["agencies"]:
            mine = bodies.setdefault(
                line["agency"], {"agency": line["agency"], "in_force": line["in_force"], "alternatives": {}}
            )
            mine["alternatives"][one.alternative] = line["alternative"]
    return list(bodies.values())


def _content(kept: KeptReading) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.json.decode(kept.body)
    return content
