"""A command works on the installation that is there, or says that there is none and where it looked; three make one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from services.cli.application import application
from services.cli.site import DatabaseBehind, InstallationMissing, KeyPepperMissing
from shared import migrate
from shared.database import Database, address
from shared.installation import settle
from shared.postgres import EmbeddedPostgres, running
from tests.conftest import TestDatabase
from tests.e2e.processes import bangdiem, environment

MAKE = {("demo",), ("up",), ("db", "upgrade")}
WHO = ("--key", "bd_0", "--reason", "thử")
RUN, SNAPSHOT = f"run_{'0' * 26}", "snap_0"
DOCUMENT = ("--document", "01/DEMO")
OPEN: dict[tuple[str, ...], tuple[str, ...]] = {
    ("run",): ("scoring",),
    ("pull",): ("system57", "2026-01", *WHO),
    ("freeze",): ("2026-01", *WHO),
    ("look",): ("system57", "2026-01", *WHO),
    ("score",): ("2026-01", *WHO),
    ("back-fill",): ("--from", "2026-01", "--to", "2026-02", *WHO),
    ("plan",): ("2026-01", *WHO),
    ("settle",): ("2026-01", "H38", "digitised_records", "0", *DOCUMENT, *WHO),
    ("publish",): (RUN, *WHO),
    ("restore",): (f"pub_{'0' * 26}", *WHO),
    ("supersede",): (SNAPSHOT, *WHO),
    ("exempt",): ("G27", "B1", "--from", "2026-01", *DOCUMENT, *WHO),
    ("calendar",): ("2026-01", "ndxp", "cutoff", "2099-02-03T00:00:00+07:00", *WHO),
    ("withdraw",): (f"cal_{'0' * 26}", *WHO),
    ("approve",): (f"cal_{'0' * 26}", *WHO),
    ("refuse",): (f"cal_{'0' * 26}", *WHO),
    ("waiting",): ("--key", "bd_0"),
    ("import",): ("system57", "2026-01", "file.json", *DOCUMENT, "--author", "Bộ minh họa", *WHO),
    ("show",): ("2026-01",),
    ("holds",): ("2026-01",),
    ("replay",): (RUN,),
    ("explain",): ("2026-01", "H38"),
    ("what-if",): ("2026-01", "H38", "on_time_tasks=15"),
    ("diff",): ("2026-01",),
    ("rows",): ("2026-01", "H38", "A1"),
    ("snapshot", "verify"): (SNAPSHOT,),
    ("usage",): ("--period", "2026-01"),
    ("webhooks",): (),
    ("roll-up", "compute"): ("2026-Q1", "--check-until", "2099-01-01T00:00:00+07:00", *WHO),
    ("roll-up", "show"): ("2026-Q1",),
    ("revision", "draft"): ("--from", "2026-02", *DOCUMENT, *WHO),
    ("revision", "shadow"): (f"rev_{'0' * 26}", "2026-01", *WHO),
    ("revision", "sign"): (f"rev_{'0' * 26}", f"shd_{'0' * 26}", "--digest", f"sha256:{'0' * 64}", *WHO),
    ("revision", "activate"): (f"rev_{'0' * 26}", *WHO),
    ("revision", "list"): (),
    ("revision", "show"): (f"shd_{'0' * 26}",),
    ("head", "enter"): ("H38", "Người minh họa", "--from", "2026-01-15", *DOCUMENT, *WHO),
    ("head", "approve"): ("H38", f"head_{'0' * 26}", *WHO),
    ("head", "withdraw"): ("H38", f"head_{'0' * 26}", *DOCUMENT, *WHO),
    ("head", "list"): ("H38", "--key", "bd_0"),
    ("key", "create"): ("người minh họa", "--role", "operator", "--reason", "thử"),
    ("key", "rotate"): ("key_0", "--reason", "thử"),
    ("key", "list"): (),
    ("key", "revoke"): ("key_0", "--reason", "thử"),
    ("receipt-key", "list"): (),
    ("receipt-key", "rotate"): ("--reason", "thử"),
    ("receipt-key", "retire"): ("kid", "--reason", "thử"),
    ("receipt-key", "revoke"): ("kid", "--reason", "thử"),
}
CREATE = ("key", "create", *OPEN[("key", "create")])


def with_data_dir(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that works in a data directory."""
    if any(each.name == "data_dir" for each in command.params):
        yield words
    for name, each in getattr(command, "commands", {}).items():
        yield from with_data_dir(each, (*words, name))


def refused(words: tuple[str, ...]) -> str:
    """What InstallationMissing says; in this process, for there are many commands."""
    with pytest.raises(InstallationMissing) as found:
        application(words)(list(words), standalone_mode=False)
    return found.value.detail


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty, with no word of an installation in the environment."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("BANGDIEM_DATA_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_this_test_knows_every_command_that_works_in_a_data_directory() -> None:
    assert set(with_data_dir(typer.main.get_command(application([])))) == MAKE | set(OPEN)


def test_without_an_installation_every_other_command_says_so_and_makes_nothing(nowhere: Path) -> None:
    (nowhere / "file.json").write_text("{}")
    wrong = []
    for name, words in OPEN.items():
        said = refused((*name, *words))
        if said != f"no database in {nowhere / '.bangdiem'}, and DATABASE_URL is not set":
            wrong.append((name, said))
        if [path.name for path in nowhere.iterdir()] != ["file.json"]:
            wrong.append((name, "made something"))
    assert wrong == []


def test_the_folder_is_named_as_it_was_given_and_stays_as_it_is(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nowhere / "there").mkdir()
    assert f"no database in {nowhere / 'there'}," in refused(("key", "list", "--data-dir", "there"))
    monkeypatch.setenv("BANGDIEM_DATA_DIR", str(nowhere / "there"))
    assert f"no database in {nowhere / 'there'}," in refused(("show", "2026-01"))
    assert list((nowhere / "there").iterdir()) == []
    (nowhere / "file").write_text("")
    assert f"no database in {nowhere / 'file'}," in refused(("key", "list", "--data-dir", "file"))


def test_the_program_ends_with_2_and_says_what_to_do(tmp_path: Path) -> None:
    done = bangdiem(*CREATE, env=environment(BANGDIEM_DATA_DIR=str(tmp_path / "data")), check=False)
    assert (done.returncode, done.stdout) == (2, "")
    where, what = done.stderr.splitlines()
    assert where == (
        f"Chưa có hệ thống tại thư mục này: không có cơ sở dữ liệu trong {tmp_path / 'data'}, và DATABASE_URL chưa được đặt"
    )
    for words in ("--data-dir", "BANGDIEM_DATA_DIR", "DATABASE_URL", "bangdiem demo", "bangdiem up", "bangdiem db upgrade"):
        assert words in what
    assert list(tmp_path.iterdir()) == []


def test_db_upgrade_makes_one_whose_keys_open_it(tmp_path: Path) -> None:
    env = environment(BANGDIEM_DATA_DIR=str(tmp_path / "data"))
    assert json.loads(bangdiem("db", "upgrade", "--json", env=env).stdout) == {"before": None, "after": migrate.head()}
    pepper = tmp_path / "data" / "key-pepper"
    # Commands join a server that runs; each starting and ending its own would be most of the time.
    with running(tmp_path / "data"):
        key = bangdiem(*CREATE, env=env).stdout.strip()
        run = json.loads(bangdiem("score", "2026-01", "--key", key, "--reason", "thử", "--json", env=env).stdout)
        assert run["run_id"].startswith("run_")
        assert pepper.stat().st_mode & 0o777 == 0o600
        pepper.unlink()
        lost = bangdiem(*CREATE, env=env, check=False)
    assert (lost.returncode, lost.stdout, str(pepper) in lost.stderr) == (2, "", True)
    assert not pepper.exists(), "a new pepper would make keys that open nothing, and close all that are there"


def test_a_real_database_without_a_pepper_gives_no_key(
    database: TestDatabase, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.delenv("BANGDIEM_GATEWAY_KEY_PEPPER", raising=False)
    with pytest.raises(KeyPepperMissing, match="BANGDIEM_GATEWAY_KEY_PEPPER is not set") as found:
        application(CREATE)(list(CREATE), standalone_mode=False)
    assert str(nowhere / ".bangdiem" / "key-pepper") in found.value.detail
    application(["key", "list"])(["key", "list"], standalone_mode=False)
    assert list(nowhere.iterdir()) == [], "what needs no pepper works without one, and none is made"


@pytest.fixture
def bare(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[TestDatabase]:
    """A database of a real server in which nothing was made yet."""
    name = f"bare_{abs(hash(request.node.nodeid))}"
    postgres.create_database(name)
    urls = {f"{kind}_url": postgres.dsn(role, database=name).url for kind, role in
            (("owner", "owner"), ("app", "app"), ("superuser", "postgres"))}  # fmt: skip
    yield TestDatabase(name, **urls)
    postgres.drop_database(name)


def say_revision(database: TestDatabase, revision: str) -> None:
    """What a database of another version says of itself."""
    engine = create_engine(database.superuser_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE public.alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


def test_the_demo_speaks_to_no_server_and_to_no_database_of_others(tmp_path: Path, bare: TestDatabase) -> None:
    """It obeyed DATABASE_URL once, and published a demonstration's month on a real server."""
    migrate.upgrade(bare.owner_url)
    for named in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        env = environment(BANGDIEM_DATA_DIR=str(tmp_path / "new"), **{named: bare.owner_url})
        done = bangdiem("demo", "--exit", env=env, check=False)
        assert (done.returncode, done.stderr.splitlines()[0].partition(":")[0]) == (
            2,
            "Không trình diễn trên cơ sở dữ liệu này",
        )
        assert not (tmp_path / "new").exists()
    with psycopg.connect(bare.owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM control.command").fetchone() == (0,)
    env = environment(BANGDIEM_DATA_DIR=str(tmp_path / "real"))
    bangdiem("db", "upgrade", env=env)
    done = bangdiem("demo", "--exit", env=env, check=False)
    assert (done.returncode, "không phải do lệnh demo tạo" in done.stderr, "--data-dir" in done.stderr) == (2, True, True)
    with running(tmp_path / "real") as server, psycopg.connect(server.dsn("owner").url) as connection:
        assert connection.execute("SELECT kind FROM control.installation").fetchall() == [("real",)]
        assert connection.execute("SELECT count(*) FROM control.api_key").fetchone() == (0,)


def test_what_a_database_is_for_is_said_once_while_nobody_acted_in_it(bare: TestDatabase, database: TestDatabase) -> None:
    migrate.upgrade(bare.owner_url)
    with psycopg.connect(bare.owner_url) as owner:
        assert settle(owner, "demo", actor="local:test") == "demo"
        assert settle(owner, "real", actor="local:test") == "demo", "it says so already"
    for statement in ("UPDATE control.installation SET kind = 'real'", "DELETE FROM control.installation",
                      "TRUNCATE control.installation"):  # fmt: skip
        with psycopg.connect(bare.superuser_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(
            "INSERT INTO control.command (command_id, kind, period, arguments, actor, reason)"
            " VALUES ('cmd_0', 'pull', '2026-01', '{}', 'key:x', 'thử')"
        )
        with pytest.raises(psycopg.errors.CheckViolation, match="no demonstration"), owner.transaction():
            owner.execute("INSERT INTO control.installation (kind, actor, reason) VALUES ('demo', 'local:test', 'thử')")
        assert settle(owner, "demo", actor="local:test") == "real"
        owner.rollback()
    for role in ("ingest", "scoring", "gateway"):
        service = Database(bare.app_url, role=role)
        with service.connect_sync() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO control.installation (kind, actor, reason) VALUES ('real', 'x', 'x')")


def test_a_command_says_which_database_it_speaks_to(database: TestDatabase) -> None:
    done = bangdiem("key", "list", "--json", env=environment(DATABASE_URL=database.app_url))
    place = address(database.app_url)
    assert (json.loads(done.stdout), done.stderr) == (
        [], f"Cơ sở dữ liệu: {place.database} tại {place.host}:{place.port}\n",
    )  # fmt: skip
    assert str(place.password) not in done.stderr


def test_a_real_database_behind_this_version_is_named(
    bare: TestDatabase, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", bare.app_url)
    for words in (CREATE, ("show", "2026-01"), ("run", "scoring"), ("up", "--port", "0")):
        with pytest.raises(DatabaseBehind, match=f"{bare.name} on 127.0.0.1 is at no schema of ours, this version wants"):
            application(words)(list(words), standalone_mode=False)
    former = str(ScriptDirectory.from_config(migrate.config()).get_revision("head").down_revision)
    migrate.upgrade(bare.owner_url)
    say_revision(bare, former)
    with pytest.raises(DatabaseBehind, match=f"is at {former}, this version wants {migrate.head()}") as found:
        application(["key", "list"])(["key", "list"], standalone_mode=False)
    assert "bangdiem db upgrade" in str(found.value.hint)
    assert list(nowhere.iterdir()) == []
    done = bangdiem("show", "2026-01", env=environment(DATABASE_URL=bare.app_url), check=False)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False), done.stderr


def test_a_real_database_of_a_newer_version_is_let_be(
    bare: TestDatabase, nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate.upgrade(bare.owner_url)
    say_revision(bare, "9999")
    monkeypatch.setenv("DATABASE_URL", bare.app_url)
    application(["key", "list", "--json"])(["key", "list", "--json"], standalone_mode=False)
    assert (json.loads(capsys.readouterr().out), list(nowhere.iterdir())) == ([], [])


def test_a_gateway_and_a_key_under_another_pepper_are_refused_with_the_reason(database: TestDatabase) -> None:
    """Each of two gateways refused the other's keys as forged, and said nothing else."""
    first, other = (
        environment(DATABASE_URL=database.app_url, BANGDIEM_GATEWAY_KEY_PEPPER=letter * 40) for letter in ("p", "q")
    )
    bangdiem(*CREATE, env=first)
    for words in (CREATE, ("run", "gateway", "--port", "0")):
        done = bangdiem(*words, env=other, check=False)
        assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False), done.stderr
        assert "băm bằng khóa bí mật khác" in done.stderr
        assert "BANGDIEM_GATEWAY_KEY_PEPPER" in done.stderr
        assert "q" * 40 not in done.stderr
    with psycopg.connect(database.owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM control.api_key").fetchone() == (1,)
