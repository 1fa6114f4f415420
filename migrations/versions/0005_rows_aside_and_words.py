"""Rows of one body that cannot be true are put aside with their snapshot: ingest writes them, scoring learns which bodies lost
some, operators read them. Words on reported C1 figures are a part of the month of their own, with a deadline of their own."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PUT_ASIDE = """
CREATE TABLE ingest.put_aside (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    dataset TEXT NOT NULL,
    agency TEXT NOT NULL,
    place TEXT NOT NULL,
    faults JSONB NOT NULL,
    "row" JSONB,
    digest TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_put_aside PRIMARY KEY (snapshot_pk, ordinal),
    CONSTRAINT ck_put_aside_digest CHECK (("row" IS NULL) = (digest IS NULL)),
    CONSTRAINT fk_put_aside_snapshot_pk FOREIGN KEY(snapshot_pk) REFERENCES ingest.snapshot (pk)
);
"""

WORDS = """
CREATE TABLE ingest.reviewed_records (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    database TEXT NOT NULL,
    new_records BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    reviewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reviewed_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    document TEXT,
    CONSTRAINT uq_reviewed_records_natural_key UNIQUE (snapshot_pk, database, new_records, agency_code)
) PARTITION BY LIST (snapshot_pk);

ALTER TABLE control.calendar_entry DROP CONSTRAINT ck_calendar_entry_kind;
ALTER TABLE control.calendar_entry ADD CONSTRAINT ck_calendar_entry_kind
    CHECK (kind IN ('cutoff', 'report_deadline', 'word_deadline', 'second_look'));
"""


def upgrade() -> None:
    run(PUT_ASIDE)
    run(WORDS)


def downgrade() -> None:
    refuse_downgrade()
