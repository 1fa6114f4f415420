"""What people decide: commands, rulings, applicability, calendar, keys. Append-only, readable by every service."""

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
    Table,
    Text,
    false,
    func,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.tables.metadata import Instant, document, metadata, optional, recorded_at, text

# What this database is for, said once while nobody has acted in it; one that says nothing is real (ADR 47).
installation = Table(
    "installation",
    metadata,
    Column("kind", Text, primary_key=True),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("kind IN ('demo', 'real')", name="kind"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    Index("uq_installation_one", sql("(true)"), unique=True),
    schema="control",
)

# A command crosses to the service that owns its effect as a queue job deferred in the transaction that writes this row.
# `part_of`: the back-fill it is a step of; a back-fill has no job itself.
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
    Column("part_of", Text, ForeignKey("control.command.command_id")),
    Index("ix_command_kind_period", "kind", "period"),
    Index("ix_command_part_of", "part_of", postgresql_where=sql("part_of IS NOT NULL")),
    CheckConstraint(
        "kind IN ('pull', 'import', 'freeze', 'second_look', 'supersede', 'score', 'publish', 'shadow', 'restore', 'plan',"
        " 'back_fill')",
        name="kind",
    ),
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

# A request for a second person that nobody will approve any more: refused by another person, or taken back by who asked.
command_end = Table(
    "command_end",
    metadata,
    Column("command_id", Text, ForeignKey("control.command.command_id"), primary_key=True),
    text("kind"),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("kind IN ('refused', 'taken_back')", name="kind"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# A ruling supplies one missing measure, zero included (G-12). The one approved later on the same measure replaces it; one
# with a null value withdraws it. `alone`, here and below: of the time when one person decided (view control.decision).
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
    Column("withdraws", Text, ForeignKey("control.ruling.ruling_id")),
    Column("alone", Boolean, nullable=False, server_default=false()),
    Index("ix_ruling_period", "period"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    CheckConstraint("withdraws IS NULL OR value IS NULL", name="withdraws"),
    schema="control",
)

# On which days a month closes, as a scheme says it; the objects of the database ask it (control.legal_cutoff). Written by
# upgrades: another row of a scheme when its file says other days.
scheme_calendar = Table(
    "scheme_calendar",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    text("first_period"),
    Column("cutoff_day", Integer, nullable=False),
    Column("report_deadline_day", Integer, nullable=False),
    Column("word_deadline_day", Integer, nullable=False),
    recorded_at(),
    CheckConstraint("first_period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name="first_period"),
    CheckConstraint(
        "cutoff_day BETWEEN 1 AND 28 AND report_deadline_day BETWEEN 1 AND 28 AND word_deadline_day BETWEEN 1 AND 28",
        name="days",
    ),
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
    Column("alone", Boolean, nullable=False, server_default=false()),
    schema="control",
)

# Cutoffs and deadlines as instants; source '*' = every source. The one approved last wins (SNP-04). `withdraws` as above.
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
    Column("withdraws", Text, ForeignKey("control.calendar_entry.entry_id")),
    Column("alone", Boolean, nullable=False, server_default=false()),
    CheckConstraint("kind IN ('cutoff', 'report_deadline', 'word_deadline', 'second_look')", name="kind"),
    schema="control",
)

# The second person's agreement, from which a ruling, an applicability row, a calendar row or a withdrawal of one holds. A
# trigger refuses who asked, what is no decision, and what was ended.
decision_approval = Table(
    "decision_approval",
    metadata,
    Column("decision_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# A proposal that nobody will approve any more: refused by another person, or taken back by who asked.
decision_end = Table(
    "decision_end",
    metadata,
    Column("decision_id", Text, primary_key=True),
    text("kind"),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("kind IN ('refused', 'taken_back')", name="kind"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
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

# One body's report deadline moved: who, why, until when. `in_time` reports count as handed in on time, `late_counts` ones
# stay marked late and count by a superseding version (APR-10). It holds once a second person approved it, and of a body's
# month, by effect, the one that ends last: view control.extension_in_force. `alone`: of the time when one person granted it.
extension = Table(
    "extension",
    metadata,
    Column("extension_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("agency"),
    text("period"),
    Column("until", Instant, nullable=False),
    text("effect"),
    text("document"),
    text("reason"),
    text("actor"),
    recorded_at(),
    Column("alone", Boolean, nullable=False, server_default=false()),
    CheckConstraint("effect IN ('in_time', 'late_counts')", name="effect"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# The second person's agreement, from which an extension holds. `decided_at`: by the clock of who wrote it; null before 0020.
extension_approval = Table(
    "extension_approval",
    metadata,
    Column("extension_id", Text, ForeignKey("control.extension.extension_id"), primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("actor"),
    text("reason"),
    Column("decided_at", Instant, server_default=func.clock_timestamp()),
    recorded_at(),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# What holds a month's first version is left out by a decision: `hold` names bodies, facts and points as they were when it was
# asked for. It holds once a second person approved it (docs/adr/0028).
omission = Table(
    "omission",
    metadata,
    Column("omission_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("period"),
    text("kind"),
    text("hold_id"),
    document("hold"),
    text("document"),
    text("reason"),
    text("actor"),
    recorded_at(),
    Index("ix_omission_period", "period"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

omission_approval = Table(
    "omission_approval",
    metadata,
    Column("omission_id", Text, ForeignKey("control.omission.omission_id"), primary_key=True),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# A late report may be used after all: a recorded decision, which the next version of the month's snapshot obeys (G-12).
late_acceptance = Table(
    "late_acceptance",
    metadata,
    Column("submission_id", Text, primary_key=True),
    text("agency"),
    text("period"),
    text("document"),
    text("reason"),
    text("actor"),
    recorded_at(),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# Rules of report checking that hold from a month on, once a second person agreed; `impact` says which reports in force they
# would then fail (DQ-09). `alone` as above.
rule_activation = Table(
    "rule_activation",
    metadata,
    Column("activation_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("first_period"),
    document("catalogue"),
    text("catalogue_digest"),
    document("impact"),
    text("reason"),
    text("actor"),
    recorded_at(),
    Column("alone", Boolean, nullable=False, server_default=false()),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    schema="control",
)

# Public halves of the keys that sign receipts; old ones stay, so that old receipts stay verifiable (SEC-08).
signing_key = Table(
    "signing_key",
    metadata,
    Column("kid", Text, primary_key=True),
    document("jwk"),
    text("reason"),
    text("actor"),
    recorded_at(),
    schema="control",
)

# From this row on the key signs nothing new: `retired` leaves what it signed good, `revoked` says from when it is not trusted.
signing_key_end = Table(
    "signing_key_end",
    metadata,
    Column("kid", Text, ForeignKey("control.signing_key.kid"), primary_key=True),
    # A retired key may yet turn out to be stolen: each end of a key is said once.
    Column("kind", Text, primary_key=True),
    Column("from_instant", Instant, nullable=False),
    text("reason"),
    text("actor"),
    recorded_at(),
    CheckConstraint("kind IN ('retired', 'revoked')", name="kind"),
    schema="control",
)

# Answers already given to a key of a caller, in the transaction of what they tell of (INT-09).
idempotency = Table(
    "idempotency",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    text("fingerprint"),
    Column("status", Integer, nullable=False),
    Column("headers", JSONB(none_as_null=True), nullable=False),
    Column("body", LargeBinary, nullable=False),
    recorded_at(),
    schema="control",
)
