"""Use case: why a body got what a published version says.

It works on the published bytes: the sheet is scored anew from its own figures, and must be the same to the last digit.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import msgspec

from services.gateway.http.answers import API
from services.gateway.http.edge import JSON
from services.gateway.http.errors import AgencyUnknown
from services.gateway.publication.published_bytes import unpublished
from services.gateway.publication.store import published
from shared.database import Connection
from shared.errors import NotFound
from shared.law.explanation import explanation_of
from shared.law.restored import Restored, SheetNotHeld, restored


class NotExplained(NotFound):
    """The version was computed under a scheme that this version of the product does not hold any more."""

    slug = "not-explained"
    title_vi = "Phiên bản phần mềm này không giải thích được bảng điểm"
    title_en = "Not explained by this version of the product"


@dataclass(frozen=True)
class PublishedSheet:
    """A published version, read back; ``result_digest`` is that of what was computed."""

    period: str
    version: int
    result_digest: str
    restored: Restored


async def published_sheet(connection: Connection, period: str, version: int | None) -> PublishedSheet:
    """A version, the latest where none is named. Raises NotYetPublished, VersionUnknown or NotExplained."""
    found = await published.find_rendering(connection, period=period, version=version, agency="", media_type=JSON)
    if found is None:
        raise await unpublished(connection, period)
    document = msgspec.json.decode(found.body)
    try:
        sheet = await asyncio.to_thread(restored, document)
    except SheetNotHeld as error:
        message = f"version {found.version} of {found.period} was computed under a scheme that is not held here: {error}"
        raise NotExplained(message) from error
    return PublishedSheet(found.period, found.version, document["result_digest"], sheet)


def explain(found: PublishedSheet, agency: str) -> dict[str, Any]:
    """The explanation of one body as a document. Raises AgencyUnknown."""
    sheet = found.restored
    if agency not in sheet.names:
        raise AgencyUnknown(f"no scored body has the code {agency!r} in {found.period}")
    rows = rows_address(found)
    document = explanation_of(sheet.sheet, agency, names=sheet.names, snapshots=sheet.snapshots, rows=rows)
    return {"format": document.pop("format"), "period": found.period, "version": found.version, **document}


def rows_address(found: PublishedSheet) -> str:
    """Where the rows behind an indicator of a version stand, with ``{agency}`` and ``{code}`` in it."""
    return f"{API}/periods/{found.period}/scores/{{agency}}/indicators/{{code}}/rows?version={found.version}"
