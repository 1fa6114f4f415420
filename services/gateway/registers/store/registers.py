"""Register entries: their last versions, the versions in force, confirmations. Row security keeps them to national offices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.registers.store.records import Entry, EntryVersion
from shared.database import every, one, rows
from shared.tables.registers import register_confirmation, register_entry

# The last version of an entry with its confirmation, and the version in force (ING-11): the last confirmed one, none when it
# withdraws the entry.
_WHOLE = """
SELECT e.entry_id, e.version, e.kind, e.period, e.meeting_id, e.agency, e.content, e.evidence_digest, e.withdrawn, e.reason,
       e.actor AS entered_by, e.recorded_at AS entered_at, c.actor AS confirmed_by, c.confirmed_at,
       CASE WHEN NOT f.withdrawn THEN f.version END AS version_in_force,
       CASE WHEN NOT f.withdrawn THEN f.content END AS content_in_force
  FROM intake.register_entry AS e
  LEFT JOIN intake.register_confirmation AS c USING (entry_id, version)
  LEFT JOIN LATERAL (SELECT x.version, x.withdrawn, x.content
                       FROM intake.register_entry AS x JOIN intake.register_confirmation AS y USING (entry_id, version)
                      WHERE x.entry_id = e.entry_id ORDER BY x.version DESC LIMIT 1) AS f ON true
 WHERE e.version = (SELECT max(version) FROM intake.register_entry AS l WHERE l.entry_id = e.entry_id)
"""
_TYPES = {
    "content": register_entry.c.content.type,
    "content_in_force": register_entry.c.content.type,
    "confirmed_at": register_confirmation.c.confirmed_at.type,
}
_ONE = text(_WHOLE + " AND e.entry_id = :entry_id AND e.kind = :kind").columns(**_TYPES)
_LIST = text(
    _WHOLE
    + """ AND e.kind = :kind AND (CAST(:period AS text) IS NULL OR e.period = :period)
          AND (CAST(:meeting_id AS text) IS NULL OR e.meeting_id = :meeting_id)
          AND (CAST(:agency AS text) IS NULL OR e.agency = :agency OR e.content -> 'summons' @> CAST(:summons AS jsonb))
          AND (CAST(:after AS text) IS NULL OR e.entry_id > :after) ORDER BY e.entry_id LIMIT :limit"""
).columns(**_TYPES)
_OF_MONTH = text(_WHOLE + " AND e.period = :period ORDER BY e.entry_id").columns(**_TYPES)
_VERSIONS = text("""
SELECT e.version, e.content, e.withdrawn AS withdraws, e.evidence_digest, e.reason, e.actor AS entered_by,
       e.recorded_at AS entered_at, c.actor AS confirmed_by, c.confirmed_at
  FROM intake.register_entry AS e LEFT JOIN intake.register_confirmation AS c USING (entry_id, version)
 WHERE e.entry_id = :entry_id AND e.version > :after ORDER BY e.version LIMIT :limit
""").columns(**{name: _TYPES[name] for name in ("content", "confirmed_at")})
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('register:' || CAST(:name AS text), 0))")
_ATTENDED = text("""
SELECT DISTINCT ON (e.meeting_id, e.agency) e.meeting_id, e.agency, e.withdrawn
  FROM intake.register_entry AS e JOIN intake.register_confirmation AS c USING (entry_id, version)
 WHERE e.kind = 'attendance' AND e.meeting_id = ANY(:meetings) ORDER BY e.meeting_id, e.agency, e.version DESC
""")


async def lock(connection: AsyncConnection, name: str) -> None:
    """One writer at a time on an entry, or on what there may be one entry of."""
    await connection.execute(_LOCK, {"name": name})


async def find(connection: AsyncConnection, kind: str, entry_id: str) -> Entry | None:
    return await one(connection, Entry, _ONE, {"entry_id": entry_id, "kind": kind})


async def list_entries(
    connection: AsyncConnection,
    kind: str,
    *,
    period: str | None = None,
    meeting_id: str | None = None,
    agency: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[Entry]:
    """In the order they were first entered; of meetings, ``agency`` is one that the last version summons."""
    key = {"kind": kind, "period": period, "meeting_id": meeting_id, "agency": agency, "after": after, "limit": limit}
    return await every(connection, Entry, _LIST, {**key, "summons": f'[{{"agency": "{agency}"}}]'})


async def list_versions(connection: AsyncConnection, entry_id: str, *, after: int, limit: int) -> list[EntryVersion]:
    """Every version of an entry from the first on."""
    return await every(connection, EntryVersion, _VERSIONS, {"entry_id": entry_id, "after": after, "limit": limit})


async def of_month(connection: AsyncConnection, period: str) -> list[Entry]:
    """Every entry of a month, of all kinds."""
    return await every(connection, Entry, _OF_MONTH, {"period": period})


async def attended(connection: AsyncConnection, meetings: list[str]) -> dict[str, frozenset[str]]:
    """Per meeting the bodies of which a confirmed attendance says whether they came."""
    found = await rows(connection, _ATTENDED, {"meetings": meetings})
    return {
        meeting: frozenset(line["agency"] for line in found if line["meeting_id"] == meeting and not line["withdrawn"])
        for meeting in meetings
    }


async def insert_version(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(register_entry.insert().inline().values(**values))


async def insert_confirmation(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(register_confirmation.insert().inline().values(**values))
