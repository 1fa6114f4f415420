"""Scoring reads what was wrong with rows put aside, so that the published table can say it (objects only)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A grant is laid with the objects."""


def downgrade() -> None:
    refuse_downgrade()
