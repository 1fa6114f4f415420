"""State of job executions. Procrastinate's own tables lie in the same schema, made by its SQL, not by this metadata."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from shared.tables.metadata import Instant, metadata, optional, recorded_at, text

# One row per thing to be done, unique by `purpose` so that a late replica cannot do an old tick again.
job_run = Table(
    "job_run",
    metadata,
    Column("purpose", Text, primary_key=True),
    text("task"),
    Column("command_id", Text, unique=True),
    Column("job_id", BigInteger),
    text("state"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("result", JSONB(none_as_null=True)),
    Column("problem", JSONB(none_as_null=True)),
    optional("worker"),
    recorded_at(),
    Index("ix_job_run_state", "state"),
    CheckConstraint("state IN ('waiting', 'running', 'succeeded', 'failed')", name="state"),
    schema="queue",
)
