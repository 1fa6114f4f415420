"""Agreements keep what they rest on, extensions need two people, and public words of reports are published."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    for name in ("0017_agreements.sql", "0017_approve_again.sql"):
        run((SQL / name).read_text("utf-8"))
    run("CALL audit.guard_fact('control.extension_approval', true)")


def downgrade() -> None:
    former = (SQL / "0011_guards.sql").read_text("utf-8")
    begins = former.index("CREATE OR REPLACE FUNCTION intake.check_transition")
    run(former[begins : former.index("GRANT", begins)])
    run("DROP VIEW scoring.published_words")
    run("DROP POLICY published ON intake.acceptance")
    run("DROP VIEW scoring.published_report, control.extension_in_force")
    run("DROP TRIGGER check_extension ON control.extension")
    run("DROP TABLE control.extension_approval")
    run("DROP FUNCTION control.check_extension, control.check_extension_approval")
    run("ALTER TABLE control.extension DROP COLUMN alone")
    run("ALTER TABLE intake.transition DROP COLUMN basis, DROP COLUMN changes")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
