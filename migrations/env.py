"""Alembic's entry: one connection as the owner, lock and statement timeouts, one transaction per migration.

Functions, views, policies and grants are laid by the transaction that brings a database to the last version.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection, create_engine, pool, text

from migrations.scope import include_name
from migrations.sql import keep_calendars, lay_objects
from shared.tables import metadata


def migrate(connection: Connection) -> None:
    # A migration that cannot have its lock at once would queue every reader behind it: fail fast instead.
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.execute(text("SET statement_timeout = '60s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_name=include_name,
        version_table_schema="public",
        transaction_per_migration=True,
        compare_type=True,
        on_version_apply=lay_at_head,
    )
    with context.begin_transaction():
        context.run_migrations()


def lay_at_head(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]) -> None:
    if step.up_revision_id == context.script.get_current_head():
        lay_objects()
        if ctx.connection is not None:
            keep_calendars(ctx.connection)


def main() -> None:
    attributes = context.config.attributes
    given = attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise SystemExit("no database: run `bangdiem db upgrade`, which knows where it is")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        migrate(connection)


main()
