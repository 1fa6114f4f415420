"""The document for the Government's meeting, made with the publication that it prints (XPT-06)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

from services.scoring import store
from services.scoring.exports.meeting_pdf import meeting_pdf
from shared.database import Connection
from shared.law.explanation import sentences_of
from shared.law.restored import restored
from shared.law.scheme import Scheme
from shared.period import Period

JSON: Final = "application/json"


async def meeting_document(connection: Connection, published: bytes, scheme: Scheme) -> bytes:
    """PDF/A-3b of the sheet whose JSON is ``published``; ``scheme`` is the law it was scored by. It is compared with the
    version that stands of the month before and names it, so it can be made again from what is published."""
    document = json.loads(published)
    before = await _published_last(connection, Period.parse(document["period"]).previous)
    # It waits for another process: the services of this one go on.
    return await asyncio.to_thread(_made, document, scheme, before)


def _made(document: Mapping[str, Any], scheme: Scheme, before: Mapping[str, Any] | None) -> bytes:
    found = restored(document)
    return meeting_pdf(document, scheme, sentences_of(found.sheet, found.names), before)


async def _published_last(connection: Connection, period: Period) -> dict[str, Any] | None:
    versions = await store.publications_of(connection, str(period))
    if not versions:
        return None
    found: dict[str, Any] = json.loads(await store.published_body(connection, versions[-1].publication_id, JSON))
    return found
