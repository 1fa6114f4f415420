"""Starting a PostgreSQL program under its warden, and talking to that warden."""

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from shared import postgres_warden as warden
from shared.postgres.errors import ServerFailedError
from shared.postgres.place import Account, Place, try_lock

# Nothing of the caller's environment (PGOPTIONS, LD_PRELOAD, a locale) may change what the server is.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
PROJECT = Path(warden.__file__).absolute().parents[1]
# Isolated from environment, working directory and installed packages; it imports two modules of ours and no more.
WARDEN = "import sys; sys.path.append(sys.argv[1]); from shared.postgres_warden import main; main(sys.argv[2])"
# Longer than the warden needs to end anything by force.
ENDING_SECONDS = 60.0


class Guarded:
    """A PostgreSQL program kept by a warden. `lock` and the users' lock are handed on, not taken over."""

    def __init__(self, place: Place, command: list[str], *, account: Account | None, reach: Sequence[Path], lock: int) -> None:
        self.place = place
        self.program = Path(command[0]).name
        self._control, theirs = socket.socketpair()
        users = os.open(place.users_lock, os.O_RDWR | os.O_CLOEXEC)
        order = warden.Order(
            command=command,
            account=None if account is None else [account.uid, account.gid],
            reach=[str(path) for path in reach],
            parent=os.getpid(),
            control=theirs.fileno(),
            lock=lock,
            users=users,
        )
        try:
            self.process = self._start(order)
        finally:
            theirs.close()
            os.close(users)

    def _start(self, order: warden.Order) -> subprocess.Popen[bytes]:
        messages = os.open(self.place.messages, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            return subprocess.Popen(  # noqa: S603 -- our own interpreter and file, no shell
                [sys.executable, "-I", "-S", "-c", WARDEN, str(PROJECT), json.dumps(order._asdict())],
                stdin=subprocess.DEVNULL,
                stdout=messages,
                stderr=messages,
                env=ENVIRONMENT,
                cwd="/",
                pass_fds=(order.control, order.lock, order.users),
                # Ctrl-C and the end of a terminal reach the supervisor, which decides; never the server directly.
                start_new_session=True,
            )
        finally:
            os.close(messages)

    def say_ready(self) -> None:
        self._control.sendall(b"R")

    def release(self) -> bool:
        """Gives the program up. True when it is ended, False when it lives on because others use it."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        try:
            self._control.settimeout(ENDING_SECONDS)
            with contextlib.suppress(ConnectionError):
                if self._control.recv(1) == b"L":
                    return False
        finally:
            self._control.close()
        self.process.wait(ENDING_SECONDS)
        return True

    def failure(self) -> ServerFailedError:
        code = self.process.wait(ENDING_SECONDS)
        return ServerFailedError(self.program, self.place.state, exit_code=code, lines=last_lines(self.place))


def run_to_end(place: Place, command: list[str], *, account: Account | None, reach: Sequence[Path], lock: int) -> None:
    """Runs a program under a warden and waits for it. Raises ServerFailedError unless it ends with 0."""
    guarded = Guarded(place, command, account=account, reach=reach, lock=lock)
    try:
        code = guarded.process.wait()
    finally:
        guarded.release()
    if code != 0:
        raise guarded.failure()


def last_lines(place: Place, *, count: int = 12) -> tuple[str, ...]:
    """What the server said last: before its log was open, then in the newest file of its log."""
    said: list[str] = []
    with contextlib.suppress(OSError):
        logs = sorted(place.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
        for path in (*logs[-1:], place.messages):
            said += _tail(path, count)
    return tuple(said)


def _tail(path: Path, count: int) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16_384))
            return file.read().decode("utf-8", errors="replace").splitlines()[-count:]
    except OSError:
        return []


def take_lock(path: Path) -> int | None:
    return try_lock(path, fcntl.LOCK_EX)


def share_lock(path: Path) -> int | None:
    return try_lock(path, fcntl.LOCK_SH)
