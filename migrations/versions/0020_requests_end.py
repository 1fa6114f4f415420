"""A request that waits for a second person can be taken back by who asked, or refused (ADR 39)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ENDS = """
CREATE TABLE control.command_end (
    command_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_command_end PRIMARY KEY (command_id),
    CONSTRAINT fk_command_end_command_id FOREIGN KEY (command_id) REFERENCES control.command (command_id),
    CONSTRAINT ck_command_end_kind CHECK (kind IN ('refused', 'taken_back')),
    CONSTRAINT ck_command_end_reason CHECK (btrim(reason) <> '')
);
"""


def upgrade() -> None:
    run(ENDS)


def downgrade() -> None:
    refuse_downgrade()
