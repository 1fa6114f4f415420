"""What the other readings of the law would give a run is kept with the run: scoring writes it once, the gateway reads it."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None

READINGS = """
CREATE TABLE scoring.run_reading (
    run_id TEXT NOT NULL,
    reading TEXT NOT NULL,
    alternative TEXT NOT NULL,
    body BYTEA NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_run_reading PRIMARY KEY (run_id, reading, alternative),
    CONSTRAINT ck_run_reading_named CHECK ((reading = '') = (alternative = '')),
    CONSTRAINT fk_run_reading_run_id FOREIGN KEY(run_id) REFERENCES scoring.run (run_id)
);
"""


def upgrade() -> None:
    run(READINGS)


def downgrade() -> None:
    refuse_downgrade()
