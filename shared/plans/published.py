"""The version that is published of a month, with the sheet it was computed as."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import one
from shared.period import Period
from shared.plans.difference import Former
from shared.tables.scoring import run

_LATEST = text("""
SELECT p.publication_id, p.version, r.run_id, r.result_digest, r.sheet
  FROM scoring.publication p JOIN scoring.run r USING (run_id) WHERE p.period = :period ORDER BY p.version DESC LIMIT 1
""").columns(sheet=run.c.sheet.type)


async def former_version(connection: AsyncConnection, period: Period) -> Former | None:
    """The month's latest published version; None before the first."""
    return await one(connection, Former, _LATEST, {"period": str(period)})
