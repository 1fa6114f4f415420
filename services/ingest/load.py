"""Rows on their way into PostgreSQL: a binary COPY fed by a worker thread, one page ahead of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest import store
from services.ingest.records import Dataset
from services.ingest.replay import Replay
from services.ingest.source import Summary
from shared.database import Database


@asynccontextmanager
async def archive_connection(database: Database) -> AsyncIterator[psycopg.Connection[Any]]:
    """A blocking connection that reads kept bytes from worker threads; not part of any transaction of ours."""
    connection = await asyncio.to_thread(database.connect_sync)
    try:
        connection.autocommit = True
        yield connection
    finally:
        await asyncio.to_thread(connection.close)


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
    columns = ", ".join(("ordinal", "agency_code", "expanded_by", *dataset.names))
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        raise TypeError(f"expected a psycopg connection, got {type(driver).__name__}")
    statement = f"COPY {relation} ({columns}) FROM STDIN (FORMAT BINARY)".encode()
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        async for chunk in _ahead(chunks):
            await copy.write(chunk)


async def _ahead(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks, each made in a thread while the one before it travels."""
    coming = asyncio.create_task(asyncio.to_thread(next, chunks, None))
    try:
        while (chunk := await coming) is not None:
            coming = asyncio.create_task(asyncio.to_thread(next, chunks, None))
            yield chunk
    finally:
        # A thread cannot be cancelled: wait until it lets go of the archive's connection.
        await asyncio.gather(coming, return_exceptions=True)
