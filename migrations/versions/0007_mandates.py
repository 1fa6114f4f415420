"""Mandates to sign for a body, the signatures of accepted reports, and keys with which callers sign their requests."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"

APART = (
    "control.mandate", "control.mandate_approval", "control.mandate_withdrawal", "control.signature_demand",
    "intake.signature",
)  # fmt: skip
# Public keys, which are no secret.
OF_NO_BODY = ("control.request_key", "control.request_key_end")


def upgrade() -> None:
    for name in ("0007_tables.sql", "0007_guards.sql"):
        run((SQL / name).read_text("utf-8"))
    for table in (*APART, *OF_NO_BODY):
        run(f"CALL audit.guard_fact('{table}', true)")
    for table in APART:
        keep_apart(table)
    run("CREATE POLICY frozen ON intake.signature FOR SELECT TO ingest USING (true)")


def keep_apart(table: str) -> None:
    """Forced, so that the owner is held too."""
    run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    run(f"CREATE POLICY seen ON {table} FOR SELECT TO gateway USING (intake.sees(agency))")
    run(f"CREATE POLICY written ON {table} FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency))")


def downgrade() -> None:
    for table in ("request_nonce", "request_key_end", "request_key"):
        run(f"DROP TABLE control.{table}")
    run("DROP TABLE intake.signature")
    for table in ("signature_demand", "mandate_withdrawal", "mandate_approval", "mandate"):
        run(f"DROP TABLE control.{table}")
    run("DROP FUNCTION intake.check_signature")
    run("DROP FUNCTION control.check_mandate_decision")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
