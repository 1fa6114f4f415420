"""A wrong version is followed by one that says what a former one said: it names that one, and two people stand behind it."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# A run is published once; what restores a version is of that version's run.
RESTORES = """
ALTER TABLE scoring.publication ADD COLUMN restores TEXT
    CONSTRAINT fk_publication_restores REFERENCES scoring.publication (publication_id);
ALTER TABLE scoring.publication DROP CONSTRAINT uq_publication_run_id;
CREATE UNIQUE INDEX uq_publication_run_id ON scoring.publication (run_id) WHERE restores IS NULL;

ALTER TABLE control.command DROP CONSTRAINT ck_command_kind;
ALTER TABLE control.command ADD CONSTRAINT ck_command_kind
    CHECK (kind IN ('pull', 'import', 'freeze', 'second_look', 'supersede', 'score', 'publish', 'shadow', 'restore'));
"""


def upgrade() -> None:
    run(RESTORES)


def downgrade() -> None:
    refuse_downgrade()
