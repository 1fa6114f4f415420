"""What a run would change is planned before it is computed, and a publisher says which difference they saw (ADR 34)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PLANS = """
CREATE TABLE scoring.score_plan (
    plan_id TEXT NOT NULL,
    period TEXT NOT NULL,
    inputs BYTEA NOT NULL,
    inputs_digest TEXT NOT NULL,
    scheme TEXT NOT NULL,
    scheme_digest TEXT NOT NULL,
    scheme_revision INTEGER,
    engine_version TEXT NOT NULL,
    result_digest TEXT NOT NULL,
    provisional BOOLEAN NOT NULL,
    agrees BOOLEAN NOT NULL,
    against TEXT,
    difference BYTEA NOT NULL,
    digest TEXT NOT NULL,
    stale JSONB NOT NULL,
    command_id TEXT,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_score_plan PRIMARY KEY (plan_id),
    CONSTRAINT ck_score_plan_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT ck_score_plan_digest CHECK (digest = 'sha256:' || encode(sha256(difference), 'hex')),
    CONSTRAINT ck_score_plan_inputs_digest CHECK (inputs_digest = 'sha256:' || encode(sha256(inputs), 'hex')),
    CONSTRAINT uq_score_plan_command_id UNIQUE (command_id),
    CONSTRAINT fk_score_plan_against FOREIGN KEY(against) REFERENCES scoring.publication (publication_id),
    CONSTRAINT fk_score_plan_command_id FOREIGN KEY(command_id) REFERENCES control.command (command_id)
);

-- Versions from before name no difference that anybody saw.
ALTER TABLE scoring.publication ADD COLUMN plan_digest TEXT
    CONSTRAINT ck_publication_plan_digest CHECK (plan_digest ~ '^sha256:[0-9a-f]{64}$');

ALTER TABLE control.command DROP CONSTRAINT ck_command_kind;
ALTER TABLE control.command ADD CONSTRAINT ck_command_kind
    CHECK (kind IN ('pull', 'import', 'freeze', 'second_look', 'supersede', 'score', 'publish', 'shadow', 'restore', 'plan'));
"""


def upgrade() -> None:
    run(PLANS)


def downgrade() -> None:
    refuse_downgrade()
