"""The usage report looks up once what an actor held: 300,000 rows of a month in seconds instead of half a minute."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run((SQL / "0015_usage_by_actor.sql").read_text("utf-8"))


def downgrade() -> None:
    """The former function, as 0013 has it: it answers the same."""
    former = (SQL / "0013_usage.sql").read_text("utf-8")
    begins = former.index("CREATE FUNCTION audit.usage(")
    run(former[begins : former.index("REVOKE EXECUTE ON FUNCTION audit.usage FROM")].replace("CREATE", "CREATE OR REPLACE", 1))


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
