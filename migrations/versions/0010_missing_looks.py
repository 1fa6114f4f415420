"""Whoever publishes asks whether a frozen month was looked at a second time: a view of the looks that came to their end."""

from __future__ import annotations

from migrations.sql import refuse_downgrade

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The objects alone are other ones; they are laid once this version is reached."""


def downgrade() -> None:
    refuse_downgrade()
