"""Rows of snapshots: one partitioned table per dataset, one partition per snapshot.

A partition is made, filled and sealed inside the transaction that writes the snapshot's header: afterwards no role holds
INSERT on it, so a frozen snapshot cannot grow (SNP-03). Column order and names equal the dataset's contract in
services/ingest/sources; a test compares them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Numeric, Table, Text, UniqueConstraint

from shared.tables.metadata import Instant, metadata


def _dataset(name: str, *columns: Column[Any], key: tuple[str, ...] = ()) -> Table:
    return Table(
        name,
        metadata,
        Column("snapshot_pk", Integer, nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("agency_code", Text, nullable=False),
        # The registry.collective rule that gave this row to the body, when the source named a group of bodies.
        Column("expanded_by", Text),
        *columns,
        UniqueConstraint("snapshot_pk", *key, "agency_code", name=f"uq_{name}_natural_key"),
        schema="ingest",
        postgresql_partition_by="LIST (snapshot_pk)",
        info={"dataset": True},
    )


def _required(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _count(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


system57_coverage = _dataset("system57_coverage", _count("task_assignments"), _count("kpi_entries"))

task_assignment = _dataset(
    "task_assignment",
    _required("task_id"),
    _required("role"),
    Column("title", Text),
    _required("assigned_by"),
    Column("assigned_on", Date, nullable=False),
    Column("due_on", Date),
    Column("due_text", Text),
    _required("due_precision"),
    Column("extended_due_on", Date),
    Column("extension_approved_on", Date),
    Column("extension_document", Text),
    Column("completed_on", Date),
    Column("reported_at", Instant),
    Column("confirmed_at", Instant),
    Column("sent_back_at", Instant),
    Column("returned_accepted_on", Date),
    _count("percent"),
    Column("late_reason", Text),
    Column("source_document", Text),
    Column("classified", Boolean, nullable=False),
    key=("task_id",),
)

kpi_entry = _dataset(
    "kpi_entry",
    _required("kpi"),
    _required("kind"),
    _required("frequency"),
    Column("due_in_period", Boolean, nullable=False),
    Column("updated_at", Instant),
    key=("kpi",),
)

service_score = _dataset(
    "service_score",
    _required("department_name"),
    *(Column(group, Numeric) for group in ("ckmb", "tdgq", "clgq", "tttt", "mdhl", "mdsh", "total")),
)

exchange_volume = _dataset(
    "exchange_volume",
    _required("source_system"),
    *(Column(name, BigInteger) for name in ("transactions", "as_provider", "as_consumer", "failed")),
    key=("source_system",),
)

database_growth = _dataset(
    "database_growth",
    _required("database"),
    _required("database_name"),
    Column("listed", Boolean, nullable=False),
    Column("new_records", BigInteger),
    key=("database",),
)

investment = _dataset(
    "investment",
    _required("budget_kind"),
    _required("field"),
    Column("allocated_vnd", BigInteger),
    Column("disbursed_vnd", BigInteger),
    Column("as_of_on", Date, nullable=False),
    key=("budget_kind", "field"),
)

report = _dataset(
    "report",
    Column("submitted_at", Instant, nullable=False),
    _required("document"),
    _count("registered_tasks"),
    _count("reported_databases"),
)

registered_task = _dataset(
    "registered_task",
    _required("task_code"),
    _required("title"),
    Column("registered_on", Date, nullable=False),
    Column("accepted_on", Date),
    Column("acceptance_document", Text),
    key=("task_code",),
)

reported_records = _dataset(
    "reported_records",
    _required("database"),
    _required("database_name"),
    Column("listed", Boolean, nullable=False),
    _count("new_records"),
    Column("confirmed_at", Instant),
    Column("confirmed_by", Text),
    key=("database",),
)

register = _dataset("register", _count("summonses"), _count("speeches"), _count("initiatives"))

summons = _dataset(
    "summons",
    _required("meeting_id"),
    Column("held_on", Date, nullable=False),
    _required("chair"),
    _required("topic"),
    _required("required_role"),
    Column("online_allowed", Boolean, nullable=False),
    Column("attended_role", Text),
    Column("attended_mode", Text),
    Column("evidence_digest", Text),
    key=("meeting_id",),
)

speech = _dataset(
    "speech",
    _required("speech_id"),
    _required("meeting_id"),
    Column("spoken_on", Date, nullable=False),
    _required("kind"),
    _required("speaker_role"),
    Column("qualifying", Boolean, nullable=False),
    Column("note", Text),
    Column("evidence_digest", Text),
    key=("speech_id",),
)

initiative = _dataset(
    "initiative",
    _required("initiative_id"),
    _required("title"),
    _count("points"),
    Column("decided_on", Date, nullable=False),
    _required("decision_document"),
    Column("decision_digest", Text),
    key=("initiative_id",),
)
