"""Bring a database to this version's schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import Error, errors
from sqlalchemy import create_engine, pool
from sqlalchemy.engine import make_url

from shared.database import Database, DatabaseUnavailable

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def config() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings


def upgrade(owner_url: str) -> tuple[str | None, str | None]:
    """Migrate as the owner; returns the revision before and after. One advisory lock: several may ask at once."""
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    settings = config()
    with engine.connect() as guard, engine.connect() as connection:
        guard.exec_driver_sql("SELECT pg_advisory_lock(457)")
        before = current(connection)
        connection.rollback()
        settings.attributes["connection"] = connection
        if before != head():
            command.upgrade(settings, "head")
        after = current(connection)
    engine.dispose()
    return before, after


def current(connection: object) -> str | None:
    """The revision a connected database is at, None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()  # type: ignore[arg-type]


def seen(url: str) -> str | None:
    """The revision as the services see it, who own nothing; None where they see none. Raises DatabaseUnavailable."""
    try:
        with Database(url, role="gateway").connect_sync() as connection:
            found = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    except (errors.UndefinedTable, errors.InsufficientPrivilege):
        return None
    except Error as error:
        raise DatabaseUnavailable("no connection to PostgreSQL", hint="Check DATABASE_URL and the server.") from error
    return None if found is None else str(found[0])


def lacks_steps(revision: str | None) -> bool:
    """Whether this version has migrations that a database at ``revision`` has not had; a newer version's has had them all."""
    script = ScriptDirectory.from_config(config())
    return revision is None or revision in {each.revision for each in script.walk_revisions() if not each.is_head}


def head() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()
