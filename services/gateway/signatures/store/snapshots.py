"""A snapshot as its signers and its readers see it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.signatures.store.records import SnapshotOnRecord
from shared.database import one
from shared.tables.ingest import snapshot

HEADER = (
    "snapshot_id", "source", "period", "version", "supersedes", "reason", "requested_by", "approver", "origin", "pull_id",
    "as_of", "captured_at", "clock_skew_seconds", "row_count", "root", "recorded_at",
)  # fmt: skip


async def find_snapshot(connection: AsyncConnection, snapshot_id: str) -> SnapshotOnRecord | None:
    """Header, manifest bytes and evidence."""
    columns = [snapshot.c[name] for name in (*HEADER, "manifest", "evidence")]
    return await one(connection, SnapshotOnRecord, select(*columns).where(snapshot.c.snapshot_id == snapshot_id))
