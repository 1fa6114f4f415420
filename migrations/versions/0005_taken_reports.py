"""Months of reports are frozen from what was accepted: pages that ingest made itself, origin ``intake``."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run((SQL / "0005_taken_reports.sql").read_text("utf-8"))
    run("CALL audit.guard_fact('ingest.taken_page', true)")


def downgrade() -> None:
    run("DROP TABLE ingest.taken_page")
    run("ALTER TABLE ingest.pull DROP CONSTRAINT ck_pull_origin")
    run("ALTER TABLE ingest.pull ADD CONSTRAINT ck_pull_origin CHECK (origin IN ('network', 'official_file'))")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
