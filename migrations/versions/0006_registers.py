"""Registers of the Government Office and initiatives: entries of two people, steps of a machine, kept apart by body."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"

# Who of the gateway's sessions writes: national offices keep the registers, a body its proposals.
REGISTERS = ("register_entry", "register_confirmation")
NATIONAL_STEPS = "intake.office() AND action IN ('assess', 'decide')"
WRITES = {
    "register_entry": "intake.office()",
    "register_confirmation": "intake.office()",
    "initiative_proposal": "intake.acts_for(agency)",
    "initiative_step": f"intake.acts_for(agency) OR {NATIONAL_STEPS}",
}


def upgrade() -> None:
    for name in ("0006_tables.sql", "0006_guards.sql"):
        run((SQL / name).read_text("utf-8"))
    run("CALL audit.guard_fact('intake.initiative_move', false)")
    for table, writes in WRITES.items():
        run(f"CALL audit.guard_fact('intake.{table}', true)")
        keep_apart(table, writes)


def keep_apart(table: str, writes: str) -> None:
    """Forced, so that the owner is held too."""
    sees = "intake.office()" if table in REGISTERS else "intake.sees(agency)"
    run(f"ALTER TABLE intake.{table} ENABLE ROW LEVEL SECURITY")
    run(f"ALTER TABLE intake.{table} FORCE ROW LEVEL SECURITY")
    run(f"CREATE POLICY seen ON intake.{table} FOR SELECT TO gateway USING ({sees})")
    run(f"CREATE POLICY written ON intake.{table} FOR INSERT TO gateway WITH CHECK ({writes})")
    run(f"CREATE POLICY frozen ON intake.{table} FOR SELECT TO ingest USING (true)")


def downgrade() -> None:
    run("DROP FUNCTION intake.refuse_own_body")
    run("DROP FUNCTION intake.summons_of")
    for table in ("initiative_step", "initiative_move", "initiative_proposal", "register_confirmation", "register_entry"):
        run(f"DROP TABLE intake.{table}")
    for name in ("check_initiative_step", "check_register_confirmation", "check_register_entry", "office"):
        run(f"DROP FUNCTION intake.{name}")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
