"""A body's people read what the registers say of their body."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run((SQL / "0010_own_register.sql").read_text("utf-8"))


def downgrade() -> None:
    run("DROP VIEW intake.own_register, intake.closed_month")
    for table in ("register_entry", "register_confirmation"):
        run(f"DROP POLICY shown ON intake.{table}")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
