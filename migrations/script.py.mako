"""${message}"""

from __future__ import annotations

from migrations.sql import refuse_downgrade

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, columns and rows, by migrations.sql.run; objects are laid after the last version."""


def downgrade() -> None:
    refuse_downgrade()
