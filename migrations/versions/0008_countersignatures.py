"""Bodies that answer for a source countersign what was frozen of it."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TABLE = "control.countersignature"


def upgrade() -> None:
    run((SQL / "0008_countersignatures.sql").read_text("utf-8"))
    run(f"CALL audit.guard_fact('{TABLE}', true)")
    run(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    run(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    run(f"CREATE POLICY seen ON {TABLE} FOR SELECT TO gateway USING (intake.sees(agency))")
    run(f"CREATE POLICY written ON {TABLE} FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency))")


def downgrade() -> None:
    run(f"DROP TABLE {TABLE}")
    run("DROP FUNCTION control.check_countersignature")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
