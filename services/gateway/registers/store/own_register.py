"""What the registers say of one body: views show a session what it is there for (SEC-01)."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.registers.store.records import MonthClosing, OwnEntry, RegisterSnapshot
from shared.database import every, one

# The whole entry in every version that speaks of the body.
_ENTRIES = text("""
SELECT entry_id, version, kind, period, meeting_id, content, evidence_digest, withdrawn, entered_at, confirmed_at,
       version_in_force, last_version
  FROM intake.own_register WHERE agency = :agency AND period = :period ORDER BY kind, entry_id, version
""").columns(content=JSONB)
_CLOSING = text("""
SELECT version, withdrawn, meetings, evidence_digest, confirmed_at FROM intake.closed_month WHERE period = :period
""")
_FROZEN = text("""
SELECT snapshot_id, version, origin, as_of, evidence -> 'entries' AS entries FROM ingest.snapshot
 WHERE source = 'government_office' AND period = :period ORDER BY version DESC LIMIT 1
""").columns(entries=JSONB)


async def entries_of(connection: AsyncConnection, *, agency: str, period: str) -> list[OwnEntry]:
    """By kind, entry and version."""
    return await every(connection, OwnEntry, _ENTRIES, {"agency": agency, "period": period})


async def closing_of(connection: AsyncConnection, period: str) -> MonthClosing | None:
    return await one(connection, MonthClosing, _CLOSING, {"period": period})


async def latest_snapshot(connection: AsyncConnection, period: str) -> RegisterSnapshot | None:
    """With the entries it was made of; None of them where it came by official file."""
    return await one(connection, RegisterSnapshot, _FROZEN, {"period": period})
