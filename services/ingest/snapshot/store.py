"""Snapshots and their rows. Functions take a connection and never commit; every caller writes an audit row beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.aside import RowFault, RowPutAside
from services.ingest.snapshot.records import ChangedTasks, FrozenSnapshot
from shared.database import every, one, rows
from shared.datasets.declaration import Dataset
from shared.period import Period
from shared.tables.ingest import put_aside, snapshot

# By column the sum, None where there is none.
Sums = dict[str, Any]

OPEN_ROWS = text("SELECT ingest.open_rows(:dataset, :snapshot_pk)")
SEAL_ROWS = text("SELECT ingest.seal_rows(:dataset, :snapshot_pk)")
NEXT_PK = text("SELECT nextval('ingest.snapshot_pk_seq')")


async def latest_snapshot(connection: AsyncConnection, *, source: str, period: Period) -> FrozenSnapshot | None:
    """The header of the highest version, None when the period is not frozen."""
    statement = (
        select(snapshot)
        .where(snapshot.c.source == source, snapshot.c.period == str(period))
        .order_by(snapshot.c.version.desc())
        .limit(1)
    )
    return await one(connection, FrozenSnapshot, statement)


async def find_snapshot(connection: AsyncConnection, snapshot_id: str) -> FrozenSnapshot | None:
    return await one(connection, FrozenSnapshot, select(snapshot).where(snapshot.c.snapshot_id == snapshot_id))


async def insert_snapshot(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(snapshot.insert().values(**values))


async def insert_put_aside(connection: AsyncConnection, pk: int, aside: Sequence[RowPutAside]) -> None:
    """The rows put aside of a snapshot whose header this transaction wrote."""
    if aside:
        lines = [
            {"snapshot_pk": pk, "ordinal": number, **vars(each), "faults": [asdict(fault) for fault in each.faults]}
            for number, each in enumerate(aside, 1)
        ]
        await connection.execute(put_aside.insert(), lines)


async def rows_put_aside(connection: AsyncConnection, pk: int) -> list[RowPutAside]:
    """What was put aside of a snapshot, in the order it was found."""
    names = ("dataset", "agency", "place", "faults", "row", "digest")
    statement = (
        select(*(put_aside.c[name] for name in names)).where(put_aside.c.snapshot_pk == pk).order_by(put_aside.c.ordinal)
    )
    return [
        RowPutAside(**{**line, "faults": tuple(RowFault(**fault) for fault in line["faults"])})
        for line in await rows(connection, statement)
    ]


async def latest_between(connection: AsyncConnection, *, source: str, first: Period, before: Period) -> dict[int, str]:
    """The latest versions of the frozen periods from ``first`` on and before another: period by pk, the oldest first."""
    statement = text("""
        SELECT DISTINCT ON (period) pk, period FROM ingest.snapshot
         WHERE source = :source AND period >= :first AND period < :before ORDER BY period, version DESC""")
    asked = {"source": source, "first": str(first), "before": str(before)}
    return {line["pk"]: line["period"] for line in await rows(connection, statement, asked)}


async def totals(
    connection: AsyncConnection, table: str, columns: Sequence[str], snapshot_pks: Collection[int]
) -> dict[int, dict[str, Sums]]:
    """Of each snapshot, per body the sums of some columns of its rows, nulls left out; None where a body has only nulls."""
    sums = ", ".join(f"sum({name}) AS {name}" for name in columns)
    statement = text(f"SELECT snapshot_pk, agency_code, {sums} FROM ingest.{table} WHERE snapshot_pk = ANY(:pks) GROUP BY 1, 2")
    found: dict[int, dict[str, Sums]] = {pk: {} for pk in snapshot_pks}
    for line in await rows(connection, statement, {"pks": list(snapshot_pks)}):
        found[line.pop("snapshot_pk")][line.pop("agency_code")] = line
    return found


async def recorded_late(connection: AsyncConnection, relation: str, source: str) -> list[ChangedTasks]:
    """Completions inside a frozen period that were reported only after its freeze (scheme rule 2): period, count, tasks."""
    statement = text(f"""
        SELECT s.period, count(*) AS count, (array_agg(t.task_id ORDER BY t.task_id))[1:20] AS tasks
          FROM {relation} t JOIN (
                 SELECT DISTINCT ON (period) period, as_of FROM ingest.snapshot
                  WHERE source = :source ORDER BY period, version DESC) s
            ON to_char(t.completed_on, 'YYYY-MM') = s.period AND t.reported_at >= s.as_of
         GROUP BY s.period ORDER BY s.period""")
    return await every(connection, ChangedTasks, statement, {"source": source})


async def taken_back(
    connection: AsyncConnection, table: str, relation: str, *, source: str, period: Period, as_of: datetime, but: int | None
) -> list[ChangedTasks]:
    """Completions that a frozen period counts and ``relation`` no longer has (scheme rule 2): period, count, tasks.

    A completion counts in a snapshot as it does in A1 and A2 (A-7, A-8): recorded before its instant, not sent back or
    confirmed since, done before the period's end; a task done early is credited in the month it was due. Snapshots taken
    after ``as_of`` know more than ``relation`` does; ``but`` is the snapshot whose own rows it holds. A task that has left
    ``relation`` says something only about the period it was asked for.
    """
    statement = text(f"""
        WITH frozen AS (
               SELECT DISTINCT ON (period) period, pk, as_of, to_date(period, 'YYYY-MM') + interval '1 month' AS ended_on
                 FROM ingest.snapshot WHERE source = :source ORDER BY period, version DESC
        ), counted AS (
               SELECT s.period, s.ended_on, f.task_id, f.agency_code
                 FROM frozen s JOIN ingest.{table} f ON f.snapshot_pk = s.pk
                WHERE s.pk IS DISTINCT FROM CAST(:but AS integer) AND s.as_of <= :as_of AND f.completed_on < s.ended_on
                  AND f.reported_at < s.as_of AND (f.sent_back_at IS NULL OR f.confirmed_at > f.sent_back_at))
        SELECT c.period, count(*) AS count, (array_agg(c.task_id ORDER BY c.task_id))[1:20] AS tasks
          FROM counted c LEFT JOIN {relation} t USING (task_id, agency_code)
         WHERE CASE WHEN t.task_id IS NULL THEN c.period = :period
                    ELSE t.completed_on IS NULL OR t.completed_on >= c.ended_on
                         OR (t.sent_back_at IS NOT NULL AND (t.confirmed_at > t.sent_back_at) IS NOT TRUE) END
         GROUP BY c.period ORDER BY c.period""")
    given = {"source": source, "period": str(period), "as_of": as_of, "but": but}
    return await every(connection, ChangedTasks, statement, given)


async def temporary_rows(connection: AsyncConnection, table: str) -> str:
    """A table of the dataset's shape that is gone at the end of the transaction: rows to be looked at, never to be kept."""
    name = f"looked_at_{table}"
    await connection.execute(text(f"CREATE TEMPORARY TABLE {name} (LIKE ingest.{table} INCLUDING DEFAULTS) ON COMMIT DROP"))
    await connection.execute(text(f"ALTER TABLE {name} ALTER COLUMN snapshot_pk SET DEFAULT 0"))
    return f"pg_temp.{name}"


async def quarantine_rows(
    connection: AsyncConnection, dataset: Dataset, relation: str, frozen: FrozenSnapshot, pull_id: str
) -> int:
    """Rows of ``relation`` that the frozen snapshot does not hold in this form (SNP-06); how many are new to quarantine.

    The receipt follows from snapshot, dataset and row: the same row seen again has the same receipt and stays one row.
    """
    columns = ", ".join(("agency_code", "expanded_by", *dataset.names))
    key = ", ".join((*dataset.key, "agency_code"))
    statement = text(f"""
        INSERT INTO ingest.quarantine
               (receipt, source, period, dataset, agency, natural_key, row, row_digest, pull_id, snapshot_id)
        SELECT 'late_' || left(encode(sha256(convert_to(:snapshot_id || '/' || :dataset || '/' || digest, 'UTF8')), 'hex'), 32),
               :source, :period, :dataset, agency_code, natural_key, body, digest, :pull_id, :snapshot_id
          FROM (SELECT late.agency_code, concat_ws('/', {key}) AS natural_key, to_jsonb(late) AS body,
                       'sha256:' || encode(sha256(convert_to(to_jsonb(late)::text, 'UTF8')), 'hex') AS digest
                  FROM (SELECT {columns} FROM {relation}
                        EXCEPT SELECT {columns} FROM ingest.{dataset.table} WHERE snapshot_pk = :pk) AS late) AS found
            ON CONFLICT DO NOTHING""")
    given = {"snapshot_id": frozen.snapshot_id, "source": frozen.source, "period": frozen.period, "pk": frozen.pk}
    result = await connection.execute(statement, {**given, "dataset": dataset.name, "pull_id": pull_id})
    return int(result.rowcount)


async def reserve_pk(connection: AsyncConnection) -> int:
    """The small key of a snapshot to be; a number nobody used is no loss."""
    return int((await connection.execute(NEXT_PK)).scalar_one())


async def open_rows(connection: AsyncConnection, table: str, snapshot_pk: int) -> str:
    """A fresh partition of a dataset's table; its name in schema ingest."""
    return str((await connection.execute(OPEN_ROWS, {"dataset": table, "snapshot_pk": snapshot_pk})).scalar_one())


async def seal_rows(connection: AsyncConnection, table: str, snapshot_pk: int) -> None:
    await connection.execute(SEAL_ROWS, {"dataset": table, "snapshot_pk": snapshot_pk})
