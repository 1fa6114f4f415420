"""Quarters and years rolled up from published months and checked by the bodies before another person publishes (ADR 41)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ROLL_UPS = """
CREATE TABLE control.roll_up (
    roll_up_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    span TEXT NOT NULL,
    months JSONB NOT NULL,
    body_count INTEGER NOT NULL,
    digest TEXT NOT NULL,
    check_until TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_roll_up PRIMARY KEY (roll_up_id),
    CONSTRAINT uq_roll_up_sequence UNIQUE (sequence),
    CONSTRAINT ck_roll_up_span CHECK (span ~ '^[0-9]{4}(-Q[1-4])?$'),
    CONSTRAINT ck_roll_up_body_count CHECK (body_count >= 1),
    CONSTRAINT ck_roll_up_digest CHECK (digest ~ '^sha256:[0-9a-f]{64}$'),
    CONSTRAINT ck_roll_up_reason CHECK (btrim(reason) <> '')
);
CREATE INDEX ix_roll_up_span ON control.roll_up (span);
CREATE TABLE control.roll_up_line (
    roll_up_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    line JSONB NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_roll_up_line PRIMARY KEY (roll_up_id, agency),
    CONSTRAINT fk_roll_up_line_roll_up_id FOREIGN KEY (roll_up_id) REFERENCES control.roll_up (roll_up_id)
);
CREATE TABLE control.roll_up_check (
    check_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    roll_up_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_roll_up_check PRIMARY KEY (check_id),
    CONSTRAINT uq_roll_up_check_sequence UNIQUE (sequence),
    CONSTRAINT fk_roll_up_check_roll_up_id_agency FOREIGN KEY (roll_up_id, agency)
      REFERENCES control.roll_up_line (roll_up_id, agency),
    CONSTRAINT ck_roll_up_check_verdict CHECK (verdict IN ('agrees', 'objects')),
    CONSTRAINT ck_roll_up_check_reason CHECK (verdict = 'agrees' OR btrim(coalesce(reason, '')) <> '')
);
CREATE INDEX ix_roll_up_check_roll_up_id ON control.roll_up_check (roll_up_id, agency);
CREATE TABLE control.roll_up_answer (
    check_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_roll_up_answer PRIMARY KEY (check_id),
    CONSTRAINT fk_roll_up_answer_check_id FOREIGN KEY (check_id) REFERENCES control.roll_up_check (check_id),
    CONSTRAINT ck_roll_up_answer_reason CHECK (btrim(reason) <> '')
);
CREATE TABLE control.roll_up_publication (
    roll_up_id TEXT NOT NULL,
    span TEXT NOT NULL,
    version INTEGER NOT NULL,
    json BYTEA NOT NULL,
    csv BYTEA NOT NULL,
    digest TEXT NOT NULL,
    csv_digest TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_roll_up_publication PRIMARY KEY (roll_up_id),
    CONSTRAINT uq_roll_up_publication_span_version UNIQUE (span, version),
    CONSTRAINT fk_roll_up_publication_roll_up_id FOREIGN KEY (roll_up_id) REFERENCES control.roll_up (roll_up_id),
    CONSTRAINT ck_roll_up_publication_version CHECK (version >= 1),
    CONSTRAINT ck_roll_up_publication_digest CHECK (digest = 'sha256:' || encode(sha256(json), 'hex')),
    CONSTRAINT ck_roll_up_publication_csv_digest CHECK (csv_digest = 'sha256:' || encode(sha256(csv), 'hex')),
    CONSTRAINT ck_roll_up_publication_reason CHECK (btrim(reason) <> '')
);
"""


def upgrade() -> None:
    run(ROLL_UPS)


def downgrade() -> None:
    refuse_downgrade()
