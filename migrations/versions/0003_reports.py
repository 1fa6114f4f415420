"""Reports as they come in: schema intake with row security, extensions, activations, signing keys, kept answers."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"

# Facts of the workflow, each kept from other bodies' eyes; `move` is the machine itself and open to all.
APART = (
    "submission", "revision", "validation", "confirmation", "transition", "acceptance", "receipt", "attachment", "refusal",
    "records_review",
)  # fmt: skip
FROZEN_BY_INGEST = ("acceptance", "receipt", "records_review")
DECISIONS = ("extension", "late_acceptance", "rule_activation", "signing_key", "signing_key_end")


def upgrade() -> None:
    for name in ("0003_tables.sql", "0003_guards.sql", "0003_grants.sql"):
        run((SQL / name).read_text("utf-8"))
    run("CALL audit.guard_fact('intake.move', false)")
    for table in APART:
        run(f"CALL audit.guard_fact('intake.{table}', true)")
        keep_apart(table)
    for table in DECISIONS:
        run(f"CALL audit.guard_fact('control.{table}', true)")


def keep_apart(table: str) -> None:
    """Forced, so that the owner is held too. The Ministry's reviewer writes about bodies it only reads."""
    writes = "intake.sees(agency)" if table == "records_review" else "intake.acts_for(agency)"
    run(f"ALTER TABLE intake.{table} ENABLE ROW LEVEL SECURITY")
    run(f"ALTER TABLE intake.{table} FORCE ROW LEVEL SECURITY")
    run(f"CREATE POLICY seen ON intake.{table} FOR SELECT TO gateway USING (intake.sees(agency))")
    run(f"CREATE POLICY written ON intake.{table} FOR INSERT TO gateway WITH CHECK ({writes})")
    if table in FROZEN_BY_INGEST:
        run(f"CREATE POLICY frozen ON intake.{table} FOR SELECT TO ingest USING (true)")


def downgrade() -> None:
    run("DROP VIEW ingest.automatic_records")
    run("DROP SCHEMA intake CASCADE")
    for table in ("idempotency", *reversed(DECISIONS)):
        run(f"DROP TABLE control.{table}")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
