"""The usage report: counts of audit rows by user group, for sessions that may not read the rows."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run((SQL / "0013_usage.sql").read_text("utf-8"))
    run("CALL audit.guard_fact('audit.usage_group', false)")


def downgrade() -> None:
    run("GRANT SELECT ON audit.entry TO gateway")
    for table in ("member_grant", "grant_approval", "grant_revocation"):
        run(f"DROP POLICY counted ON control.{table}")
    run("DROP FUNCTION audit.usage")
    run("DROP FUNCTION audit.roles_of")
    run("DROP INDEX audit.ix_entry_recorded_at")
    run("DROP TABLE audit.usage_group")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
