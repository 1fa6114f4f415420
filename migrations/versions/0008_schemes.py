"""On which days months close stands in the database as the schemes say it, for the objects that ask there (G-7, G-8)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SCHEMES = """
CREATE TABLE control.scheme_calendar (
    scheme TEXT NOT NULL,
    revision INTEGER NOT NULL,
    first_period TEXT NOT NULL,
    cutoff_day INTEGER NOT NULL,
    report_deadline_day INTEGER NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_scheme_calendar PRIMARY KEY (scheme, revision),
    CONSTRAINT ck_scheme_calendar_first_period CHECK (first_period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT ck_scheme_calendar_days CHECK (cutoff_day BETWEEN 1 AND 28 AND report_deadline_day BETWEEN 1 AND 28)
);

-- What lies before the report deadline depends on the scheme's day: the gateway refuses what does not.
ALTER TABLE intake.unit_plan DROP CONSTRAINT ck_unit_plan_due_day;
ALTER TABLE intake.unit_plan ADD CONSTRAINT ck_unit_plan_due_day CHECK (due_day BETWEEN 1 AND 28);
"""


def upgrade() -> None:
    run(SCHEMES)


def downgrade() -> None:
    refuse_downgrade()
