"""The way to PostgreSQL: one pool per service, connected as that service's role.

Use cases open a transaction here; functions in stores take the connection and never commit. ``search_path`` is ``queue``
because procrastinate's SQL names its tables without a schema; every statement of ours is qualified.
"""

from __future__ import annotations

import hashlib
import select
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from sqlalchemy import Table, event, exc, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.errors import Conflict, InputInvalid, Unavailable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = dict[str, Any]
Kind = TypeVar("Kind")
Record = TypeVar("Record", bound="DataclassInstance")
# What stores are handed; use cases name it without knowing the library.
Connection = AsyncConnection


# The database went away, refuses work for now, or all connections of the pool stay busy: the caller may come back later.
DATABASE_LOST = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)

# A statement that this database does not take, as one that is not migrated yet, or that a guard refuses at the moment.
DATABASE_REFUSED = (exc.ProgrammingError, exc.IntegrityError)

# What a statement raises that writes a row which its session may not write.
RLS_REFUSALS = (exc.ProgrammingError,)


class DatabaseUnavailable(Unavailable):
    slug = "database-unavailable"
    title_vi = "Cơ sở dữ liệu không sẵn sàng"
    title_en = "Database not available"


class AddressInvalid(InputInvalid):
    slug = "database-address-invalid"
    title_vi = "Địa chỉ cơ sở dữ liệu không hợp lệ"
    title_en = "Invalid database address"


class Busy(Conflict):
    slug = "busy"
    title_vi = "Một tiến trình khác đang thực hiện việc này"
    title_en = "Another process is doing this"


def session_options(role: str | None) -> str:
    """The libpq ``options`` every connection of ours carries; ``role`` is the service, None the login role itself."""
    parts = ["-c search_path=queue", "-c timezone=UTC", "-c lock_timeout=30s", "-c idle_in_transaction_session_timeout=10min"]
    return " ".join(([f"-c role={role}"] if role else []) + parts)


def libpq_url(url: str) -> str:
    """The DSN without SQLAlchemy's driver part, as psycopg and procrastinate want it."""
    return address(url).set(drivername="postgresql").render_as_string(hide_password=False)


def address(url: str) -> URL:
    """Raises AddressInvalid without repeating the text, which may hold a password."""
    try:
        return make_url(url)
    except ArgumentError as error:
        hint = "Write DATABASE_URL=postgresql://user:password@host:5432/database"
        raise AddressInvalid("DATABASE_URL is not the address of a database", hint=hint) from error


class Database:
    """Transactions of one service. ``url`` is a PostgreSQL DSN; ``role`` one of ingest, scoring, gateway."""

    def __init__(self, url: str, *, role: str | None, pool_size: int = 5) -> None:
        self.url = libpq_url(url)
        self.role = role
        driver: URL = address(url).set(drivername="postgresql+psycopg")
        self.engine: AsyncEngine = create_async_engine(
            driver,
            pool_size=pool_size,
            max_overflow=0,
            hide_parameters=True,
            connect_args={"options": session_options(role)},
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Read-committed, committed at the end; a change without an audit row is refused by the database itself."""
        async with self._connection() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Read-only and repeatable: all statements see one instant."""
        async with self._connection() as connection:
            # Said by BEGIN itself: most reads are one or two statements, and each more is a round trip.
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[None]:
        """One holder of ``name`` in the whole database; another gets Busy at once. Released when the holder dies."""
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        async with self._connection() as connection:
            if not await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
                raise Busy(f"{name}: another worker holds it", hint="Wait until it has ended and ask again.")
            await connection.commit()
            try:
                yield
            finally:
                await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
                await connection.commit()

    def connect_sync(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A blocking connection with the same role, for bulk loads in a worker thread."""
        return psycopg.connect(self.url, options=session_options(self.role))

    async def close(self) -> None:
        await self.engine.dispose()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            connection = await self.engine.connect()
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise DatabaseUnavailable("no connection to PostgreSQL", hint="Check DATABASE_URL and the server.") from error
        try:
            yield connection
        finally:
            await connection.close()


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """A connection that the server closed while it lay idle is not lent: the pool opens another one.

    The kernel knows: a socket from which there is something to read before anything was asked holds the end of the connection,
    or the server's word that it goes. Asking the server instead would be a round trip before every transaction.
    """
    waiting = select.poll()
    waiting.register(connection.driver_connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise DisconnectionError("closed by the server while idle")


async def rows(connection: AsyncConnection, statement: Any, parameters: Row | None = None) -> list[Row]:
    """All rows of a statement as plain dicts."""
    result = await connection.execute(statement, parameters or {})
    return [dict(row) for row in result.mappings()]


async def row(connection: AsyncConnection, statement: Any, parameters: Row | None = None) -> Row | None:
    """The one row of a statement, or None."""
    result = await connection.execute(statement, parameters or {})
    found = result.mappings().one_or_none()
    return None if found is None else dict(found)


async def every(connection: AsyncConnection, kind: type[Kind], statement: Any, parameters: Row | None = None) -> list[Kind]:
    """All rows of a statement, each as a record: a dataclass whose fields are the statement's columns."""
    result = await connection.execute(statement, parameters or {})
    return [kind(**row) for row in result.mappings()]


async def one(connection: AsyncConnection, kind: type[Kind], statement: Any, parameters: Row | None = None) -> Kind | None:
    """The one row of a statement as a record, or None."""
    result = await connection.execute(statement, parameters or {})
    found = result.mappings().one_or_none()
    return None if found is None else kind(**found)


async def insert_row(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> None:
    """Asks nothing back: a session may write what it may not read."""
    await connection.execute(table.insert().values(**values))


async def insert_record(connection: AsyncConnection, table: Table, kind: type[Record], values: Mapping[str, Any]) -> Record:
    """The row as it stands in the database, as a record: of the table's columns those that are its fields."""
    columns = [table.c[each.name] for each in fields(kind)]
    result = await connection.execute(table.insert().values(**values).returning(*columns))
    return kind(**result.mappings().one())


async def schema_revision(connection: AsyncConnection) -> str | None:
    """The migration the database stands at."""
    revision: str | None = await connection.scalar(text("SELECT version_num FROM public.alembic_version"))
    return revision


def is_row_security(error: exc.DBAPIError) -> bool:
    """Whether a policy refused the row; triggers of ours refuse with the same SQLSTATE, from within PL/pgSQL."""
    refused = error.orig
    if not isinstance(refused, psycopg.errors.InsufficientPrivilege):
        return False
    return refused.diag.source_function == "ExecWithCheckOptions"
