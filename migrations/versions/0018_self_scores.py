"""What a body says its own points are, before a month is published: versions, kept apart and never changed (EXP-11)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SELF_SCORES = """
CREATE TABLE intake.self_score (
    self_score_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    period TEXT NOT NULL,
    version INTEGER NOT NULL,
    points JSONB NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_self_score PRIMARY KEY (self_score_id),
    CONSTRAINT uq_self_score_agency_period_version UNIQUE (agency, period, version),
    CONSTRAINT ck_self_score_version CHECK (version >= 1)
);
"""


def upgrade() -> None:
    run(SELF_SCORES)


def downgrade() -> None:
    refuse_downgrade()
