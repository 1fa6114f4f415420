"""What came of proving snapshots again: one row each time, of which the last one of a snapshot holds (SNP-02)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import rows
from shared.tables.ingest import snapshot, verification

# A snapshot that was never verified is older than every other. The one with which the bound is passed is still in, so that one
# of whatever size comes to its turn.
_OLDEST = text("""
SELECT snapshot_id
  FROM (SELECT s.snapshot_id, s.pk, v.verified_at,
               sum(s.row_count) OVER (ORDER BY v.verified_at NULLS FIRST, s.pk) - s.row_count AS rows_before
          FROM ingest.snapshot AS s LEFT JOIN LATERAL (
                 SELECT verified_at FROM ingest.verification WHERE snapshot_id = s.snapshot_id
                  ORDER BY verification_id DESC LIMIT 1) AS v ON true) AS waiting
 WHERE rows_before < :row_limit ORDER BY verified_at NULLS FIRST, pk
""")


async def insert_verification(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(verification.insert().values(**values))


async def snapshots(connection: AsyncConnection) -> list[str]:
    """All ids, in the order in which they were frozen."""
    return [line["snapshot_id"] for line in await rows(connection, select(snapshot.c.snapshot_id).order_by(snapshot.c.pk))]


async def verified_longest_ago(connection: AsyncConnection, *, row_limit: int) -> list[str]:
    """Snapshots whose last verification is oldest, until they have ``row_limit`` rows between them."""
    return [line["snapshot_id"] for line in await rows(connection, _OLDEST, {"row_limit": row_limit})]
