"""Every table, one module per schema. A table is a fact table unless it stands in MUTABLE, with its reason."""

from __future__ import annotations

from sqlalchemy import MetaData, Table

from shared.tables import (
    audit,
    control,
    events,
    feedback,
    identity,
    ingest,
    intake,
    mandates,
    queue,
    records,
    registers,
    registry,
    revisions,
    roll_ups,
    scoring,
    self_scores,
    sessions,
    units,
)
from shared.tables.metadata import metadata

__all__ = ["MUTABLE", "fact_tables", "metadata"]

_SCHEMAS = (
    audit, control, events, feedback, identity, ingest, intake, mandates, queue, records, registers, registry, revisions,
    roll_ups, scoring, self_scores, sessions, units,
)  # fmt: skip

MUTABLE: tuple[tuple[Table, str], ...] = (
    (queue.job_run, "the state of one execution; every outcome that matters is a fact beside it"),
    (mandates.request_nonce, "nonces kept while the request they came with could still pass by its age"),
    (events.webhook_delivery, "whether one event has reached one webhook yet; every attempt is a fact beside it"),
    (control.idempotency, "answers kept for repeated calls until their month closes; what they tell of is a fact"),
)


def fact_tables(source: MetaData = metadata) -> tuple[Table, ...]:
    """All tables that are only ever inserted into, in a stable order."""
    mutable = {table.fullname for table, _ in MUTABLE}
    return tuple(table for table in source.sorted_tables if table.fullname not in mutable)
