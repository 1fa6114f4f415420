"""A version that follows another keeps which one, what was otherwise and whose points moved; those bodies hear of it."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Versions of before say nothing of it: their bytes are as they are."""
    run("ALTER TABLE scoring.publication ADD COLUMN follows JSONB;")


def downgrade() -> None:
    refuse_downgrade()
