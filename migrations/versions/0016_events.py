"""Events written with the facts they tell of, and the webhooks of bodies, kept apart by row security (INT-13)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TOLD = (
    "intake.validation", "intake.transition", "intake.receipt", "intake.records_review", "control.late_acceptance",
    "scoring.publication",
)  # fmt: skip
MACHINE = "intake.office()"
BODY = "intake.acts_for(agency)"
# Who of the gateway's sessions sees a row, and who writes it. Offices decide about bodies; the machine that sends, for none.
REACH = {
    "event": ("agency IS NULL OR intake.sees(agency)", f"{BODY} OR {MACHINE}"),
    "webhook": ("intake.sees(agency)", BODY),
    "webhook_step": ("intake.sees(agency)", BODY),
    "webhook_secret": ("intake.sees(agency)", BODY),
    "webhook_replay": ("intake.sees(agency)", BODY),
    "webhook_delivery": ("intake.sees(agency)", f"{BODY} OR {MACHINE}"),
    "webhook_attempt": ("intake.sees(agency)", MACHINE),
}
FUNCTIONS = (
    "check_of_webhook", "tell_publication", "tell_records_review", "tell_late_acceptance", "tell_receipt",
    "tell_transition", "tell_validation", "about_report", "append_event", "in_vietnam", "new_event_id",
)  # fmt: skip


def upgrade() -> None:
    for name in ("0016_tables.sql", "0016_guards.sql"):
        run((SQL / name).read_text("utf-8"))
    for table, (sees, writes) in REACH.items():
        if table != "webhook_delivery":
            run(f"CALL audit.guard_fact('control.{table}', true)")
        run(f"ALTER TABLE control.{table} ENABLE ROW LEVEL SECURITY")
        run(f"ALTER TABLE control.{table} FORCE ROW LEVEL SECURITY")
        run(f"CREATE POLICY seen ON control.{table} FOR SELECT TO gateway USING ({sees})")
        run(f"CREATE POLICY written ON control.{table} FOR INSERT TO gateway WITH CHECK ({writes})")
    run("CREATE POLICY published ON control.event FOR INSERT TO scoring WITH CHECK (agency IS NULL)")
    run(f"CREATE POLICY sent ON control.webhook_delivery FOR UPDATE TO gateway USING ({MACHINE}) WITH CHECK ({MACHINE})")


def downgrade() -> None:
    for table in TOLD:
        run(f"DROP TRIGGER tell ON {table}")
    for name in reversed(REACH):
        run(f"DROP TABLE control.{name}")
    for name in FUNCTIONS:
        run(f"DROP FUNCTION control.{name}")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
