"""An extension that two people made becomes an event for its body."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run((SQL / "0019_extension_events.sql").read_text("utf-8"))


def downgrade() -> None:
    run("DROP TRIGGER tell ON control.extension_approval")
    run("DROP FUNCTION control.tell_extension")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
