"""Roles, passwords and databases of a fresh embedded server, through its superuser."""

import contextlib
from collections.abc import Iterator, Mapping
from importlib.resources import files

import psycopg
from psycopg import sql

from shared.postgres.dsn import Dsn

DATABASE = "bangdiem"
SUPERUSER = "postgres"
KEPT_DATABASES = frozenset({DATABASE, "postgres", "template0", "template1"})


@contextlib.contextmanager
def connected(dsn: Dsn) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """One autocommit connection, untouched by the PG* variables that could lead it to another server."""
    with psycopg.connect(
        dsn.url, hostaddr=dsn.host, connect_timeout=2, gssencmode="disable", options="", autocommit=True
    ) as connection:
        yield connection


def login_problem(dsn: Dsn) -> str | None:
    """Why the role cannot log in, or None when it can. SCRAM proves the server knows the password as well."""
    try:
        with connected(dsn):
            return None
    except psycopg.OperationalError as error:
        return str(error).strip()


def establish(admin: Dsn, passwords: Mapping[str, str]) -> None:
    """Roles by deploy/roles.sql, the database, then the passwords: who can log in finds everything there.

    Done at every start, since it is idempotent: a first start that was killed half-way is completed by the next.
    """
    with connected(admin) as connection:
        connection.execute((files("deploy") / "roles.sql").read_bytes())
        is_there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if is_there is None:
            _create(connection, DATABASE, template=None)
        for role, password in passwords.items():
            _set_password(connection, role, password)


def create_database(admin: Dsn, name: str, *, template: str | None) -> None:
    with connected(admin) as connection:
        _create(connection, name, template=template)


def drop_database(admin: Dsn, name: str) -> None:
    if name in KEPT_DATABASES:
        raise ValueError(f"The database {name} is not dropped; only databases made by create_database are.")
    with connected(admin) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _create(connection: "psycopg.Connection[tuple[object, ...]]", name: str, *, template: str | None) -> None:
    source = sql.SQL("") if template is None else sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER owner{}").format(sql.Identifier(name), source))


def _set_password(connection: "psycopg.Connection[tuple[object, ...]]", role: str, password: str) -> None:
    """As a SCRAM verifier made here, so that no statement, and no log of statements, ever holds the password."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier.decode()))
    connection.execute(statement)
