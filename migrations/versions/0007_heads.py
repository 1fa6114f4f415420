"""Heads of bodies are entered by two people and dated (G-16); the name that no route could enter goes from registry.agency."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The column was null in every row: nothing is lost.
HEADS = """
ALTER TABLE registry.agency DROP COLUMN head_name;

CREATE TABLE registry.head (
    head_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT NOT NULL,
    name TEXT NOT NULL,
    title_vi TEXT,
    title_en TEXT,
    valid_from DATE NOT NULL,
    valid_to DATE,
    document TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_head PRIMARY KEY (head_id),
    CONSTRAINT uq_head_sequence UNIQUE (sequence),
    CONSTRAINT ck_head_days CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_head_name CHECK (btrim(name) <> ''),
    CONSTRAINT ck_head_titles CHECK ((title_vi IS NULL) = (title_en IS NULL)),
    CONSTRAINT ck_head_reason CHECK (btrim(reason) <> '')
);

CREATE INDEX ix_head_agency ON registry.head (agency);

CREATE TABLE registry.head_approval (
    head_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_head_approval PRIMARY KEY (head_id),
    CONSTRAINT ck_head_approval_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_head_approval_head_id FOREIGN KEY(head_id) REFERENCES registry.head (head_id)
);

CREATE TABLE registry.head_withdrawal (
    head_id TEXT NOT NULL,
    document TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_head_withdrawal PRIMARY KEY (head_id),
    CONSTRAINT ck_head_withdrawal_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_head_withdrawal_head_id FOREIGN KEY(head_id) REFERENCES registry.head (head_id)
);

CREATE TABLE registry.head_withdrawal_approval (
    head_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_head_withdrawal_approval PRIMARY KEY (head_id),
    CONSTRAINT ck_head_withdrawal_approval_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_head_withdrawal_approval_head_id FOREIGN KEY(head_id) REFERENCES registry.head_withdrawal (head_id)
);
"""


def upgrade() -> None:
    run(HEADS)


def downgrade() -> None:
    refuse_downgrade()
