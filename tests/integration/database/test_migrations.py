"""The migrated database is what shared/tables says, both ways; the registry holds the 56 bodies (ING-09)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, pool
from sqlalchemy.engine import make_url

from migrations.scope import include_name
from shared import migrate
from shared.postgres import EmbeddedPostgres
from shared.registry import fold
from shared.tables import metadata
from tests.conftest import TestDatabase

DATA = Path(__file__).parents[3] / "migrations" / "data"


def engine_of(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)


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


def test_up_down_and_up_again(empty: str) -> None:
    assert migrate.upgrade(empty) == (None, migrate.head())
    assert migrate.upgrade(empty) == (migrate.head(), migrate.head())
    settings = migrate.config()
    with engine_of(empty).connect() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "base")
        left = connection.exec_driver_sql("SELECT nspname FROM pg_namespace WHERE nspname IN ('ingest', 'scoring', 'queue')")
        assert left.all() == []
    assert migrate.upgrade(empty) == (None, migrate.head())


def test_the_head_file_names_the_last_migration() -> None:
    """Two branches that both add a migration then conflict in this file instead of in production."""
    assert (DATA.parent / "HEAD").read_text().strip() == migrate.head()


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
    with (DATA / f"0002_{name}.csv").open(encoding="utf-8", newline="") as lines:
        wrong = [row for row in csv.DictReader(lines) if fold(row[words]) != row[key]]
    assert wrong == []


def test_extensions_that_one_person_granted_keep_holding(empty: str) -> None:
    """Those of the time before 0017; nobody is made their approver, and whoever proposes one now waits for another."""
    settings = migrate.config()
    with engine_of(empty).connect() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0016")
        connection.commit()
    audit = "INSERT INTO audit.entry (actor, action, object) VALUES ('a', 'extension.grant', 'b')"
    insert = (
        "INSERT INTO control.extension (extension_id, agency, period, until, effect, document, reason, actor)"
        " VALUES (%s, 'G06', '2026-01', '2026-02-10', 'in_time', 'demo', 'demo', 'key:one')"
    )
    with psycopg.connect(empty) as owner:
        owner.execute(audit)
        owner.execute(insert, ["ext_before"])
    migrate.upgrade(empty)
    with psycopg.connect(empty) as owner:
        owner.execute(audit)
        owner.execute(insert, ["ext_after"])
        owner.commit()
        held = owner.execute("SELECT extension_id, approved_by FROM control.extension_in_force").fetchall()
    assert held == [("ext_before", None)]
