"""Rulings, applicability and calendar rows take two people: who agreed, or ended the proposal, stands beside the fact.

What one person decided before this version keeps holding and says so: `alone`. Nobody writes such a row any more.
"""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Rows that are there become `alone` without being changed: the default of a new column is theirs, and another one from then on.
TWO_PEOPLE = """
ALTER TABLE control.ruling ADD COLUMN withdraws TEXT CONSTRAINT fk_ruling_withdraws REFERENCES control.ruling (ruling_id);
ALTER TABLE control.ruling ADD CONSTRAINT ck_ruling_withdraws CHECK (withdraws IS NULL OR value IS NULL);
ALTER TABLE control.ruling ADD COLUMN alone BOOLEAN DEFAULT true NOT NULL;
ALTER TABLE control.ruling ALTER COLUMN alone SET DEFAULT false;

ALTER TABLE control.applicability ADD COLUMN alone BOOLEAN DEFAULT true NOT NULL;
ALTER TABLE control.applicability ALTER COLUMN alone SET DEFAULT false;

ALTER TABLE control.calendar_entry
  ADD COLUMN withdraws TEXT CONSTRAINT fk_calendar_entry_withdraws REFERENCES control.calendar_entry (entry_id);
ALTER TABLE control.calendar_entry ADD COLUMN alone BOOLEAN DEFAULT true NOT NULL;
ALTER TABLE control.calendar_entry ALTER COLUMN alone SET DEFAULT false;

CREATE TABLE control.decision_approval (
    decision_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_decision_approval PRIMARY KEY (decision_id),
    CONSTRAINT uq_decision_approval_sequence UNIQUE (sequence),
    CONSTRAINT ck_decision_approval_reason CHECK (btrim(reason) <> '')
);

CREATE TABLE control.decision_end (
    decision_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_decision_end PRIMARY KEY (decision_id),
    CONSTRAINT ck_decision_end_kind CHECK (kind IN ('refused', 'taken_back')),
    CONSTRAINT ck_decision_end_reason CHECK (btrim(reason) <> '')
);
"""


def upgrade() -> None:
    run(TWO_PEOPLE)


def downgrade() -> None:
    refuse_downgrade()
