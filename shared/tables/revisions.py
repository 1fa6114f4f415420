"""Revisions of schemes (ADR 32): drafted, shadow-run, signed by two people, put in force. Append-only, in schema control."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.tables.metadata import document, metadata, recorded_at, text


def _reason_given() -> CheckConstraint:
    return CheckConstraint("btrim(reason) <> ''", name="reason")


# What is read otherwise than the scheme as it ships says, from a month on. `readings` is the whole choice and no difference to
# the revision before: {"B-1": "table"}; {} goes back to the scheme as it ships. `digest` is the law's that follows from it.
scheme_revision = Table(
    "scheme_revision",
    metadata,
    Column("revision_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("scheme"),
    Column("number", Integer, nullable=False),
    text("scheme_digest"),
    text("digest"),
    text("first_period"),
    document("readings"),
    text("document"),
    text("actor"),
    text("reason"),
    recorded_at(),
    UniqueConstraint("scheme", "number"),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("first_period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name="first_period"),
    CheckConstraint("btrim(document) <> ''", name="document"),
    _reason_given(),
    schema="control",
)

# What a revision would change in months that are frozen, as scoring computed it with both engines.
scheme_shadow = Table(
    "scheme_shadow",
    metadata,
    Column("shadow_id", Text, primary_key=True),
    Column("revision_id", Text, ForeignKey("control.scheme_revision.revision_id"), nullable=False),
    Column("periods", ARRAY(Text), nullable=False),
    document("impact"),
    text("digest"),
    Column("agrees", Boolean, nullable=False),
    Column("command_id", Text, ForeignKey("control.command.command_id")),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("cardinality(periods) > 0", name="periods"),
    _reason_given(),
    Index("ix_scheme_shadow_revision_id", "revision_id"),
    schema="control",
)

# One of the two people's word on a revision and on what its shadow run showed; `digest` is that of both together.
scheme_signature = Table(
    "scheme_signature",
    metadata,
    Column("revision_id", Text, ForeignKey("control.scheme_revision.revision_id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("shadow_id", Text, ForeignKey("control.scheme_shadow.shadow_id"), nullable=False),
    text("digest"),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("place IN (1, 2)", name="place"),
    _reason_given(),
    schema="control",
)

# From here on the revision holds, for its first month and those after it, until a later number does.
scheme_activation = Table(
    "scheme_activation",
    metadata,
    Column("revision_id", Text, ForeignKey("control.scheme_revision.revision_id"), primary_key=True),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="control",
)
