"""Each time a snapshot was proven again is a fact: ingest writes it, the gateway and scoring read it."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

VERIFICATION = """
CREATE TABLE ingest.verification (
    verification_id BIGINT GENERATED ALWAYS AS IDENTITY,
    snapshot_id TEXT NOT NULL,
    verified_at TIMESTAMP WITH TIME ZONE NOT NULL,
    holds BOOLEAN NOT NULL,
    differences JSONB NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_verification PRIMARY KEY (verification_id),
    CONSTRAINT ck_verification_holds CHECK (holds = (differences = '[]'::jsonb)),
    CONSTRAINT fk_verification_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES ingest.snapshot (snapshot_id)
);

CREATE INDEX ix_verification_snapshot_id ON ingest.verification (snapshot_id, verification_id);
"""


def upgrade() -> None:
    run(VERIFICATION)


def downgrade() -> None:
    refuse_downgrade()
