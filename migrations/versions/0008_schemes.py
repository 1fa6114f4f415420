"""On which days months close stands in the database as the schemes say it (G-7, G-8); revisions of schemes (ADR 32)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SCHEMES = """
CREATE TABLE control.scheme_calendar (
    scheme TEXT NOT NULL,
    revision INTEGER NOT NULL,
    first_period TEXT NOT NULL,
    cutoff_day INTEGER NOT NULL,
    report_deadline_day INTEGER NOT NULL,
    word_deadline_day INTEGER NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_scheme_calendar PRIMARY KEY (scheme, revision),
    CONSTRAINT ck_scheme_calendar_first_period CHECK (first_period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT ck_scheme_calendar_days CHECK (
      cutoff_day BETWEEN 1 AND 28 AND report_deadline_day BETWEEN 1 AND 28 AND word_deadline_day BETWEEN 1 AND 28)
);

-- What lies before the report deadline depends on the scheme's day: the gateway refuses what does not.
ALTER TABLE intake.unit_plan DROP CONSTRAINT ck_unit_plan_due_day;
ALTER TABLE intake.unit_plan ADD CONSTRAINT ck_unit_plan_due_day CHECK (due_day BETWEEN 1 AND 28);
"""

REVISIONS = """
CREATE TABLE control.scheme_revision (
    revision_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    scheme TEXT NOT NULL,
    number INTEGER NOT NULL,
    scheme_digest TEXT NOT NULL,
    digest TEXT NOT NULL,
    first_period TEXT NOT NULL,
    readings JSONB NOT NULL,
    document TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_scheme_revision PRIMARY KEY (revision_id),
    CONSTRAINT uq_scheme_revision_sequence UNIQUE (sequence),
    CONSTRAINT uq_scheme_revision_scheme_number UNIQUE (scheme, number),
    CONSTRAINT ck_scheme_revision_number CHECK (number >= 1),
    CONSTRAINT ck_scheme_revision_first_period CHECK (first_period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT ck_scheme_revision_document CHECK (btrim(document) <> ''),
    CONSTRAINT ck_scheme_revision_reason CHECK (btrim(reason) <> '')
);

CREATE TABLE control.scheme_shadow (
    shadow_id TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    periods TEXT[] NOT NULL,
    impact JSONB NOT NULL,
    digest TEXT NOT NULL,
    agrees BOOLEAN NOT NULL,
    command_id TEXT,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_scheme_shadow PRIMARY KEY (shadow_id),
    CONSTRAINT ck_scheme_shadow_periods CHECK (cardinality(periods) > 0),
    CONSTRAINT ck_scheme_shadow_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_scheme_shadow_revision_id FOREIGN KEY(revision_id) REFERENCES control.scheme_revision (revision_id),
    CONSTRAINT fk_scheme_shadow_command_id FOREIGN KEY(command_id) REFERENCES control.command (command_id)
);

CREATE INDEX ix_scheme_shadow_revision_id ON control.scheme_shadow (revision_id);

CREATE TABLE control.scheme_signature (
    revision_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    shadow_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_scheme_signature PRIMARY KEY (revision_id, place),
    CONSTRAINT ck_scheme_signature_place CHECK (place IN (1, 2)),
    CONSTRAINT ck_scheme_signature_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_scheme_signature_revision_id FOREIGN KEY(revision_id) REFERENCES control.scheme_revision (revision_id),
    CONSTRAINT fk_scheme_signature_shadow_id FOREIGN KEY(shadow_id) REFERENCES control.scheme_shadow (shadow_id)
);

CREATE TABLE control.scheme_activation (
    revision_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_scheme_activation PRIMARY KEY (revision_id),
    CONSTRAINT ck_scheme_activation_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_scheme_activation_revision_id FOREIGN KEY(revision_id) REFERENCES control.scheme_revision (revision_id)
);

ALTER TABLE scoring.run ADD COLUMN scheme_revision INTEGER;
ALTER TABLE scoring.run ADD CONSTRAINT fk_run_scheme_scheme_revision FOREIGN KEY(scheme, scheme_revision)
  REFERENCES control.scheme_revision (scheme, number);

ALTER TABLE control.command DROP CONSTRAINT ck_command_kind;
ALTER TABLE control.command ADD CONSTRAINT ck_command_kind
  CHECK (kind IN ('pull', 'import', 'freeze', 'second_look', 'supersede', 'score', 'publish', 'shadow'));
"""


def upgrade() -> None:
    run(SCHEMES)
    run(REVISIONS)


def downgrade() -> None:
    refuse_downgrade()
