"""Counts behind the quality report: of frozen rows, of rows put aside, and of what differs from the former month's."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.oversight.store.records import BodyCount, CellCount, FaultsCounted, SnapshotOf
from shared.database import every
from shared.datasets.declaration import Dataset

_SNAPSHOTS = text("""
SELECT DISTINCT ON (source) pk, snapshot_id, source, version, root, manifest FROM ingest.snapshot
 WHERE period = :period ORDER BY source, version DESC
""")
# A row is known again by its content, and where that could not be kept by its place.
_FAULTS = text("""
SELECT agency, count(*) FILTER (WHERE now) AS aside, count(*) AS found, count(*) FILTER (WHERE NOT now) AS cleaned
  FROM (SELECT a.agency, a.dataset, coalesce(a.digest, a.place), bool_or(a.snapshot_pk = :pk) AS now
          FROM ingest.put_aside AS a JOIN ingest.snapshot AS s ON s.pk = a.snapshot_pk
         WHERE s.source = :source AND s.period = :period GROUP BY 1, 2, 3) AS fault
 GROUP BY agency
""")


async def snapshots_of(connection: AsyncConnection, period: str) -> dict[str, SnapshotOf]:
    """The latest version of each source's month, by source."""
    return {each.source: each for each in await every(connection, SnapshotOf, _SNAPSHOTS, {"period": period})}


async def faults_of(connection: AsyncConnection, snapshot: SnapshotOf, period: str) -> list[FaultsCounted]:
    """Rows put aside in the snapshot and the versions before it."""
    key = {"pk": snapshot.pk, "source": snapshot.source, "period": period}
    return await every(connection, FaultsCounted, _FAULTS, key)


async def rows_of(connection: AsyncConnection, dataset: Dataset, pk: int) -> list[CellCount]:
    """Names of tables and columns are the product's own declarations."""
    classified = "count(*) FILTER (WHERE classified)" if dataset.status else "0"
    statement = text(f"""
SELECT agency_code AS agency, count(*) AS count, CAST(sum(num_nonnulls({", ".join(dataset.names)})) AS bigint) AS filled,
       {classified} AS classified
  FROM ingest.{dataset.table} WHERE snapshot_pk = :pk GROUP BY agency_code""")
    return await every(connection, CellCount, statement, {"pk": pk})


async def differing(connection: AsyncConnection, dataset: Dataset, *, now: int, former: int) -> list[BodyCount]:
    """Rows of one snapshot that another has not, or has with other values."""
    columns = ", ".join(("agency_code", *dataset.names))
    part = f"SELECT {columns} FROM ingest.{dataset.table} WHERE snapshot_pk = "
    statement = text(f"SELECT agency_code AS agency, count(*) AS count FROM ({part}:now EXCEPT {part}:former) AS d GROUP BY 1")
    return await every(connection, BodyCount, statement, {"now": now, "former": former})
