"""A second look at a frozen month: what it found otherwise, its calendar row and command, and decisions to leave it out."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WIDENED = """
ALTER TABLE ingest.pull DROP CONSTRAINT ck_pull_purpose;
ALTER TABLE ingest.pull ADD CONSTRAINT ck_pull_purpose
    CHECK (purpose IN ('rehearsal', 'freeze', 'second_look', 'supersede'));
ALTER TABLE control.command DROP CONSTRAINT ck_command_kind;
ALTER TABLE control.command ADD CONSTRAINT ck_command_kind
    CHECK (kind IN ('pull', 'import', 'freeze', 'second_look', 'supersede', 'score', 'publish'));
ALTER TABLE control.calendar_entry DROP CONSTRAINT ck_calendar_entry_kind;
ALTER TABLE control.calendar_entry ADD CONSTRAINT ck_calendar_entry_kind
    CHECK (kind IN ('cutoff', 'report_deadline', 'second_look'));
"""

CHANGES = """
CREATE TABLE ingest.changed_completion (
    pull_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    source TEXT NOT NULL,
    period TEXT NOT NULL,
    kind TEXT NOT NULL,
    due_on DATE,
    completed_on DATE,
    reported_at TIMESTAMP WITH TIME ZONE,
    verdict_before TEXT NOT NULL,
    verdict_after TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_changed_completion PRIMARY KEY (pull_id, task_id, agency),
    CONSTRAINT ck_changed_completion_kind CHECK (kind IN ('recorded_late', 'taken_back')),
    CONSTRAINT ck_changed_completion_verdict_before CHECK (verdict_before IN ('absent', 'open', 'on_time', 'late')),
    CONSTRAINT ck_changed_completion_verdict_after CHECK (verdict_after IN ('absent', 'open', 'on_time', 'late')),
    CONSTRAINT fk_changed_completion_pull_id FOREIGN KEY(pull_id) REFERENCES ingest.pull (pull_id),
    CONSTRAINT fk_changed_completion_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES ingest.snapshot (snapshot_id)
);

CREATE INDEX ix_changed_completion_period ON ingest.changed_completion (period);
"""

OMISSIONS = """
CREATE TABLE control.omission (
    omission_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    period TEXT NOT NULL,
    kind TEXT NOT NULL,
    hold_id TEXT NOT NULL,
    hold JSONB NOT NULL,
    document TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_omission PRIMARY KEY (omission_id),
    CONSTRAINT uq_omission_sequence UNIQUE (sequence),
    CONSTRAINT ck_omission_reason CHECK (btrim(reason) <> '')
);

CREATE INDEX ix_omission_period ON control.omission (period);

CREATE TABLE control.omission_approval (
    omission_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_omission_approval PRIMARY KEY (omission_id),
    CONSTRAINT ck_omission_approval_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_omission_approval_omission_id FOREIGN KEY(omission_id) REFERENCES control.omission (omission_id)
);
"""


def upgrade() -> None:
    run(WIDENED)
    run(CHANGES)
    run(OMISSIONS)


def downgrade() -> None:
    refuse_downgrade()
