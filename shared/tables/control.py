"""What people decide: commands, rulings, applicability, calendar, keys. Append-only, readable by every service."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Identity, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from shared.tables.metadata import Instant, document, metadata, optional, recorded_at, text

# A command crosses to the service that owns its effect as a queue job deferred in the transaction that writes this row.
command = Table(
    "command",
    metadata,
    Column("command_id", Text, primary_key=True),
    text("kind"),
    Column("period", Text),
    document("arguments"),
    text("actor"),
    text("reason"),
    recorded_at(),
    Index("ix_command_kind_period", "kind", "period"),
    CheckConstraint("kind IN ('pull', 'import', 'freeze', 'supersede', 'score', 'publish')", name="kind"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# The second person's yes to a command that needs two people; its job is deferred in the transaction that writes this row.
# A trigger refuses the command's own author.
approval = Table(
    "approval",
    metadata,
    Column("command_id", Text, ForeignKey("control.command.command_id"), primary_key=True),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# A ruling supplies one missing measure, zero included (G-12). A later ruling on the same measure replaces it; one with
# a null value withdraws it.
ruling = Table(
    "ruling",
    metadata,
    Column("ruling_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("period"),
    text("agency"),
    text("measure"),
    Column("value", Text),
    text("reason"),
    text("document"),
    text("actor"),
    recorded_at(),
    Index("ix_ruling_period", "period"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# An indicator that does not fit a body (G-15): dated and cited, never inferred from absent rows. `withdraws` names a
# row that this one takes back.
applicability = Table(
    "applicability",
    metadata,
    Column("applicability_id", Text, primary_key=True),
    text("agency"),
    text("indicator"),
    text("valid_from"),
    optional("valid_to"),
    text("document"),
    text("reason"),
    text("actor"),
    Column("withdraws", Text, ForeignKey("control.applicability.applicability_id")),
    recorded_at(),
    schema="control",
)

# Cutoffs and deadlines as instants; source '*' = every source. The latest sequence wins (SNP-04).
calendar_entry = Table(
    "calendar_entry",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("period"),
    text("source"),
    text("kind"),
    Column("falls_at", Instant, nullable=False),
    text("reason"),
    text("actor"),
    recorded_at(),
    CheckConstraint("kind IN ('cutoff', 'report_deadline')", name="kind"),
    schema="control",
)

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("revision", Integer, primary_key=True),
    text("kind"),
    text("reason"),
    recorded_at(),
    CheckConstraint("kind IN ('off', 'working')", name="kind"),
    schema="control",
)

api_key = Table(
    "api_key",
    metadata,
    Column("key_id", Text, primary_key=True),
    text("holder"),
    Column("roles", ARRAY(Text), nullable=False),
    optional("agency"),
    text("secret_hmac"),
    Column("expires_at", Instant),
    text("created_by"),
    text("reason"),
    recorded_at(),
    schema="control",
)

api_key_revocation = Table(
    "api_key_revocation",
    metadata,
    Column("key_id", Text, ForeignKey("control.api_key.key_id"), primary_key=True),
    text("actor"),
    text("reason"),
    recorded_at(),
    schema="control",
)
