"""Feedback about data: what came in, how it was dealt with, and who may see it."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
ANY = "intake.sees(agency)"
# Who of the gateway's sessions sees a row, and who writes it. Contacts are for offices alone.
REACH = {
    "feedback": (
        f"{ANY} OR intake.was_forwarded(feedback_id)",
        "intake.office() AND agency IS NULL OR intake.acts_for(agency)",
    ),
    "feedback_contact": ("intake.office()", "intake.office()"),
    "feedback_step": (f"{ANY} OR intake.was_forwarded(feedback_id)", "intake.office() OR intake.acts_for(actor_agency)"),
    "feedback_forwarding": (f"{ANY} OR intake.sees(sender)", "intake.office()"),
}
TABLES = ("feedback_forwarding", "feedback_step", "feedback_move", "feedback_contact", "feedback")


def upgrade() -> None:
    for name in ("0012_tables.sql", "0012_guards.sql"):
        run((SQL / name).read_text("utf-8"))
    run("CALL audit.guard_fact('intake.feedback_move', false)")
    for table, (sees, writes) in REACH.items():
        run(f"CALL audit.guard_fact('intake.{table}', true)")
        run(f"ALTER TABLE intake.{table} ENABLE ROW LEVEL SECURITY")
        run(f"ALTER TABLE intake.{table} FORCE ROW LEVEL SECURITY")
        run(f"CREATE POLICY seen ON intake.{table} FOR SELECT TO gateway USING ({sees})")
        run(f"CREATE POLICY written ON intake.{table} FOR INSERT TO gateway WITH CHECK ({writes})")


def downgrade() -> None:
    for table in ("feedback", "feedback_step"):
        run(f"DROP POLICY seen ON intake.{table}")
    run("DROP FUNCTION intake.was_forwarded")
    for table in TABLES:
        run(f"DROP TABLE intake.{table}")
    run("DROP FUNCTION intake.check_feedback_step")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
