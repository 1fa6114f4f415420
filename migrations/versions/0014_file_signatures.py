"""Bodies that supply a source sign its official files."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TABLES = ("control.file_signature", "control.file_signature_demand")


def upgrade() -> None:
    run((SQL / "0014_file_signatures.sql").read_text("utf-8"))
    for table in TABLES:
        run(f"CALL audit.guard_fact('{table}', true)")
    run("ALTER TABLE control.file_signature ENABLE ROW LEVEL SECURITY")
    run("ALTER TABLE control.file_signature FORCE ROW LEVEL SECURITY")
    run("CREATE POLICY seen ON control.file_signature FOR SELECT TO gateway USING (intake.sees(agency))")
    run("CREATE POLICY written ON control.file_signature FOR INSERT TO gateway WITH CHECK (intake.office())")


def downgrade() -> None:
    for table in TABLES:
        run(f"DROP TABLE {table}")
    run("DROP FUNCTION control.check_file_signature")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
