"""The fingerprint of the key under which API keys are hashed (ADR 47)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEY_PEPPER = """
CREATE TABLE control.key_pepper (
    fingerprint TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_key_pepper PRIMARY KEY (fingerprint),
    CONSTRAINT ck_key_pepper_fingerprint CHECK (fingerprint ~ '^[0-9a-f]{64}$')
);
CREATE UNIQUE INDEX uq_key_pepper_one ON control.key_pepper ((true));
"""


def upgrade() -> None:
    run(KEY_PEPPER)


def downgrade() -> None:
    refuse_downgrade()
