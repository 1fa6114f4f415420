"""Signatures under official files, and which body must give them for which source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.signatures.store.records import FileSignature, FileSignatureDemand
from shared.database import every, one
from shared.tables.ingest import pull, snapshot
from shared.tables.mandates import file_signature, file_signature_demand


async def demand_of(connection: AsyncConnection, source: str) -> FileSignatureDemand | None:
    """The one that holds now."""
    statement = select(file_signature_demand).where(file_signature_demand.c.source == source)
    return await one(connection, FileSignatureDemand, statement.order_by(file_signature_demand.c.sequence.desc()).limit(1))


async def list_demands(connection: AsyncConnection, *, after: int | None, limit: int) -> list[FileSignatureDemand]:
    """The oldest first."""
    statement = select(file_signature_demand).order_by(file_signature_demand.c.sequence).limit(limit)
    return await every(
        connection,
        FileSignatureDemand,
        statement if after is None else statement.where(file_signature_demand.c.sequence > after),
    )


async def insert_demand(connection: AsyncConnection, values: Mapping[str, Any]) -> FileSignatureDemand:
    found = await one(
        connection, FileSignatureDemand, file_signature_demand.insert().values(**values).returning(*file_signature_demand.c)
    )
    if found is None:
        raise RuntimeError("a demand was not written")
    return found


async def insert_signatures(connection: AsyncConnection, command_id: str, values: Sequence[Mapping[str, Any]]) -> None:
    """Of the files of one import; there is at least one."""
    await connection.execute(file_signature.insert(), [{"command_id": command_id, **each} for each in values])


async def of_snapshot(connection: AsyncConnection, snapshot_id: str) -> list[FileSignature]:
    """Of the files that the snapshot was made from, by name."""
    joined = snapshot.join(pull, snapshot.c.pull_id == pull.c.pull_id).join(
        file_signature, pull.c.command_id == file_signature.c.command_id
    )
    statement = select(*file_signature.c).select_from(joined).where(snapshot.c.snapshot_id == snapshot_id)
    return await every(connection, FileSignature, statement.order_by(file_signature.c.name))
