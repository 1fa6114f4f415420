"""An extension only ever lengthens, and a publication pins the extensions that it saw."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run((SQL / "0020_extensions_lengthen.sql").read_text("utf-8"))


def downgrade() -> None:
    run("DROP TRIGGER pin_extensions ON scoring.publication")
    run("DROP FUNCTION scoring.pin_extensions")
    run("ALTER TABLE scoring.publication DROP COLUMN extensions")
    run("COMMENT ON VIEW control.extension_in_force IS NULL")
    former = (SQL / "0017_agreements.sql").read_text("utf-8")
    begins = former.index("CREATE FUNCTION control.check_extension_approval")
    body = former[begins : former.index("CREATE TRIGGER check_extension_approval", begins)]
    run(body.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
    run("ALTER TABLE control.extension_approval DROP COLUMN decided_at")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
