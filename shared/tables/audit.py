"""Who changed what, when and why: one row in the transaction of every change (AUD-01, AUD-11)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Table, Text
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
    # The usage report walks a month; rows lie in the order they were written.
    Index("ix_entry_recorded_at", "recorded_at", postgresql_using="brin"),
    schema="audit",
)

# To which user group of the usage report a role belongs (Regulation 02-QC/BCĐTW, Art. 20.4); who holds several roles is of the
# group with the lowest `precedence`. services/gateway/usage/usage.py holds the same list, and a test compares them.
usage_group = Table(
    "usage_group",
    metadata,
    Column("role", Text, primary_key=True),
    text("user_group"),
    Column("precedence", Integer, nullable=False),
    schema="audit",
)
