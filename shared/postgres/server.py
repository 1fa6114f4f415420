"""The embedded server as its users see it: join it or start it, use it, leave it."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from shared.postgres import roles
from shared.postgres.binaries import Binaries, find_binaries
from shared.postgres.cluster import ensure_cluster, forget_stale_pid, is_ready
from shared.postgres.dsn import Dsn
from shared.postgres.errors import ClusterBrokenError, ServerFailedError, ServerUnreachableError
from shared.postgres.launch import Guarded, last_lines, share_lock, take_lock
from shared.postgres.place import Place

POLL_SECONDS = 0.02
PORT_ATTEMPTS = 5

# On the command line, where neither an edited file nor ALTER SYSTEM can undo what the project relies on.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_destination": "stderr",
    "logging_collector": "on",
    "log_directory": "log",
    "log_file_mode": "0600",
    # One file a weekday, begun anew after a week.
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] %u@%d ",
}


@dataclass(frozen=True)
class ServerEnded:
    """The server ended though nobody here asked it to. `exit_code` is None when another process had started it."""

    exit_code: int | None
    lines: tuple[str, ...]


class EmbeddedPostgres:
    """The PostgreSQL of one data directory, shared by all processes that use that directory.

    `start` and `stop` block; asyncio code calls them with asyncio.to_thread. `ended` resolves when the server ends by
    itself (`await asyncio.wrap_future(server.ended)`, or `add_done_callback`); `stop` cancels it.
    """

    def __init__(self, data_dir: Path) -> None:
        self.place = Place(data_dir.absolute())
        self.ended: Future[ServerEnded] = Future()
        self._guarded: Guarded | None = None
        self._use: int | None = None
        self._passwords: dict[str, str] = {}
        self._port = 0
        self._left = threading.Event()

    def start(self, *, patience: float = 300.0) -> None:
        """Joins the server or starts it; returns when it can be used. `patience` (seconds) covers crash recovery.

        Raises a subclass of EmbeddedPostgresError that says what to do.
        """
        if self._use is not None or self._left.is_set():
            raise RuntimeError("This server was started before; make a new EmbeddedPostgres for the next start.")
        binaries = find_binaries()
        self.place.prepare()
        deadline, problem = time.monotonic() + patience, "not tried"
        while time.monotonic() < deadline:
            found = self._attempt(binaries, deadline)
            if found is None:
                self._watch()
                return
            problem = found
            time.sleep(POLL_SECONDS)
        raise ServerUnreachableError(self.place.state, seconds=patience, last=problem)

    def stop(self) -> None:
        """Leaves the server. If nobody else uses it, it is shut down in order before this returns."""
        if self._use is None:
            return
        self._left.set()
        self.ended.cancel()
        os.close(self._use)
        self._use = None
        if self._guarded is not None:
            self._guarded.release()

    def dsn(self, role: str = "app", *, database: str = roles.DATABASE) -> Dsn:
        """Address for the role `app` (services) or `owner` (migrations); `postgres` is the superuser."""
        if self._use is None:
            raise RuntimeError("The embedded server is not started: no address yet.")
        return Dsn(port=self._port, role=role, password=self._passwords[role], database=database)

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """A database of the role owner, a copy of `template` if named; nobody may be connected to the template."""
        roles.create_database(self.dsn(roles.SUPERUSER, database="postgres"), name, template=template)

    def drop_database(self, name: str) -> None:
        """Also when somebody is connected. Refuses (ValueError) the databases create_database has not made."""
        roles.drop_database(self.dsn(roles.SUPERUSER, database="postgres"), name)

    def _attempt(self, binaries: Binaries, deadline: float) -> str | None:
        """None once the server can be used, else why not yet.

        The users' lock is kept only on success: a server whose starter was killed half-way ends when it is unused.
        """
        use = share_lock(self.place.users_lock)
        if use is None:
            return "it is ending"
        try:
            problem = self._start_or_join(binaries, deadline)
            if problem is None:
                self._use, use = use, None
            return problem
        finally:
            if use is not None:
                os.close(use)

    def _start_or_join(self, binaries: Binaries, deadline: float) -> str | None:
        lock = take_lock(self.place.server_lock)
        if lock is None:
            return self._join()
        try:
            self._launch(binaries, lock=lock, deadline=deadline)
        finally:
            os.close(lock)
        return None

    def _join(self) -> str | None:
        """A login, not a pid, proves that the server is there and that it is ours."""
        port = self.place.port()
        if port is None:
            return "it has no port yet"
        words = self.place.passwords()
        problem = roles.login_problem(Dsn(port=port, role="app", password=words["app"], database=roles.DATABASE))
        if problem is None:
            self._passwords, self._port = words, port
        return problem

    def _launch(self, binaries: Binaries, *, lock: int, deadline: float) -> None:
        ensure_cluster(self.place, binaries, lock=lock)
        self._passwords = self.place.passwords()
        for attempt in range(PORT_ATTEMPTS):
            forget_stale_pid(self.place)
            self._port = self.place.choose_port()
            guarded = Guarded(
                self.place,
                [str(binaries.postgres), "-D", str(self.place.cluster), *_settings(self._port)],
                account=self.place.account(),
                reach=[binaries.postgres, self.place.cluster],
                lock=lock,
            )
            try:
                self._await_ready(guarded, deadline)
                roles.establish(self._admin(), self._passwords)
                guarded.say_ready()
            except BaseException as error:
                guarded.release()
                is_port_lost = isinstance(error, ServerFailedError) and error.says("could not bind IPv4")
                if is_port_lost and attempt + 1 < PORT_ATTEMPTS:
                    continue
                raise
            self._guarded = guarded
            return

    def _await_ready(self, guarded: Guarded, deadline: float) -> None:
        while not is_ready(self.place):
            if guarded.process.poll() is not None:
                raise guarded.failure()
            if time.monotonic() > deadline:
                raise ServerUnreachableError(self.place.state, seconds=0.0, last="it does not get ready")
            time.sleep(POLL_SECONDS)
        problem = roles.login_problem(self._admin())
        if problem is not None:
            raise ClusterBrokenError(self.place.state, f"passwords.json does not open it ({problem})")

    def _admin(self) -> Dsn:
        return Dsn(
            port=self._port,
            role=roles.SUPERUSER,
            password=self._passwords[roles.SUPERUSER],
            database="postgres",
        )

    def _watch(self) -> None:
        watch = self._watch_warden if self._guarded is not None else self._watch_lock
        threading.Thread(target=watch, name="embedded-postgres", daemon=True).start()

    def _watch_warden(self) -> None:
        if self._guarded is not None:
            self._report(self._guarded.process.wait())

    def _watch_lock(self) -> None:
        """Somebody else's child: the freed lock tells that the last of its processes is gone."""
        while not self._left.wait(0.25):
            lock = share_lock(self.place.server_lock)
            if lock is not None:
                os.close(lock)
                self._report(None)
                return

    def _report(self, exit_code: int | None) -> None:
        if self.ended.set_running_or_notify_cancel():
            self.ended.set_result(ServerEnded(exit_code, last_lines(self.place)))


@contextlib.contextmanager
def running(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    """The server of a data directory for the length of a block: joined if it runs, else started and stopped again."""
    server = EmbeddedPostgres(data_dir)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _settings(port: int) -> list[str]:
    return [word for name, value in ({"port": str(port)} | SETTINGS).items() for word in ("-c", f"{name}={value}")]
