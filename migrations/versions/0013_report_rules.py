"""Rules of reports are put in force by two people (ADR 30); what one person activated before keeps holding, `alone`."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# As in 0006: rows that are there become `alone` without being changed.
REPORT_RULES = """
ALTER TABLE control.rule_activation ADD COLUMN alone BOOLEAN DEFAULT true NOT NULL;
ALTER TABLE control.rule_activation ALTER COLUMN alone SET DEFAULT false;
"""


def upgrade() -> None:
    run(REPORT_RULES)


def downgrade() -> None:
    refuse_downgrade()
