"""The migrated database is what shared/tables and migrations/objects say; the registry holds the 56 bodies (ING-09)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, pool
from sqlalchemy import text as sql
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateSchema

from migrations.scope import SCHEMAS, include_name
from migrations.sql import calendars, keep_calendars, lay_objects, object_files, objects_digest
from shared import migrate
from shared.calendar import legal_closing
from shared.datasets import DATASETS
from shared.datasets.declaration import Kind
from shared.law.scheme import legal_cutoff, legal_report_deadline
from shared.period import VIETNAM, Period
from shared.postgres import EmbeddedPostgres
from shared.registry import fold
from shared.tables import metadata
from tests.conftest import TestDatabase

DATA = Path(__file__).parents[3] / "migrations" / "data"

# Of all tables that shared/tables declares: what autogenerate compares only in part, spelled by the server itself.
_DECLARED = """
SELECT 'column' AS what, c.oid::regclass || '.' || a.attname AS name, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attnotnull THEN 'not null' END, nullif(a.attidentity, ''), pg_get_expr(d.adbin, d.adrelid)) AS said
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.oid = ANY(%(tables)s::regclass[])
 UNION ALL
SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype <> 't'
 UNION ALL
SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
 WHERE indrelid = ANY(%(tables)s::regclass[])
 UNION ALL
SELECT 'partitioned by', c.oid::regclass::text, pg_get_partkeydef(c.oid) FROM pg_class c
 WHERE c.oid = ANY(%(tables)s::regclass[]) AND c.relkind = 'p'
"""
# Everything that migrations/objects lays.
_LAID = """
SELECT 'function' AS what, f.oid::regprocedure::text AS name, pg_get_functiondef(f.oid) || coalesce(f.proacl::text, '') AS said
  FROM pg_proc f WHERE f.pronamespace = ANY(%(schemas)s::regnamespace[])
 UNION ALL SELECT 'view', c.oid::regclass::text, concat(c.reloptions, pg_get_viewdef(c.oid), obj_description(c.oid))
             FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = ANY(%(schemas)s::regnamespace[])
 UNION ALL SELECT 'trigger', t.tgrelid::regclass || '.' || t.tgname, concat(pg_get_triggerdef(t.oid), t.tgenabled)
             FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE NOT t.tgisinternal AND c.relnamespace = ANY(%(schemas)s::regnamespace[])
 UNION ALL SELECT 'policy', p.polrelid::regclass || '.' || p.polname,
                  concat(p.polcmd, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), '/',
                         pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_policy p
 UNION ALL SELECT 'table', c.oid::regclass::text, concat(c.relrowsecurity, c.relforcerowsecurity, (SELECT
                  array_agg(concat(a.grantee::regrole, a.privilege_type) ORDER BY a.grantee, a.privilege_type)
                  FROM aclexplode(c.relacl) a))
             FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'S') AND c.relnamespace = ANY(%(schemas)s::regnamespace[])
 UNION ALL SELECT 'column', c.oid::regclass || '.' || a.attname, a.attacl::text
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE a.attacl IS NOT NULL AND c.relnamespace = ANY(%(schemas)s::regnamespace[])
 UNION ALL SELECT 'schema', n.nspname, n.nspacl::text FROM pg_namespace n WHERE n.nspname = ANY(%(schemas)s::text[])
"""
Catalogue = dict[tuple[str, str], str]


def engine_of(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)


def catalogue(url: str, query: str, **given: Any) -> Catalogue:
    with psycopg.connect(url) as connection:
        return {(what, name): said for what, name, said in connection.execute(query, given)}


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    postgres.create_database("test_migrations")
    yield postgres.dsn("owner", database="test_migrations").url
    postgres.drop_database("test_migrations")


def test_the_database_equals_the_tables_in_code(database: TestDatabase) -> None:
    engine = engine_of(database.owner_url)
    options = {"include_schemas": True, "include_name": include_name, "compare_type": True, "target_metadata": metadata}
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_so_do_defaults_checks_and_every_other_constraint(database: TestDatabase, empty: str) -> None:
    """Autogenerate does not look at them: the tables in code are made beside the migrated ones, and the server spells both."""
    with engine_of(empty).begin() as connection:
        for schema in sorted(SCHEMAS):
            connection.execute(CreateSchema(schema))
        metadata.create_all(connection)
    tables = sorted(metadata.tables)
    in_code, migrated = (catalogue(url, _DECLARED, tables=tables) for url in (empty, database.owner_url))
    assert len(in_code) > 10 * len(tables)
    assert dict(migrated.items() - in_code.items()) == dict(in_code.items() - migrated.items()) == {}


# What the server calls the columns of each kind.
_KINDS = {
    Kind.TEXT: "text",
    Kind.DATE: "date",
    Kind.INSTANT: "timestamp with time zone",
    Kind.FLAG: "boolean",
    Kind.COUNT: "bigint",
    Kind.MONEY: "bigint",
    Kind.DECIMAL: "numeric",
}
_BEFORE = [
    ("snapshot_pk", "integer", "NO"),
    ("ordinal", "integer", "NO"),
    ("agency_code", "text", "NO"),
    ("expanded_by", "text", "YES"),
]
# Tables whose rows lie in a partition a snapshot.
_OF_ROWS = """
SELECT c.table_name, c.column_name, c.data_type, c.is_nullable FROM information_schema.columns c
 WHERE c.table_schema = 'ingest' AND EXISTS (
       SELECT FROM pg_partitioned_table p WHERE p.partrelid = format('%I.%I', c.table_schema, c.table_name)::regclass)
 ORDER BY c.table_name, c.ordinal_position
"""


def columns_of_rows(owner: psycopg.Connection[Any]) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for table, *column in owner.execute(_OF_ROWS):
        found.setdefault(table, []).append((column[0], column[1], column[2]))
    return found


def test_tables_of_rows_have_the_declared_columns_and_no_others(database: TestDatabase) -> None:
    """Tables and columns, their order, types and null, of both sides: what either lacks is a difference."""
    declared = {
        each.table: _BEFORE + [(one.name, _KINDS[one.kind], "NO" if one.required else "YES") for one in each.columns]
        for each in DATASETS
    }
    assert len(declared) == len(DATASETS) == 15
    with psycopg.connect(database.owner_url) as owner:
        assert columns_of_rows(owner) == declared
        for change in (
            "ALTER TABLE ingest.exchange_volume ADD COLUMN rejected bigint",
            "ALTER TABLE ingest.exchange_volume DROP COLUMN failed CASCADE",
            "ALTER TABLE ingest.exchange_volume ALTER COLUMN failed SET NOT NULL",
            "ALTER TABLE ingest.exchange_volume ALTER COLUMN failed TYPE numeric",
            "CREATE TABLE ingest.undeclared (snapshot_pk integer) PARTITION BY LIST (snapshot_pk)",
            "DROP TABLE ingest.investment CASCADE",
        ):
            with owner.transaction(force_rollback=True):
                owner.execute(change)
                assert columns_of_rows(owner) != declared, change
        assert columns_of_rows(owner) == declared


def test_upgrading_twice_changes_nothing(empty: str) -> None:
    assert migrate.upgrade(empty) == (None, migrate.head())
    assert migrate.upgrade(empty) == (migrate.head(), migrate.head())


def test_there_is_no_way_back(database: TestDatabase) -> None:
    settings = migrate.config()
    with engine_of(database.owner_url).connect() as connection:
        settings.attributes["connection"] = connection
        with pytest.raises(CommandError, match=r"only goes forward\. Restore the backup"):
            command.downgrade(settings, "-1")
        connection.rollback()
        assert migrate.current(connection) == migrate.head()


def test_laying_the_objects_again_brings_back_what_they_say_and_nothing_else(database: TestDatabase) -> None:
    """What an upgrade does to a database that has former objects: changed ones, and some that no file names any more."""
    known = {"schemas": sorted(SCHEMAS - {"queue"})}
    before = catalogue(database.owner_url, _LAID, **known)
    assert {what for what, _ in before} == {"function", "view", "trigger", "policy", "table", "column", "schema"}
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("CREATE FUNCTION control.former() RETURNS integer LANGUAGE sql RETURN 1")
        owner.execute("CREATE VIEW control.former_rows AS SELECT control.former() AS one")
        owner.execute("CREATE POLICY former ON intake.submission FOR SELECT TO gateway USING (control.former() = 1)")
        owner.execute("DROP TRIGGER check_transition ON intake.transition")
        owner.execute("DROP POLICY written ON intake.revision")
        owner.execute("CREATE OR REPLACE FUNCTION intake.office() RETURNS boolean LANGUAGE sql RETURN true")
        owner.execute("REVOKE SELECT ON registry.agency FROM ingest")
    assert catalogue(database.owner_url, _LAID, **known) != before
    with engine_of(database.owner_url).begin() as connection, Operations.context(MigrationContext.configure(connection)):
        lay_objects()
    assert catalogue(database.owner_url, _LAID, **known) == before


def test_every_object_says_the_rule_it_holds() -> None:
    assert [path.name for path in object_files() if not path.read_text("utf-8").startswith("-- ")] == []


def test_the_head_file_names_the_last_migration_and_its_objects() -> None:
    """Two branches that both add a migration, or change objects, then conflict in this file instead of in production.

    Changed an object? Add a migration (`alembic revision`; it may have nothing to run), and write what is expected here.
    """
    assert (DATA.parent / "HEAD").read_text() == f"{migrate.head()}\nobjects {objects_digest()}\n"


_CLOSES = (
    "SELECT control.legal_cutoff(%(month)s), control.legal_report_deadline(%(month)s), control.legal_word_deadline(%(month)s)"
)
_CALENDAR = (
    "INSERT INTO control.scheme_calendar"
    " (scheme, revision, first_period, cutoff_day, report_deadline_day, word_deadline_day) VALUES "
)


def legal(month: Period) -> tuple[datetime, ...]:
    return legal_cutoff(month), legal_report_deadline(month), legal_closing(month, "word_deadline")


def test_the_database_closes_months_when_the_schemes_say(database: TestDatabase) -> None:
    """What Python and the objects of the database each ask is one thing; a later scheme's days begin with its first month."""

    def closes(month: str) -> Any:
        return owner.execute(_CLOSES, {"month": month}).fetchone()

    with psycopg.connect(database.owner_url) as owner:
        kept = owner.execute(
            "SELECT scheme, first_period, cutoff_day, report_deadline_day, word_deadline_day FROM control.scheme_calendar"
        )
        assert kept.fetchall() == calendars()
        for month in (Period(2026, 1), Period(2026, 12), Period(2028, 2)):
            assert closes(str(month)) == legal(month)
        assert closes("2025-12") == (None, None, None)
        owner.execute(f"{_CALENDAR} ('qd-test', 1, '2027-01', 4, 9, 14), ('qd-test', 2, '2027-01', 3, 8, 13)")
        assert closes("2026-12") == legal(Period(2026, 12))
        days = [datetime(2027, 2, day, tzinfo=VIETNAM) for day in (4, 8, 14)]
        assert closes("2027-01") == tuple(days)
        owner.rollback()


def test_an_upgrade_writes_down_only_days_that_are_not_on_record(database: TestDatabase) -> None:
    with engine_of(database.owner_url).connect() as connection:
        keep_calendars(connection)
        assert connection.execute(sql("SELECT scheme, revision FROM control.scheme_calendar")).all() == [("qd-4585", 1)]
        add = f"{_CALENDAR} ('qd-4585', 2, '2026-01', 2, 6, 11)"
        connection.execute(sql(add))
        keep_calendars(connection)
        days = connection.execute(sql("SELECT revision, cutoff_day FROM control.scheme_calendar ORDER BY revision"))
        assert days.all() == [(1, 1), (2, 2), (3, 1)]
        connection.rollback()


def test_the_registry_holds_the_56_bodies(database: TestDatabase) -> None:
    query = """SELECT kind, count(DISTINCT code) FROM registry.agency
                WHERE valid_from <= '2026-01-31' AND (valid_to IS NULL OR valid_to >= '2026-01-31') GROUP BY kind"""
    with psycopg.connect(database.owner_url) as connection:
        found: dict[str, int] = dict(connection.execute(query).fetchall())
        renamed = connection.execute(
            "SELECT name_vi FROM registry.agency WHERE code = 'H19' ORDER BY valid_from DESC LIMIT 1"
        ).fetchone()
    assert found == {"ministry": 14, "ministerial_agency": 3, "government_agency": 5, "province": 34}
    assert renamed == ("Ủy ban nhân dân thành phố Đồng Nai",)


@pytest.mark.parametrize(
    ("name", "words", "key"), [("aliases", "spelling", "spelling_key"), ("collectives", "phrase", "phrase_key")]
)
def test_the_frozen_keys_are_those_the_resolver_folds_to(name: str, words: str, key: str) -> None:
    with (DATA / f"0001_{name}.csv").open(encoding="utf-8", newline="") as lines:
        wrong = [row for row in csv.DictReader(lines) if fold(row[words]) != row[key]]
    assert wrong == []
