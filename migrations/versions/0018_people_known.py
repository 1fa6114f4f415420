"""Whom a session may know by name: history says who did what, and bodies stay apart."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run((SQL / "0018_people_known.sql").read_text("utf-8"))


def downgrade() -> None:
    run("DROP FUNCTION control.people_known")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
