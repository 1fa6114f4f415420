"""A database says whether it is a demonstration's (ADR 47)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTALLATION = """
CREATE TABLE control.installation (
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_installation PRIMARY KEY (kind),
    CONSTRAINT ck_installation_kind CHECK (kind IN ('demo', 'real')),
    CONSTRAINT ck_installation_reason CHECK (btrim(reason) <> '')
);
CREATE UNIQUE INDEX uq_installation_one ON control.installation ((true));
"""


def upgrade() -> None:
    run(INSTALLATION)


def downgrade() -> None:
    refuse_downgrade()
