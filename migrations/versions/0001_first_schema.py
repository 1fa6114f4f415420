"""Schemas, tables, append-only guards, grants, and the queue's own tables."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
SCHEMAS = ("scoring", "ingest", "control", "registry", "queue", "audit")

# Facts whose rows are guarded one by one by an audit row. The audit log is its own record, a rendering is part of its
# publication, and rows of a snapshot are covered by its header.
AUDITED = (
    "control.api_key", "control.api_key_revocation", "control.applicability", "control.approval", "control.calendar_day",
    "control.calendar_entry", "control.command", "control.ruling", "ingest.finding", "ingest.official_file", "ingest.pull",
    "ingest.pull_outcome", "ingest.quarantine", "ingest.raw_body", "ingest.request", "ingest.snapshot",
    "ingest.snapshot_dataset", "registry.agency", "registry.alias", "registry.collective", "scoring.publication",
    "scoring.rendering", "scoring.run",
)  # fmt: skip
ROWS = (
    "database_growth", "exchange_volume", "initiative", "investment", "kpi_entry", "register", "registered_task", "report",
    "reported_records", "service_score", "speech", "summons", "system57_coverage", "task_assignment",
)  # fmt: skip


def upgrade() -> None:
    run((SQL / "0001_tables.sql").read_text("utf-8"))
    run((SQL / "0001_guards.sql").read_text("utf-8"))
    run("CALL audit.guard_fact('audit.entry', false)")
    for table in AUDITED:
        run(f"CALL audit.guard_fact('{table}', true)")
    for table in ROWS:
        run(f"CALL audit.guard_fact('ingest.{table}', false)")
    run("SET LOCAL search_path = queue")
    run(SchemaManager.get_schema())
    run("SET LOCAL search_path = public")
    run((SQL / "0001_grants.sql").read_text("utf-8"))
    for table in ROWS:
        run(f"GRANT SELECT ON ingest.{table} TO scoring")
    run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO ingest, scoring, gateway")
    # How a command ended is kept; only procrastinate's own rows are cleared away.
    run("REVOKE DELETE ON queue.job_run FROM ingest, scoring, gateway")
    run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO ingest, scoring, gateway")
    run("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA queue TO ingest, scoring, gateway")


def downgrade() -> None:
    for schema in SCHEMAS:
        run(f"DROP SCHEMA {schema} CASCADE")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
