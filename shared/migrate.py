"""Bring a database to this version's schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool
from sqlalchemy.engine import make_url

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def config() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings


def upgrade(owner_url: str, *, revision: str = "head") -> tuple[str | None, str | None]:
    """Migrate as the owner; returns the revision before and after. One advisory lock: several may ask at once."""
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    settings = config()
    with engine.connect() as guard, engine.connect() as connection:
        guard.exec_driver_sql("SELECT pg_advisory_lock(457)")
        before = current(connection)
        connection.rollback()
        settings.attributes["connection"] = connection
        if before != head():
            command.upgrade(settings, revision)
        after = current(connection)
    engine.dispose()
    return before, after


def current(connection: object) -> str | None:
    """The revision a connected database is at, None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()  # type: ignore[arg-type]


def head() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()
