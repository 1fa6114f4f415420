"""Frozen rows can be read by whom they are about: their natural key begins with the body, so that a body's rows are found and
paged by it; who sees which, row security says (migrations/objects/policies/rows.sql)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# As they stand at this version: table and what identifies a row of it within a body.
KEYS = {
    "database_growth": "database",
    "exchange_volume": "source_system",
    "initiative": "initiative_id",
    "investment": "budget_kind, field",
    "kpi_entry": "kpi",
    "registered_task": "task_code",
    "reported_records": "database",
    "reviewed_records": "database, new_records",
    "speech": "speech_id",
    "summons": "meeting_id",
    "task_assignment": "task_id",
}


def upgrade() -> None:
    for table, key in KEYS.items():
        name = f"uq_{table}_natural_key"
        run(
            f"ALTER TABLE ingest.{table} DROP CONSTRAINT {name},"
            f" ADD CONSTRAINT {name} UNIQUE (snapshot_pk, agency_code, {key});"
        )


def downgrade() -> None:
    refuse_downgrade()
