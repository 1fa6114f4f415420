"""Sessions of people at the pages."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TABLES = ("control.page_session", "control.page_session_end")


def upgrade() -> None:
    run((SQL / "0009_page_sessions.sql").read_text("utf-8"))
    for table in TABLES:
        run(f"CALL audit.guard_fact('{table}', true)")


def downgrade() -> None:
    for table in reversed(TABLES):
        run(f"DROP TABLE {table}")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
