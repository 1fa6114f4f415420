"""Law 2: facts are inserted, never changed, whoever tries (SNP-01, AUD-01, AUD-07, APR-11)."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from shared.tables import MUTABLE, fact_tables
from tests.conftest import TestDatabase
from tests.tables import whole

SERVING = ("ingest", "scoring", "gateway")
FACTS = [table.fullname for table in fact_tables()]


class Sessions:
    """One connection per role, reused: a refused statement is rolled back."""

    def __init__(self, database: TestDatabase) -> None:
        self._open = {
            role: psycopg.connect(database.app_url, options=f"-c role={role}") if role else psycopg.connect(database.app_url)
            for role in (*SERVING, None)
        } | {"owner": psycopg.connect(database.owner_url)}

    def attempt(self, role: str | None, statement: str) -> str:
        """The SQLSTATE the database answers with, '00000' when it let the statement pass (rolled back)."""
        connection = self._open[role]
        try:
            connection.execute(statement)
        except psycopg.Error as error:
            return error.sqlstate or "?"
        finally:
            connection.rollback()
        return "00000"

    def close(self) -> None:
        for connection in self._open.values():
            connection.close()


@pytest.fixture(scope="module")
def sessions(database: TestDatabase) -> Iterator[Sessions]:
    opened = Sessions(database)
    yield opened
    opened.close()


@pytest.mark.parametrize("role", SERVING)
def test_no_serving_role_may_change_a_fact(sessions: Sessions, subtests: pytest.Subtests, role: str) -> None:
    for fact in whole(FACTS, least=101):
        with subtests.test(fact):
            column = fact_column(fact)
            assert sessions.attempt(role, f"UPDATE {fact} SET {column} = {column}") == "42501"
            assert sessions.attempt(role, f"DELETE FROM {fact}") == "42501"
            assert sessions.attempt(role, f"TRUNCATE {fact}") == "42501"


@pytest.mark.parametrize("fact", ["registry.agency", "registry.alias", "audit.entry", "control.calendar_day"])
def test_not_even_the_owner_changes_a_fact(sessions: Sessions, fact: str) -> None:
    column = fact_column(fact)
    assert sessions.attempt("owner", f"UPDATE {fact} SET {column} = {column}") == "42501"
    assert sessions.attempt("owner", f"DELETE FROM {fact}") == "42501"
    assert sessions.attempt("owner", f"TRUNCATE {fact} CASCADE") == "42501"


def test_every_table_is_a_fact_table_or_says_why_not(database: TestDatabase) -> None:
    """Guards stand on every table of ours in the database, not only on those this code knows."""
    mutable = {table.fullname for table, reason in MUTABLE if reason}
    unguarded = """
        SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('audit', 'registry', 'control', 'ingest', 'intake', 'scoring', 'queue') AND c.relkind IN ('r', 'p')
           AND c.relname NOT LIKE 'procrastinate%'
           AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'refuse_change')
    """
    with psycopg.connect(database.owner_url) as connection:
        assert {name for (name,) in connection.execute(unguarded)} == mutable


@pytest.mark.parametrize("role", SERVING)
def test_app_alone_may_nothing_and_no_role_may_become_the_owner(sessions: Sessions, role: str) -> None:
    assert sessions.attempt(None, "SELECT FROM registry.agency") == "42501"
    assert sessions.attempt(role, "SET ROLE owner") == "42501"
    assert sessions.attempt(role, "ALTER TABLE registry.agency DISABLE TRIGGER ALL") == "42501"
    assert sessions.attempt(role, "SET session_replication_role = replica") == "42501"


@pytest.mark.parametrize("role", SERVING)
def test_how_a_job_ended_is_not_deleted(sessions: Sessions, role: str) -> None:
    assert sessions.attempt(role, "DELETE FROM queue.job_run") == "42501"


def test_a_change_without_an_audit_row_is_refused_at_commit(database: TestDatabase) -> None:
    insert = (
        "INSERT INTO control.ruling (ruling_id, period, agency, measure, value, reason, document, actor)"
        " VALUES (%s, '2026-01', 'G06', 'speeches', '1', 'vì sao', 'văn bản', 'key:x')"
    )
    with psycopg.connect(database.app_url, options="-c role=gateway") as connection:
        connection.execute(insert, ["rul_without"])
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="without an audit row"):
            connection.commit()
        connection.execute("INSERT INTO audit.entry (actor, action, object) VALUES ('key:x', 'ruling.record', 'rul_with')")
        connection.execute(insert, ["rul_with"])
        connection.commit()
        kept = connection.execute("SELECT ruling_id FROM control.ruling").fetchall()
    assert kept == [("rul_with",)]


def test_an_audit_row_cannot_claim_another_transaction(sessions: Sessions) -> None:
    claim = "INSERT INTO audit.entry (actor, action, object, xid) VALUES ('a', 'b', 'c', '1')"
    assert sessions.attempt("gateway", claim) == "42501"


def test_scoring_reads_neither_quarantine_nor_raw_bytes(sessions: Sessions) -> None:
    for table in ("ingest.quarantine", "ingest.raw_body", "control.api_key"):
        assert sessions.attempt("scoring", f"SELECT FROM {table}") == "42501"


def test_rows_without_the_header_of_their_snapshot_cannot_be_committed(database: TestDatabase, sessions: Sessions) -> None:
    assert sessions.attempt("scoring", "SELECT ingest.open_rows('task_assignment', 1)") == "42501"
    direct = "INSERT INTO ingest.register (snapshot_pk, ordinal, agency_code) VALUES (1, 1, 'G06')"
    assert sessions.attempt("ingest", direct) == "42501"
    with psycopg.connect(database.app_url, options="-c role=ingest") as connection:
        connection.execute("INSERT INTO audit.entry (actor, action, object) VALUES ('service:x', 'snapshot.freeze', 'none')")
        connection.execute("SELECT ingest.open_rows('task_assignment', 1)")
        with pytest.raises(psycopg.errors.ForeignKeyViolation, match="snapshot_dataset"):
            connection.commit()


def fact_column(fact: str) -> str:
    table = next(table for table in fact_tables() if table.fullname == fact)
    plain = next(column for column in table.columns if column.identity is None)
    return str(sql.Identifier(plain.name).as_string())
