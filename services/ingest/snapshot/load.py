"""Rows on their way into PostgreSQL: a binary COPY, made page by page while the server takes in the pages before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.rows import copy_columns
from services.ingest.contract.source import Summary
from services.ingest.snapshot import store
from services.ingest.snapshot.replay import Replay
from shared.database import Database
from shared.datasets.declaration import Dataset

Result = TypeVar("Result")


async def apart(database: Database, work: Callable[[Database], Coroutine[Any, Any, Result]]) -> Result:
    """Run one heavy transaction on a thread with a loop and a connection of its own.

    Parsing holds the interpreter for milliseconds at a time. Beside the worker's loop every send to the server would have
    to wait for it, and every heartbeat of the queue as well; on one thread the two take turns, and the server works on.
    """

    async def alone() -> Result:
        own = Database(database.url, role=database.role, pool_size=1)
        try:
            return await work(own)
        finally:
            await own.close()

    return await asyncio.to_thread(asyncio.run, alone())


@contextmanager
def archive_connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A blocking connection that reads kept bytes; not part of any transaction of ours."""
    with database.connect_sync() as connection:
        connection.autocommit = True
        yield connection


async def load(
    connection: AsyncConnection, replay: Replay, archive: psycopg.Connection[Any], relations: Mapping[str, str]
) -> dict[str, Summary]:
    """Read the kept pages into ``relations`` (dataset to table) and check the period as a whole. Raises SourceProblem."""
    for dataset in replay.source.datasets:
        await _copy(connection, dataset, relations[dataset.name], replay.copied(dataset, archive))
    return replay.finish()


async def open_rows(connection: AsyncConnection, datasets: tuple[Dataset, ...], snapshot_pk: int) -> dict[str, str]:
    """A fresh partition for each dataset of a snapshot to be."""
    return {dataset.name: f"ingest.{await store.open_rows(connection, dataset.table, snapshot_pk)}" for dataset in datasets}


async def seal_rows(connection: AsyncConnection, datasets: tuple[Dataset, ...], snapshot_pk: int) -> dict[str, str]:
    """Close the partitions for ever; how their rows are read from now on."""
    for dataset in datasets:
        await store.seal_rows(connection, dataset.table, snapshot_pk)
    return {
        dataset.name: f"(SELECT * FROM ingest.{dataset.table} WHERE snapshot_pk = {int(snapshot_pk)})" for dataset in datasets
    }


async def temporary_rows(connection: AsyncConnection, datasets: tuple[Dataset, ...]) -> dict[str, str]:
    """Tables that are gone at the end of the transaction."""
    return {dataset.name: await store.temporary_rows(connection, dataset.table) for dataset in datasets}


async def _copy(connection: AsyncConnection, dataset: Dataset, relation: str, chunks: Iterator[bytes]) -> None:
    columns = ", ".join(copy_columns(dataset))
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        raise TypeError(f"expected a psycopg connection, got {type(driver).__name__}")
    statement = f"COPY {relation} ({columns}) FROM STDIN (FORMAT BINARY)".encode()
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in chunks:
            await copy.write(chunk)
