"""A range of months is frozen and scored by one command, whose steps are commands of their own (OPS-02)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BACK_FILLS = """
ALTER TABLE control.command ADD COLUMN part_of TEXT
    CONSTRAINT fk_command_part_of REFERENCES control.command (command_id);
CREATE INDEX ix_command_part_of ON control.command (part_of) WHERE part_of IS NOT NULL;

ALTER TABLE control.command DROP CONSTRAINT ck_command_kind;
ALTER TABLE control.command ADD CONSTRAINT ck_command_kind CHECK
    (kind IN ('pull', 'import', 'freeze', 'second_look', 'supersede', 'score', 'publish', 'shadow', 'restore', 'plan',
    'back_fill'));
"""


def upgrade() -> None:
    run(BACK_FILLS)


def downgrade() -> None:
    refuse_downgrade()
