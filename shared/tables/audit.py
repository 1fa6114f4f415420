"""Who changed what, when and why: one row in the transaction of every change (AUD-01, AUD-11)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Table, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from shared.tables.metadata import metadata, optional, recorded_at, text

entry = Table(
    "entry",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    recorded_at(),
    # The transaction that wrote the change; the deferred guard on every fact table looks for it here.
    Column("xid", Text, nullable=False, server_default=sql("pg_current_xact_id()::text")),
    text("actor"),
    text("action"),
    text("object"),
    optional("reason"),
    Column("detail", JSONB, nullable=False, server_default=sql("'{}'::jsonb")),
    Index("ix_entry_xid", "xid"),
    Index("ix_entry_object", "object"),
    schema="audit",
)
