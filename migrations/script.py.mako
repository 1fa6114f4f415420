"""${message}"""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The objects are laid after the last version: one that only changes those has nothing to run here."""
    run("")


def downgrade() -> None:
    refuse_downgrade()
