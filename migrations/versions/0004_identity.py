"""Limits and successors of API keys; bodies' own credentials and people's grants, kept apart by row security."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"

# By which column a session that proves somebody finds them. National offices' grants have no body: they are those of "office".
APART = {
    "credential": "'key:' || key_id", "credential_approval": "'key:' || key_id",
    "member_grant": "subject", "grant_approval": "subject", "grant_revocation": "subject",
}  # fmt: skip
OF_NO_BODY = ("api_key_limit", "api_key_rotation")
BODY = "coalesce(agency, 'office')"


def upgrade() -> None:
    for name in ("0004_tables.sql", "0004_guards.sql"):
        run((SQL / name).read_text("utf-8"))
    for table in (*OF_NO_BODY, *APART):
        run(f"CALL audit.guard_fact('control.{table}', true)")
    for table, subject in APART.items():
        keep_apart(table, subject)


def keep_apart(table: str, subject: str) -> None:
    """Forced, so that the owner is held too."""
    body = "agency" if table.startswith("credential") else BODY
    run(f"ALTER TABLE control.{table} ENABLE ROW LEVEL SECURITY")
    run(f"ALTER TABLE control.{table} FORCE ROW LEVEL SECURITY")
    seen = f"intake.sees({body}) OR control.proves({subject})"
    run(f"CREATE POLICY seen ON control.{table} FOR SELECT TO gateway USING ({seen})")
    run(f"CREATE POLICY written ON control.{table} FOR INSERT TO gateway WITH CHECK (intake.acts_for({body}))")


def downgrade() -> None:
    for table in ("grant_revocation", "grant_approval", "member_grant", "credential_approval", "credential", *OF_NO_BODY):
        run(f"DROP TABLE control.{table}")
    for name in ("check_grant_decision", "check_credential_approval", "check_credential", "proves"):
        run(f"DROP FUNCTION control.{name}")


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
