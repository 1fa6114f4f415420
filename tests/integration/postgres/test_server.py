"""What a running server is: who gets in, from where, with which settings, roles and databases."""

import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from shared.postgres import EmbeddedPostgres
from tests.integration.postgres.conftest import binaries_package

ROLES_SQL = Path(__file__).parents[3] / "deploy" / "roles.sql"


def ask(url: str, question: str, **options: str) -> list[tuple[object, ...]]:
    with psycopg.connect(make_conninfo(url, **options)) as connection:
        return connection.execute(question.encode()).fetchall()


@pytest.mark.parametrize("role", ["app", "owner", "postgres"])
@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_refused(server: EmbeddedPostgres, role: str, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"password authentication failed|no password supplied"):
        ask(server.dsn(role).url, "SELECT 1", password=password)


def test_only_loopback_listens(server: EmbeddedPostgres) -> None:
    port = f":{server.dsn().port:04X}"
    listening = [
        fields[1].removesuffix(port)
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for fields in map(str.split, Path(table).read_text().splitlines()[1:])
        if fields[3] == "0A" and fields[1].endswith(port)
    ]
    assert listening == ["0100007F"]
    assert ask(server.dsn("postgres").url, "SHOW unix_socket_directories") == [("",)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("wal_level", "replica"),
        ("max_connections", "200"),
        ("shared_buffers", "256MB"),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("password_encryption", "scram-sha-256"),
        ("logging_collector", "on"),
    ],
)
def test_settings(server: EmbeddedPostgres, name: str, value: str) -> None:
    assert ask(server.dsn().url, f"SHOW {name}") == [(value,)]


def test_text_is_ordered_and_folded_alike_everywhere(server: EmbeddedPostgres) -> None:
    question = "SELECT datlocprovider::text, datlocale, lower('ĐẠI HỌC') FROM pg_database WHERE datname = 'bangdiem'"
    assert ask(server.dsn().url, question) == [("b", "PG_UNICODE_FAST", "đại học")]


def test_app_is_nothing_until_it_takes_a_role(server: EmbeddedPostgres) -> None:
    owner, app = server.dsn("owner").url, server.dsn("app").url
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA ingest_probe; GRANT USAGE ON SCHEMA ingest_probe TO ingest")
        connection.execute("CREATE TABLE ingest_probe.fact AS SELECT 1 AS n; GRANT SELECT ON ingest_probe.fact TO ingest")
    reading = "SELECT n FROM ingest_probe.fact"
    assert ask(app, reading, options="-c role=ingest") == [(1,)]
    for options in ("", "-c role=scoring", "-c role=gateway"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(app, reading, options=options)
    for role in ("owner", "postgres", "auditor"):
        with pytest.raises(psycopg.OperationalError, match="permission denied to set role"):
            ask(app, reading, options=f"-c role={role}")


def test_no_role_of_ours_is_mighty(server: EmbeddedPostgres) -> None:
    rows = ask(
        server.dsn().url,
        "SELECT rolname, rolcanlogin, rolinherit FROM pg_roles WHERE rolname !~ '^pg_' AND NOT rolsuper"
        " AND NOT rolcreaterole AND NOT rolcreatedb AND NOT rolbypassrls AND NOT rolreplication ORDER BY 1",
    )
    assert rows == [
        ("app", True, False),
        ("auditor", False, False),
        ("gateway", False, False),
        ("ingest", False, False),
        ("owner", True, True),
        ("scoring", False, False),
    ]
    assert ask(server.dsn().url, "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'bangdiem'") == [("owner",)]


def test_psql_runs_the_roles_twice(server: EmbeddedPostgres) -> None:
    for _ in range(2):
        done = psql(server)
        assert done.returncode == 0, done.stderr


def test_the_roles_refuse_a_mightier_namesake(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.dsn("postgres").url, autocommit=True) as connection:
        connection.execute("ALTER ROLE gateway BYPASSRLS")
        try:
            done = psql(server)
        finally:
            connection.execute("ALTER ROLE gateway NOBYPASSRLS")
    assert done.returncode != 0
    assert "more rights than Bảng Điểm gives them: gateway" in done.stderr


def test_databases_are_made_from_a_template_and_dropped(server: EmbeddedPostgres) -> None:
    server.create_database("mẫu")
    with psycopg.connect(server.dsn("owner", database="mẫu").url) as connection:
        connection.execute("CREATE TABLE public.kept AS SELECT 42 AS n")
    server.create_database("bản sao", template="mẫu")
    copy = server.dsn("owner", database="bản sao").url
    with closing(psycopg.connect(copy)) as connection:
        assert connection.execute("SELECT n FROM public.kept").fetchall() == [(42,)]
        server.drop_database("bản sao")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        ask(copy, "SELECT 1")
    server.drop_database("mẫu")


@pytest.mark.parametrize("name", ["bangdiem", "postgres", "template1"])
def test_the_product_s_database_is_not_dropped(server: EmbeddedPostgres, name: str) -> None:
    with pytest.raises(ValueError, match="is not dropped"):
        server.drop_database(name)


def psql(server: EmbeddedPostgres) -> subprocess.CompletedProcess[str]:
    program = binaries_package() / "pginstall/bin/psql"
    command = [str(program), "-X", "--set", "ON_ERROR_STOP=1", "--file", str(ROLES_SQL), server.dsn("postgres").url]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"LC_ALL": "C.UTF-8"})
