"""The version of a snapshot that took nothing in after its freeze: under reading A-8 `as-frozen` that one answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import one

RULE = "as_frozen"

# A version that took in a few rows of a later look stands on the one that it supersedes; the first of them took in nothing.
_FIRST = text("""
WITH RECURSIVE chain AS (
       SELECT pk, snapshot_id, as_of, supersedes, convert_from(manifest, 'UTF8')::jsonb -> 'composed' IS NOT NULL AS composed,
              0 AS depth
         FROM ingest.snapshot WHERE pk = :pk
       UNION ALL
       SELECT b.pk, b.snapshot_id, b.as_of, b.supersedes, convert_from(b.manifest, 'UTF8')::jsonb -> 'composed' IS NOT NULL,
              c.depth + 1
         FROM chain c JOIN ingest.snapshot b ON b.snapshot_id = c.supersedes WHERE c.composed)
SELECT pk, snapshot_id, as_of FROM chain ORDER BY depth DESC LIMIT 1
""")


@dataclass(frozen=True, kw_only=True)
class FirstFrozen:
    """``as_of`` is the instant its rows speak of."""

    pk: int
    snapshot_id: str
    as_of: datetime


async def first_frozen(connection: AsyncConnection, pk: int) -> FirstFrozen:
    """The snapshot itself where it took nothing in. Raises LookupError for a snapshot that is not there."""
    found = await one(connection, FirstFrozen, _FIRST, {"pk": pk})
    if found is None:
        raise LookupError(f"no snapshot has the key {pk}")
    return found
