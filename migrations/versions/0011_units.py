"""Inside an agency: units, their plan, the sections they send, and what the sources count beside them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TABLES = (
    "unit", "unit_member", "unit_member_end", "unit_plan", "unit_plan_approval", "unit_section", "unit_section_return",
    "unit_assembly", "unit_assembly_section",
)  # fmt: skip
FORMER_ROLES = "ARRAY['agency_drafter', 'agency_approver', 'agency_signer', 'agency_admin']"


def upgrade() -> None:
    for name in ("0011_tables.sql", "0011_guards.sql", "0011_figures.sql"):
        run((SQL / name).read_text("utf-8"))
    for table in TABLES:
        run(f"CALL audit.guard_fact('intake.{table}', true)")
        keep_apart(f"intake.{table}")


def keep_apart(table: str) -> None:
    """Forced, so that the owner is held too."""
    run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    run(f"CREATE POLICY seen ON {table} FOR SELECT TO gateway USING (intake.sees(agency))")
    run(f"CREATE POLICY written ON {table} FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency))")


def downgrade() -> None:
    """Refused by the database while anybody has the role of a unit."""
    run("DROP VIEW ingest.official_figures")
    run("DROP VIEW ingest.latest_snapshot")
    run((SQL / "0011_before.sql").read_text("utf-8"))
    for table in reversed(TABLES):
        run(f"DROP TABLE intake.{table}")
    for name in ("check_unit_plan_approval", "check_unit_section", "check_unit_assembly_section"):
        run(f"DROP FUNCTION intake.{name}")
    run("ALTER TABLE control.member_grant DROP CONSTRAINT ck_member_grant_roles_of_one_side")
    run(
        "ALTER TABLE control.member_grant ADD CONSTRAINT ck_member_grant_roles_of_one_side CHECK ("
        f"(agency IS NULL AND NOT roles && {FORMER_ROLES}) OR (agency IS NOT NULL AND roles <@ {FORMER_ROLES}))"
    )


def run(sql: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(sql.encode())
