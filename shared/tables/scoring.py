"""Runs and publications."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.tables.metadata import Instant, metadata, recorded_at, text

# The same inputs give the same sheet and no second row (law 3).
run = Table(
    "run",
    metadata,
    Column("run_id", Text, primary_key=True),
    text("period"),
    text("actor"),
    text("reason"),
    Column("command_id", Text, ForeignKey("control.command.command_id")),
    # Canonical bytes: snapshot ids, rulings, applicability, registry, calendar. inputs_digest is their SHA-256.
    Column("inputs", LargeBinary, nullable=False),
    text("inputs_digest"),
    text("scheme"),
    text("scheme_digest"),
    # The number of the scheme's revision; null where it was computed by the scheme as it ships.
    Column("scheme_revision", Integer),
    text("engine_version"),
    Column("sheet", LargeBinary, nullable=False),
    text("result_digest"),
    Column("provisional", Boolean, nullable=False),
    # The second engine's verdict: null differences = every digit agrees (RUL-12).
    Column("agrees", Boolean, nullable=False),
    Column("differences", JSONB(none_as_null=True)),
    recorded_at(),
    UniqueConstraint("period", "inputs_digest", "scheme_digest", "engine_version"),
    ForeignKeyConstraint(["scheme", "scheme_revision"], ["control.scheme_revision.scheme", "control.scheme_revision.number"]),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    CheckConstraint("agrees = (differences IS NULL)", name="agrees"),
    schema="scoring",
)

# What the other readings of the law would give the run, as the bytes that are answered. Empty names: the register itself, with
# how many bodies each alternative moves.
run_reading = Table(
    "run_reading",
    metadata,
    Column("run_id", Text, ForeignKey("scoring.run.run_id"), primary_key=True),
    Column("reading", Text, primary_key=True),
    Column("alternative", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    text("digest"),
    recorded_at(),
    CheckConstraint("(reading = '') = (alternative = '')", name="named"),
    schema="scoring",
)

# What a run would change. `inputs` and what computed it are pinned: a run by the plan is of the same. `difference` is the
# canonical document whose SHA-256 is `digest`; `stale` says of the runs that stood which scores differ.
score_plan = Table(
    "score_plan",
    metadata,
    Column("plan_id", Text, primary_key=True),
    text("period"),
    Column("inputs", LargeBinary, nullable=False),
    text("inputs_digest"),
    text("scheme"),
    text("scheme_digest"),
    Column("scheme_revision", Integer),
    text("engine_version"),
    text("result_digest"),
    Column("provisional", Boolean, nullable=False),
    Column("agrees", Boolean, nullable=False),
    Column("against", Text, ForeignKey("scoring.publication.publication_id")),
    Column("difference", LargeBinary, nullable=False),
    text("digest"),
    Column("stale", JSONB, nullable=False),
    Column("command_id", Text, ForeignKey("control.command.command_id"), unique=True),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    CheckConstraint("digest = 'sha256:' || encode(sha256(difference), 'hex')", name="digest"),
    CheckConstraint("inputs_digest = 'sha256:' || encode(sha256(inputs), 'hex')", name="inputs_digest"),
    schema="scoring",
)

# Whose signature the documents of publications bear: `certificate` as DER, `chain` with its issuers as PEM.
publication_certificate = Table(
    "publication_certificate",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("certificate", LargeBinary, nullable=False),
    text("chain"),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("fingerprint = 'sha256:' || encode(sha256(certificate), 'hex')", name="fingerprint"),
    schema="scoring",
)

# `extensions`: those in force of the month as the publication saw them, pinned by the database; null before 0020. `root`: of
# its month bundle (ADR 43), null before 0024. `certificate`: with which its document is signed, null where it is not.
publication = Table(
    "publication",
    metadata,
    Column("publication_id", Text, primary_key=True),
    text("period"),
    Column("version", Integer, nullable=False),
    Column("run_id", Text, ForeignKey("scoring.run.run_id"), nullable=False),
    text("publisher"),
    text("reason"),
    Column("command_id", Text, ForeignKey("control.command.command_id")),
    Column("published_at", Instant, nullable=False),
    text("digest"),
    Column("extensions", ARRAY(Text)),
    recorded_at(),
    Column("follows", JSONB(none_as_null=True)),
    Column("restores", Text, ForeignKey("scoring.publication.publication_id")),
    # Of the difference that the publisher saw; null before 0016, and of what restores a version.
    Column("plan_digest", Text),
    # Public from this instant of the database's clock on; null: at once.
    Column("release_at", Instant),
    Column("root", Text),
    Column("certificate", Text, ForeignKey("scoring.publication_certificate.fingerprint")),
    Index("ix_publication_release_at", "release_at", postgresql_where=sql_text("release_at IS NOT NULL")),
    # A run is published once; what restores a version is of that version's run.
    Index("uq_publication_run_id", "run_id", unique=True, postgresql_where=sql_text("restores IS NULL")),
    UniqueConstraint("period", "version"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    CheckConstraint("plan_digest ~ '^sha256:[0-9a-f]{64}$'", name="plan_digest"),
    CheckConstraint("root ~ '^sha256:[0-9a-f]{64}$'", name="root"),
    CheckConstraint("certificate IS NULL OR root IS NOT NULL", name="certificate"),
    schema="scoring",
)

# Every representation of a publication as bytes made once: what is served is what was published.
# agency '' = the whole sheet.
# A version under an embargo was released, which is told then.
publication_release = Table(
    "publication_release",
    metadata,
    Column("publication_id", Text, ForeignKey("scoring.publication.publication_id"), primary_key=True),
    recorded_at(),
    schema="scoring",
)

rendering = Table(
    "rendering",
    metadata,
    Column("publication_id", Text, ForeignKey("scoring.publication.publication_id"), primary_key=True),
    Column("agency", Text, primary_key=True),
    Column("media_type", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    text("digest"),
    Index("ix_rendering_digest", "digest"),
    schema="scoring",
)
