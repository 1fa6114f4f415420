"""Inside an agency: its units with their contact points, who answers for which indicator, and the sections they send (APR-02).

Nothing is changed here: a unit, a plan and a section are lists of versions, a return and an assembly facts beside them. Every
table carries the agency, and row security keeps agencies apart; what a unit may see of its own agency is told by the code.
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
    Table,
    Text,
)

from shared.tables.metadata import Instant, document, metadata, optional, recorded_at, text


def _reason_given() -> CheckConstraint:
    return CheckConstraint("btrim(reason) <> ''", name="reason")


def _sequence() -> Column[int]:
    return Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True)


# One version of a unit. `contact_*` is the contact point it registered; an ended unit is in no later plan.
unit = Table(
    "unit",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _sequence(),
    text("name"),
    text("contact_name"),
    text("contact_position"),
    text("contact_email"),
    text("contact_phone"),
    Column("ended", Boolean, nullable=False),
    text("reason"),
    text("actor"),
    recorded_at(),
    CheckConstraint("unit ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="code"),
    CheckConstraint("version >= 1 AND NOT (ended AND version = 1)", name="version"),
    _reason_given(),
    schema="intake",
)

# Whose key or account works for a unit: `subject` is an actor, "key:<id>" or "oidc:<issuer>:<sub>".
unit_member = Table(
    "unit_member",
    metadata,
    Column("membership_id", Text, primary_key=True),
    _sequence(),
    text("agency"),
    text("unit"),
    text("subject"),
    text("reason"),
    text("actor"),
    recorded_at(),
    _reason_given(),
    Index("ix_unit_member_agency_unit", "agency", "unit"),
    Index("ix_unit_member_subject", "subject"),
    schema="intake",
)

unit_member_end = Table(
    "unit_member_end",
    metadata,
    Column("membership_id", Text, ForeignKey("intake.unit_member.membership_id"), primary_key=True),
    text("agency"),
    text("reason"),
    text("actor"),
    recorded_at(),
    _reason_given(),
    schema="intake",
)

# Who answers for which indicator from a month on. `assignments` is [{"indicator", "unit"}] over all indicators of the scheme;
# the internal deadline is the instant at which a day of the next month reaches `due_time`, exclusive. In force once approved.
unit_plan = Table(
    "unit_plan",
    metadata,
    Column("plan_id", Text, primary_key=True),
    _sequence(),
    text("agency"),
    text("first_period"),
    text("document"),
    text("lead_unit"),
    Column("due_day", Integer, nullable=False),
    text("due_time"),
    document("assignments"),
    text("requested_by"),
    text("reason"),
    recorded_at(),
    CheckConstraint("first_period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name="first_period"),
    CheckConstraint("due_day BETWEEN 1 AND 28", name="due_day"),
    CheckConstraint("due_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'", name="due_time"),
    CheckConstraint("jsonb_array_length(assignments) > 0", name="assignments"),
    _reason_given(),
    Index("ix_unit_plan_agency", "agency"),
    schema="intake",
)

# The second person's yes. Of the plans of an agency that cover a month, the one approved last holds.
unit_plan_approval = Table(
    "unit_plan_approval",
    metadata,
    Column("plan_id", Text, ForeignKey("intake.unit_plan.plan_id"), primary_key=True),
    _sequence(),
    text("agency"),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="intake",
)

# One version of what a unit sends about an indicator of a month. `content` of a scored one are the rows of the report's section
# that feeds the indicator and narratives; of a monitoring one figures by measure, null where not known. `digest` is canonical.
# `findings` are those of the rows when they came; they are made again on the whole report when it is assembled.
unit_section = Table(
    "unit_section",
    metadata,
    Column("section_id", Text, primary_key=True),
    text("agency"),
    text("period"),
    text("indicator"),
    Column("version", Integer, nullable=False),
    text("unit"),
    Column("plan_id", Text, ForeignKey("intake.unit_plan.plan_id"), nullable=False),
    text("kind"),
    document("content"),
    text("digest"),
    document("summary"),
    document("findings"),
    Column("sent_at", Instant, nullable=False),
    Column("deadline", Instant, nullable=False),
    Column("late", Boolean, nullable=False),
    text("actor"),
    recorded_at(),
    CheckConstraint("kind IN ('scored', 'monitoring')", name="kind"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("late = (sent_at >= deadline)", name="late"),
    CheckConstraint("digest ~ '^sha256:[0-9a-f]{64}$'", name="digest"),
    Index("uq_unit_section_version", "agency", "period", "indicator", "version", unique=True),
    schema="intake",
)

unit_section_return = Table(
    "unit_section_return",
    metadata,
    Column("section_id", Text, ForeignKey("intake.unit_section.section_id"), primary_key=True),
    text("agency"),
    text("reason"),
    text("actor"),
    recorded_at(),
    _reason_given(),
    schema="intake",
)

# The lead unit puts sections into a draft: which revision it made, and what was left out with which reason.
unit_assembly = Table(
    "unit_assembly",
    metadata,
    Column("assembly_id", Text, primary_key=True),
    text("submission_id"),
    Column("revision", Integer, nullable=False),
    text("agency"),
    Column("plan_id", Text, ForeignKey("intake.unit_plan.plan_id"), nullable=False),
    document("left_out"),
    optional("reason"),
    text("actor"),
    recorded_at(),
    ForeignKeyConstraint(
        ["submission_id", "revision"],
        ["intake.revision.submission_id", "intake.revision.number"],
        name="fk_unit_assembly_revision",
    ),
    Index("uq_unit_assembly_revision", "submission_id", "revision", unique=True),
    schema="intake",
)

unit_assembly_section = Table(
    "unit_assembly_section",
    metadata,
    Column("assembly_id", Text, ForeignKey("intake.unit_assembly.assembly_id"), primary_key=True),
    Column("section_id", Text, ForeignKey("intake.unit_section.section_id"), primary_key=True),
    text("agency"),
    text("digest"),
    recorded_at(),
    Index("ix_unit_assembly_section_section_id", "section_id"),
    schema="intake",
)
