"""However a process ends, the server ends with the last that uses it, and nothing committed is lost."""

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from shared.postgres import EmbeddedPostgres, running
from tests.integration.postgres.conftest import (
    Holder,
    eventually,
    log_of,
    postmaster_of,
    processes_of,
    visits,
    warden_of,
)

FEW_SECONDS = 5.0


@pytest.mark.parametrize(
    ("number", "group"),
    [(signal.SIGKILL, False), (signal.SIGTERM, False), (signal.SIGINT, True), (signal.SIGKILL, True)],
    ids=["kill-9", "term", "ctrl-c", "kill-9-group"],
)
def test_nothing_is_left_and_nothing_lost(
    made: Path, hold: Callable[..., Holder], number: signal.Signals, *, group: bool
) -> None:
    holder = hold(made, "before")
    holder.url()
    assert processes_of(made)
    holder.end(number, group=group)
    eventually(lambda: not processes_of(made), seconds=FEW_SECONDS)
    with running(made) as server:
        assert visits(server.dsn("owner").url) == ["before"]


def test_ctrl_c_reaches_the_holder_only(made: Path, hold: Callable[..., Holder]) -> None:
    """A holder that still has work to finish when Ctrl-C comes keeps its server meanwhile."""
    holder = hold(made, "before", before=("/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh"))
    url = holder.url()
    os.killpg(holder.process.pid, signal.SIGINT)
    assert visits(url) == ["before"]
    holder.leave()
    assert processes_of(made) == {}


def test_kill_9_in_the_middle_of_a_statement(made: Path, hold: Callable[..., Holder]) -> None:
    """A backend that computes without looking up ends as well."""
    holder = hold(made)
    with contextlib.closing(psycopg.connect(holder.url())) as connection:
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
        holder.end(signal.SIGKILL)
        eventually(lambda: not processes_of(made), seconds=FEW_SECONDS)


def test_kill_9_of_the_postmaster_under_a_busy_backend(made: Path) -> None:
    """An orphan that computes does not notice that its postmaster is gone: the warden ends it."""
    with running(made) as server, contextlib.closing(psycopg.connect(server.dsn().url)) as connection:
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
        os.kill(postmaster_of(made), signal.SIGKILL)
        eventually(lambda: not processes_of(made), seconds=FEW_SECONDS)


def test_the_thread_that_started_the_server_may_end(made: Path) -> None:
    """The kernel's death signal is bound to a thread; the server's life is bound to the process."""
    server = EmbeddedPostgres(made)
    starter = threading.Thread(target=server.start)
    starter.start()
    starter.join()
    try:
        with pytest.raises(TimeoutError):
            server.ended.result(0.5)
        psycopg.connect(server.dsn().url).close()
    finally:
        server.stop()


def test_kill_9_of_the_warden_alone(made: Path) -> None:
    """The kernel's own signal, sent when the warden is gone, shuts the server down in order."""
    with running(made) as server:
        os.kill(warden_of(made), signal.SIGKILL)
        ended = server.ended.result(FEW_SECONDS)
        assert ended.exit_code == -signal.SIGKILL
        eventually(lambda: not processes_of(made), seconds=FEW_SECONDS)
        assert "database system is shut down" in log_of(made)


def test_kill_9_of_everything_but_the_backends(made: Path, hold: Callable[..., Holder]) -> None:
    """Holder, warden and postmaster killed at one blow; the next start waits for the last orphan and recovers."""
    holder = hold(made, "before")
    with contextlib.closing(psycopg.connect(holder.url())) as connection:
        connection.pgconn.send_query(b"SELECT pg_sleep(60)")
        for pid in (holder.process.pid, warden_of(made), postmaster_of(made)):
            os.kill(pid, signal.SIGKILL)
    with running(made) as server:
        assert visits(server.dsn("owner").url) == ["before"]
    assert processes_of(made) == {}


def test_kill_9_during_the_first_start(tmp_path: Path, hold: Callable[..., Holder]) -> None:
    state = tmp_path / "postgres"
    holder = hold(tmp_path)
    eventually(lambda: list(state.glob("unfinished-*/global")))
    holder.end(signal.SIGKILL)
    eventually(lambda: not processes_of(tmp_path), seconds=FEW_SECONDS)
    assert not (state / "cluster").exists()
    with running(tmp_path) as server:
        psycopg.connect(server.dsn().url).close()
    assert list(state.glob("unfinished-*")) == []


def test_kill_9_while_others_wait_for_the_first_start(tmp_path: Path, hold: Callable[..., Holder]) -> None:
    starter = hold(tmp_path)
    eventually(lambda: list((tmp_path / "postgres").glob("unfinished-*")))
    waiters = [hold(tmp_path, name) for name in "ab"]
    starter.end(signal.SIGKILL)
    assert len({waiter.url() for waiter in waiters}) == 1


async def test_the_supervisor_hears_that_the_server_died(made: Path) -> None:
    server = EmbeddedPostgres(made)
    await asyncio.to_thread(server.start)
    try:
        with psycopg.connect(server.dsn().url) as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT * FROM last_words")
        os.kill(postmaster_of(made), signal.SIGKILL)
        ended = await asyncio.wait_for(asyncio.wrap_future(server.ended), FEW_SECONDS)
        assert ended.exit_code == 128 + signal.SIGKILL
        assert any("last_words" in line for line in ended.lines)
        assert processes_of(made) == {}
    finally:
        await asyncio.to_thread(server.stop)


def test_a_guest_hears_it_too(made: Path, hold: Callable[..., Holder]) -> None:
    holder = hold(made)
    holder.url()
    with running(made) as guest:
        os.kill(postmaster_of(made), signal.SIGINT)
        ended = guest.ended.result(FEW_SECONDS)
        assert ended.exit_code is None
        assert any("shut down" in line for line in ended.lines)


def test_stop_cancels_the_notice(made: Path) -> None:
    with running(made) as server:
        pass
    assert server.ended.cancelled()
    server.stop()


def test_a_stale_pid_file_that_names_another_process(made: Path, hold: Callable[..., Holder]) -> None:
    """The number of a dead server was given to another process of the same user, as happens in containers."""
    holder = hold(made, "before")
    holder.url()
    pid_file = made / "postgres/cluster/postmaster.pid"
    lines = pid_file.read_text().splitlines()
    owner = pid_file.stat()
    holder.end(signal.SIGKILL)
    eventually(lambda: not processes_of(made))
    identity = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", **identity) as innocent:  # type: ignore[call-overload]
        pid_file.write_text("\n".join([str(innocent.pid), *lines[1:]]) + "\n")
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        with running(made) as server:
            assert visits(server.dsn("owner").url) == ["before"]
        assert innocent.poll() is None
        innocent.kill()
