"""Of a published version the documents of its run's readings, as scoring kept them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.publication.store.records import KeptReading
from shared.database import every
from shared.tables.scoring import publication, run_reading


async def kept_of_run(connection: AsyncConnection, run_id: str) -> list[KeptReading]:
    """Of a run, published or not, the register first, then alternatives."""
    found = select(run_reading.c.reading, run_reading.c.alternative, run_reading.c.body).where(run_reading.c.run_id == run_id)
    return await every(connection, KeptReading, found.order_by(run_reading.c.reading, run_reading.c.alternative))


async def kept_of(connection: AsyncConnection, *, period: str, version: int, reading: str | None = None) -> list[KeptReading]:
    """The register (empty names) first, then alternatives; of one reading the register and its alternatives alone."""
    found = (
        select(run_reading.c.reading, run_reading.c.alternative, run_reading.c.body)
        .join(publication, publication.c.run_id == run_reading.c.run_id)
        .where(publication.c.period == period, publication.c.version == version)
        .where(run_reading.c.reading.in_(["", reading or ""]))
        .order_by(run_reading.c.reading, run_reading.c.alternative)
    )
    return await every(connection, KeptReading, found)
