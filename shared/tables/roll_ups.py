"""Quarters and years rolled up from published months (RUL-14, G-17; ADR 41): computed, checked by every body, published.

Append-only, in schema control. What the tables say of one another is held by migrations/objects/functions/control.roll_ups.sql.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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
)

from shared.tables.metadata import Instant, document, metadata, optional, recorded_at, text

# A draft as it was computed. `months` names what it rests on: period, version, publication_id and digest of every month of the
# span, in their order. `digest` is over the months and all lines; `body_count` is how many lines there are.
roll_up = Table(
    "roll_up",
    metadata,
    Column("roll_up_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("span"),
    document("months"),
    Column("body_count", Integer, nullable=False),
    text("digest"),
    Column("check_until", Instant, nullable=False),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("span ~ '^[0-9]{4}(-Q[1-4])?$'", name="span"),
    CheckConstraint("body_count >= 1", name="body_count"),
    CheckConstraint("digest ~ '^sha256:[0-9a-f]{64}$'", name="digest"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    Index("ix_roll_up_span", "span"),
    schema="control",
)

# One body's line of a draft; row security gives a body its own alone before release.
roll_up_line = Table(
    "roll_up_line",
    metadata,
    Column("roll_up_id", Text, ForeignKey("control.roll_up.roll_up_id"), primary_key=True),
    Column("agency", Text, primary_key=True),
    document("line"),
    recorded_at(),
    schema="control",
)

# A body's word on its line, from one who signs for it. The last one counts.
roll_up_check = Table(
    "roll_up_check",
    metadata,
    Column("check_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("roll_up_id"),
    text("agency"),
    text("verdict"),
    optional("reason"),
    text("actor"),
    recorded_at(),
    ForeignKeyConstraint(["roll_up_id", "agency"], ["control.roll_up_line.roll_up_id", "control.roll_up_line.agency"]),
    CheckConstraint("verdict IN ('agrees', 'objects')", name="verdict"),
    CheckConstraint("verdict = 'agrees' OR btrim(coalesce(reason, '')) <> ''", name="reason"),
    Index("ix_roll_up_check_roll_up_id", "roll_up_id", "agency"),
    schema="control",
)

# A publisher's word on an objection.
roll_up_answer = Table(
    "roll_up_answer",
    metadata,
    Column("check_id", Text, ForeignKey("control.roll_up_check.check_id"), primary_key=True),
    text("agency"),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# A version of a quarter or year as it was published: the bytes that are served, made once.
roll_up_publication = Table(
    "roll_up_publication",
    metadata,
    Column("roll_up_id", Text, ForeignKey("control.roll_up.roll_up_id"), primary_key=True),
    text("span"),
    Column("version", Integer, nullable=False),
    Column("json", LargeBinary, nullable=False),
    Column("csv", LargeBinary, nullable=False),
    text("digest"),
    text("csv_digest"),
    text("actor"),
    text("reason"),
    Column("published_at", Instant, nullable=False),
    recorded_at(),
    UniqueConstraint("span", "version"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("digest = 'sha256:' || encode(sha256(json), 'hex')", name="digest"),
    CheckConstraint("csv_digest = 'sha256:' || encode(sha256(csv), 'hex')", name="csv_digest"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)
