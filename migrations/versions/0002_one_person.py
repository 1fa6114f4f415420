"""Two keys of one person are one person for the database too: every act of four eyes asks control.same_person."""

from __future__ import annotations

from migrations.sql import refuse_downgrade

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Functions, triggers and grants alone changed; they are laid after the last version."""


def downgrade() -> None:
    refuse_downgrade()
