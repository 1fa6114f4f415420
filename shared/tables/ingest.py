"""Evidence and snapshots. Rows of a snapshot live in shared.tables.records."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.tables.metadata import Instant, document, metadata, optional, recorded_at, text

# Bytes as received, also when they cannot be parsed; content-addressed by the SHA-256 of the plain bytes (ING-05).
raw_body = Table(
    "raw_body",
    metadata,
    Column("sha256", Text, primary_key=True),
    text("encoding"),
    Column("size", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    recorded_at(),
    schema="ingest",
)

# One attempt to take a source's period. Only attempts with purpose freeze or supersede can become a snapshot; a second look
# asks for a frozen month once more, as of the report deadline (docs/adr/0028).
pull = Table(
    "pull",
    metadata,
    Column("pull_id", Text, primary_key=True),
    text("source"),
    text("period"),
    text("purpose"),
    text("origin"),
    text("contract"),
    Column("as_of", Instant, nullable=False),
    Column("resumes", Text, ForeignKey("ingest.pull.pull_id")),
    Column("command_id", Text, ForeignKey("control.command.command_id")),
    text("actor"),
    recorded_at(),
    Index("ix_pull_source_period", "source", "period"),
    CheckConstraint("purpose IN ('rehearsal', 'freeze', 'second_look', 'supersede')", name="purpose"),
    CheckConstraint("origin IN ('network', 'official_file', 'intake')", name="origin"),
    schema="ingest",
)

# Transport evidence of one page that was received and kept (ING-06).
request = Table(
    "request",
    metadata,
    Column("pull_id", Text, ForeignKey("ingest.pull.pull_id"), primary_key=True),
    Column("dataset", Text, primary_key=True),
    Column("page_no", Integer, primary_key=True),
    text("method"),
    text("url"),
    Column("status", Integer, nullable=False),
    optional("source_request_id"),
    Column("source_clock", Instant),
    Column("sent_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sha256", Text, ForeignKey("ingest.raw_body.sha256"), nullable=False),
    text("signature"),
    optional("next_page"),
    recorded_at(),
    schema="ingest",
)

pull_outcome = Table(
    "pull_outcome",
    metadata,
    Column("pull_id", Text, ForeignKey("ingest.pull.pull_id"), primary_key=True),
    text("state"),
    Column("row_count", BigInteger),
    Column("root", Text),
    Column("problem", JSONB(none_as_null=True)),
    recorded_at(),
    CheckConstraint("state IN ('complete', 'failed', 'abandoned')", name="state"),
    schema="ingest",
)

finding = Table(
    "finding",
    metadata,
    Column("finding_id", BigInteger, Identity(always=True), primary_key=True),
    Column("pull_id", Text, ForeignKey("ingest.pull.pull_id"), nullable=False),
    text("source"),
    text("period"),
    text("code"),
    text("severity"),
    text("message_vi"),
    text("message_en"),
    document("detail"),
    recorded_at(),
    Index("ix_finding_period", "period", "source"),
    CheckConstraint("severity IN ('fatal', 'warning', 'notice')", name="severity"),
    schema="ingest",
)

official_file = Table(
    "official_file",
    metadata,
    Column("pull_id", Text, ForeignKey("ingest.pull.pull_id"), primary_key=True),
    text("document_number"),
    text("reason"),
    text("author"),
    document("files"),
    recorded_at(),
    schema="ingest",
)

# Which archived bytes are a page that ingest made of accepted reports (origin intake), before anything was read out of it.
taken_page = Table(
    "taken_page",
    metadata,
    Column("pull_id", Text, ForeignKey("ingest.pull.pull_id"), primary_key=True),
    Column("dataset", Text, primary_key=True),
    Column("page_no", Integer, primary_key=True, autoincrement=False),
    Column("sha256", Text, ForeignKey("ingest.raw_body.sha256"), nullable=False),
    recorded_at(),
    schema="ingest",
)

# The header of a snapshot, written once per (source, period, version). `pk` is the small key of its rows.
snapshot = Table(
    "snapshot",
    metadata,
    Column("pk", Integer, Identity(always=False), primary_key=True),
    Column("snapshot_id", Text, nullable=False, unique=True),
    text("source"),
    text("period"),
    Column("version", Integer, nullable=False),
    Column("supersedes", Text, ForeignKey("ingest.snapshot.snapshot_id")),
    optional("reason"),
    optional("requested_by"),
    optional("approver"),
    text("origin"),
    Column("pull_id", Text, ForeignKey("ingest.pull.pull_id"), nullable=False, unique=True),
    Column("as_of", Instant, nullable=False),
    Column("captured_at", Instant, nullable=False),
    Column("clock_skew_seconds", Numeric),
    Column("row_count", BigInteger, nullable=False),
    text("root"),
    # What the id is the digest of: source, period, version, window, contract, origin, datasets with rows and roots.
    Column("manifest", LargeBinary, nullable=False),
    # What stands beside it: control totals, signatures, requests' digest, clocks, official document.
    document("evidence"),
    recorded_at(),
    UniqueConstraint("source", "period", "version"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("(version = 1) = (supersedes IS NULL)", name="supersedes"),
    CheckConstraint(
        "version = 1 OR (reason IS NOT NULL AND approver IS NOT NULL AND requested_by IS NOT NULL"
        " AND approver <> requested_by)",
        name="two_people",
    ),
    schema="ingest",
)

# Which datasets a snapshot has rows of. Written by ingest.open_rows, before the header: the key is checked at the commit.
snapshot_dataset = Table(
    "snapshot_dataset",
    metadata,
    Column(
        "snapshot_pk",
        Integer,
        ForeignKey("ingest.snapshot.pk", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("dataset", Text, primary_key=True),
    schema="ingest",
)

# Rows that came after the freeze with an event inside the frozen period; no role of scoring can read them (SNP-06).
quarantine = Table(
    "quarantine",
    metadata,
    Column("receipt", Text, primary_key=True),
    text("source"),
    text("period"),
    text("dataset"),
    text("agency"),
    text("natural_key"),
    document("row"),
    text("row_digest"),
    Column("pull_id", Text, ForeignKey("ingest.pull.pull_id"), nullable=False),
    Column("snapshot_id", Text, ForeignKey("ingest.snapshot.snapshot_id"), nullable=False),
    recorded_at(),
    UniqueConstraint("snapshot_id", "dataset", "row_digest"),
    schema="ingest",
)

# Rows of a snapshot's payload that cannot be true, put aside and never counted; number and root stand in the manifest. Scoring
# reads which bodies lost rows of which dataset and what was wrong with them, and no row.
put_aside = Table(
    "put_aside",
    metadata,
    Column("snapshot_pk", Integer, ForeignKey("ingest.snapshot.pk"), primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    text("dataset"),
    text("agency"),
    text("place"),
    document("faults"),
    Column("row", JSONB(none_as_null=True)),
    optional("digest"),
    recorded_at(),
    CheckConstraint('("row" IS NULL) = (digest IS NULL)', name="digest"),
    schema="ingest",
)

# A completion that a second look found otherwise than the frozen month counts it: recorded since, or taken back since. What the
# task counts as in its month before and after, in a word of ingest.completions; the snapshot is the one it was compared with.
changed_completion = Table(
    "changed_completion",
    metadata,
    Column("pull_id", Text, ForeignKey("ingest.pull.pull_id"), primary_key=True),
    Column("task_id", Text, primary_key=True),
    Column("agency", Text, primary_key=True),
    Column("snapshot_id", Text, ForeignKey("ingest.snapshot.snapshot_id"), nullable=False),
    text("source"),
    text("period"),
    text("kind"),
    Column("due_on", Date),
    Column("completed_on", Date),
    Column("reported_at", Instant),
    text("verdict_before"),
    text("verdict_after"),
    recorded_at(),
    Index("ix_changed_completion_period", "period"),
    CheckConstraint("kind IN ('recorded_late', 'taken_back')", name="kind"),
    CheckConstraint("verdict_before IN ('absent', 'open', 'on_time', 'late')", name="verdict_before"),
    CheckConstraint("verdict_after IN ('absent', 'open', 'on_time', 'late')", name="verdict_after"),
    schema="ingest",
)

# Each time a snapshot was proven again, and what came of it (SNP-02); the last one of a snapshot says how it stands.
verification = Table(
    "verification",
    metadata,
    Column("verification_id", BigInteger, Identity(always=True), primary_key=True),
    Column("snapshot_id", Text, ForeignKey("ingest.snapshot.snapshot_id"), nullable=False),
    Column("verified_at", Instant, nullable=False),
    Column("holds", Boolean, nullable=False),
    document("differences"),
    text("actor"),
    recorded_at(),
    Index("ix_verification_snapshot_id", "snapshot_id", "verification_id"),
    CheckConstraint("holds = (differences = '[]'::jsonb)", name="holds"),
    schema="ingest",
)
