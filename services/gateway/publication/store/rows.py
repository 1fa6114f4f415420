"""Frozen rows with their verdicts, as row security lets the session see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.publication.store.records import FrozenLine, RunBasis, SnapshotHead
from shared.database import every, one, rows
from shared.datasets.declaration import Dataset
from shared.measures.declaration import ClassifiedRows
from shared.measures.frame import Frozen
from shared.tables.ingest import snapshot

_AT_ONCE = 5000
_BASIS = """
SELECT r.run_id, r.period, p.version, r.inputs, r.scheme, r.scheme_revision
  FROM scoring.run AS r LEFT JOIN scoring.publication AS p USING (run_id)
"""
_OF_VERSION = text(f"""{_BASIS} WHERE p.period = :period
   AND p.version = coalesce(:version, (SELECT max(version) FROM scoring.publication WHERE period = :period))""")
# A version that restores another one is of the same run.
_OF_RUN = text(f"{_BASIS} WHERE r.run_id = :run_id AND p.restores IS NULL")
# The inputs name the snapshots they rest on by ids that nothing else can be taken for.
_ON_SNAPSHOT = text(f"""{_BASIS}
 WHERE r.period = :period AND position(convert_to(:snapshot_id, 'UTF8') IN r.inputs) > 0
   AND (p.version IS NOT NULL OR NOT :published)
 ORDER BY p.version DESC NULLS LAST, r.run_id DESC LIMIT 1""")
_HEADER = ("pk", "snapshot_id", "source", "period", "version", "as_of", "root", "manifest")
# Beside a dataset's own columns, none of which is called so.
ADDED = ("ordinal", "agency_code", "expanded_by", "row_verdict")
_LATEST = text("""
SELECT DISTINCT ON (source) source, pk, version, as_of FROM ingest.snapshot WHERE period = :period ORDER BY source, version DESC
""")
_ASIDE = text("SELECT DISTINCT dataset FROM ingest.put_aside WHERE agency = :agency AND snapshot_pk = ANY(:pks)")


@dataclass(frozen=True)
class Wanted:
    """Rows of one dataset: of one body or of all that the session sees, with one verdict or any, behind a row's keys."""

    agency: str | None
    verdict: str | None
    after: Sequence[str | int] | None
    limit: int


async def basis_of_version(connection: AsyncConnection, *, period: str, version: int | None) -> RunBasis | None:
    """Of a published version; version None is the latest."""
    return await one(connection, RunBasis, _OF_VERSION, {"period": period, "version": version})


async def basis_of_run(connection: AsyncConnection, run_id: str) -> RunBasis | None:
    return await one(connection, RunBasis, _OF_RUN, {"run_id": run_id})


async def basis_on_snapshot(connection: AsyncConnection, *, period: str, snapshot_id: str, published: bool) -> RunBasis | None:
    """The latest published version that rests on a snapshot, else, unless only those are wanted, the latest run."""
    key = {"period": period, "snapshot_id": snapshot_id, "published": published}
    return await one(connection, RunBasis, _ON_SNAPSHOT, key)


async def snapshots_named(connection: AsyncConnection, ids: Collection[str]) -> list[SnapshotHead]:
    columns = [snapshot.c[name] for name in _HEADER]
    return await every(connection, SnapshotHead, select(*columns).where(snapshot.c.snapshot_id.in_(ids)))


async def latest_frozen(connection: AsyncConnection, period: str) -> dict[str, Frozen]:
    """By source the latest version of what is frozen of a month so far."""
    found = await rows(connection, _LATEST, {"period": period})
    return {line["source"]: Frozen(line["pk"], line["version"], line["as_of"]) for line in found}


async def datasets_put_aside(connection: AsyncConnection, *, agency: str, pks: Collection[int]) -> frozenset[str]:
    """Datasets of which the body lost a row: what they count is missing, whatever the others say."""
    found = await rows(connection, _ASIDE, {"agency": agency, "pks": list(pks)})
    return frozenset(line["dataset"] for line in found)


async def list_rows(
    connection: AsyncConnection, dataset: Dataset, classified: ClassifiedRows, given: Mapping[str, Any], wanted: Wanted
) -> list[FrozenLine]:
    """In the order of body and natural key, which no later fact changes."""
    keys = ("agency_code", *dataset.key)
    conditions, asked = [], {**given, "row_limit": wanted.limit}
    if wanted.agency is not None:
        conditions.append("agency_code = :row_agency")
        asked["row_agency"] = wanted.agency
    if wanted.verdict is not None:
        conditions.append("row_verdict = :row_verdict")
        asked["row_verdict"] = wanted.verdict
    if wanted.after is not None:
        places = {f"row_key_{number}": key for number, key in enumerate(wanted.after)}
        conditions.append(f"({', '.join(keys)}) > ({', '.join(f':{place}' for place in places)})")
        asked |= places
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    columns = ", ".join((*ADDED, *dataset.names))
    statement = f"SELECT {columns} FROM ({classified.sql}) AS classified {where} ORDER BY {', '.join(keys)} LIMIT :row_limit"
    found = await connection.execute(text(statement), asked)
    return [frozen_line(line) for line in found]


async def stored_rows(connection: AsyncConnection, dataset: Dataset, pk: int) -> AsyncIterator[Sequence[Sequence[Any]]]:
    """All rows of a snapshot's dataset as they are hashed, in the order they were frozen: ordinal, body, rule, columns."""
    columns = ", ".join(("ordinal", "agency_code", "expanded_by", *dataset.names))
    statement = text(f"SELECT {columns} FROM ingest.{dataset.table} WHERE snapshot_pk = :pk ORDER BY ordinal")
    async with connection.stream(statement, {"pk": pk}) as found:
        async for part in found.partitions(_AT_ONCE):
            yield part


def frozen_line(line: Sequence[Any]) -> FrozenLine:
    """From what ADDED names and the dataset's columns."""
    ordinal, agency, rule, verdict, *values = line
    return FrozenLine(ordinal=ordinal, agency=agency, expanded_by=rule, verdict=verdict, values=tuple(values))
