"""Reports as they come in. Every table carries the agency, and row security keeps agencies apart (SEC-01).

A draft is a list of revisions, a workflow a list of transitions: nothing here is ever changed. What a session may see and
for whom it may write are the settings ``bangdiem.reads`` and ``bangdiem.acts`` (services.gateway.access.tenancy).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.tables.metadata import Instant, document, metadata, optional, recorded_at, text


def _submission(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "submission_id",
        Text,
        ForeignKey("intake.submission.submission_id"),
        primary_key=primary_key,
        nullable=False,
    )


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


# `form` is name/version, pinned when the submission is made (INT-19). A test submission can never count (INT-03).
submission = Table(
    "submission",
    metadata,
    Column("submission_id", Text, primary_key=True),
    text("agency"),
    text("period"),
    Column("sequence", Integer, nullable=False),
    text("form"),
    Column("test", Boolean, nullable=False),
    text("created_by"),
    recorded_at(),
    UniqueConstraint("agency", "period", "sequence"),
    UniqueConstraint("submission_id", "agency", "period", "test", name="uq_submission_whole"),
    CheckConstraint("sequence >= 1", name="sequence"),
    schema="intake",
)

# What was sent, as sent (`body`, zstd), and the whole report it made as sent (`assembled`, zstd JSON). `digest` and
# `section_digests` are there when every cell could be read. `scope` is `whole` or the section that was replaced (INT-07).
revision = Table(
    "revision",
    metadata,
    _submission(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    text("agency"),
    text("scope"),
    text("media_type"),
    text("file_digest"),
    _bytes("body"),
    _bytes("assembled"),
    optional("digest"),
    Column("section_digests", JSONB(none_as_null=True)),
    text("author"),
    recorded_at(),
    schema="intake",
)

# One checking of one revision under one catalogue. `findings` is zstd NDJSON, complete (INT-06).
validation = Table(
    "validation",
    metadata,
    Column("validation_id", Text, primary_key=True),
    _submission(),
    Column("revision", Integer, nullable=False),
    text("agency"),
    text("catalogue"),
    text("catalogue_digest"),
    document("context"),
    document("summary"),
    Column("finding_count", Integer, nullable=False),
    _bytes("findings"),
    text("actor"),
    recorded_at(),
    ForeignKeyConstraint(["submission_id", "revision"], ["intake.revision.submission_id", "intake.revision.number"]),
    Index("ix_validation_submission_id", "submission_id"),
    schema="intake",
)

# "It is so, because …": holds for the finding's key, which names the value seen, and is kept for ever (DQ-07).
confirmation = Table(
    "confirmation",
    metadata,
    Column("confirmation_id", Text, primary_key=True),
    _submission(),
    text("agency"),
    text("finding_key"),
    text("rule"),
    text("reason"),
    text("actor"),
    recorded_at(),
    UniqueConstraint("submission_id", "finding_key"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="intake",
)

# The published state machine: the only moves there are. A trigger holds every transition against it (APR-12).
move = Table(
    "move",
    metadata,
    Column("action", Text, primary_key=True),
    Column("from_state", Text, primary_key=True),
    text("to_state"),
    text("role"),
    Column("reason_required", Boolean, nullable=False),
    schema="intake",
)

# One step of a submission's workflow; `number` counts from 1, and a step taken twice at once is refused by the key.
transition = Table(
    "transition",
    metadata,
    Column("transition_id", Text, nullable=False, unique=True),
    _submission(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    text("agency"),
    text("action"),
    text("from_state"),
    text("to_state"),
    text("actor"),
    optional("reason"),
    # What the step was taken on: it lapses when either is another (APR-09).
    Column("revision", Integer),
    optional("digest"),
    optional("catalogue_digest"),
    Column("basis", JSONB(none_as_null=True)),
    # Of a lapse: what is another than at the step it takes back, and where.
    Column("changes", JSONB(none_as_null=True)),
    recorded_at(),
    schema="intake",
)

# What counts: the report of an accepted submission as canonical bytes (RFC 8785) and when it was handed in. `deadline` is the
# instant that held for this body when it came, `late` whether it came at or after it (G-8, G-12).
acceptance = Table(
    "acceptance",
    metadata,
    Column("submission_id", Text, primary_key=True),
    text("agency"),
    text("period"),
    Column("sequence", Integer, nullable=False),
    Column("test", Boolean, nullable=False, server_default=false()),
    Column("revision", Integer, nullable=False),
    text("digest"),
    text("file_digest"),
    _bytes("content"),
    Column("submitted_at", Instant, nullable=False),
    Column("deadline", Instant, nullable=False),
    Column("late", Boolean, nullable=False),
    text("approved_by"),
    text("signed_by"),
    recorded_at(),
    ForeignKeyConstraint(
        ["submission_id", "agency", "period", "test"],
        ["intake.submission.submission_id", "intake.submission.agency", "intake.submission.period", "intake.submission.test"],
        name="fk_acceptance_whole",
    ),
    ForeignKeyConstraint(["submission_id", "revision"], ["intake.revision.submission_id", "intake.revision.number"]),
    CheckConstraint("NOT test", name="never_a_test"),
    CheckConstraint("late = (submitted_at >= deadline)", name="late"),
    CheckConstraint("approved_by <> signed_by", name="two_people"),
    Index("ix_acceptance_period_agency", "period", "agency"),
    schema="intake",
)

# Signed by us, in the transaction of the acceptance; `jws` is the whole compact JWS (INT-10).
receipt = Table(
    "receipt",
    metadata,
    Column("receipt_number", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("submission_id", Text, ForeignKey("intake.acceptance.submission_id"), nullable=False, unique=True),
    text("agency"),
    text("kid"),
    text("jws"),
    Column("issued_at", Instant, nullable=False),
    recorded_at(),
    schema="intake",
)

attachment = Table(
    "attachment",
    metadata,
    Column("attachment_id", Text, primary_key=True),
    _submission(),
    text("agency"),
    text("section"),
    text("name"),
    text("media_type"),
    Column("size", BigInteger, nullable=False),
    text("sha256"),
    _bytes("body"),
    # The scanner's word on these bytes, and which scanner it was.
    text("scan"),
    text("author"),
    recorded_at(),
    schema="intake",
)

# A body refused for a classification marker leaves this and nothing else: no text, no digest (SEC-06).
refusal = Table(
    "refusal",
    metadata,
    Column("refusal_id", Text, primary_key=True),
    text("agency"),
    text("period"),
    text("marker"),
    text("place"),
    text("actor"),
    recorded_at(),
    schema="intake",
)

# The Ministry of Public Security's word on a reported C1 figure (C-2, C-3); the latest on a submission's database holds. It
# may come after the deadline: lateness is judged by the submission.
records_review = Table(
    "records_review",
    metadata,
    Column("review_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("submission_id", Text, ForeignKey("intake.acceptance.submission_id"), nullable=False),
    text("agency"),
    text("period"),
    text("database"),
    Column("new_records", BigInteger, nullable=False),
    text("verdict"),
    text("reason"),
    optional("document"),
    text("reviewer"),
    text("reviewer_agency"),
    Column("reviewed_at", Instant, nullable=False),
    recorded_at(),
    CheckConstraint("verdict IN ('confirmed', 'refused')", name="verdict"),
    CheckConstraint("reviewer_agency <> agency", name="not_their_own"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="intake",
)
