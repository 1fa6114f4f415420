"""Keeps one PostgreSQL program and ends it when nobody needs it any more.

A program of its own (started by shared.postgres.launch, standard library only), because what has to happen between fork
and exec is safe only in a process without threads, and because somebody must be left to act when the supervisor is
killed.

ORDER is an `Order` as JSON. The warden ends with the program's exit code, with 128 + n after signal n.

Who tells it to end the program, none of them relying on the others:
- control (a socket to the supervisor) at its end: the supervisor called stop, or is gone;
- the supervisor's pidfd: it is gone, though a forked child of it may still hold the socket;
- SIGTERM, SIGINT, SIGHUP to the warden.
Should the warden itself be killed, the kernel sends the program SIGINT (PR_SET_PDEATHSIG), PostgreSQL's fast shutdown.

Once the supervisor has said "R" (ready) the program outlives it as long as others hold the shared lock on `users`; the
exclusive lock, taken and kept until the end, makes sure that nobody joins a server that is ending.
"""

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from shared import postgres_privileges as privileges

# Seconds until a stronger signal follows: fast shutdown, immediate shutdown (recovered at the next start), kill.
ESCALATION = ((0.0, signal.SIGINT), (10.0, signal.SIGQUIT), (15.0, signal.SIGKILL))
ORPHANS_SECONDS = 2.0
POLL_SECONDS = 0.1

ON_LINUX = sys.platform == "linux"


class Order(NamedTuple):
    """`reach` are the paths the account must get at; control, lock and users are inherited descriptors."""

    command: list[str]
    account: list[int] | None
    reach: list[str]
    parent: int
    control: int
    lock: int
    users: int


class Warden:
    def __init__(self, order: Order) -> None:
        self.order = order
        self.control = socket.socket(fileno=order.control)
        self.is_ready = False
        self.is_released = False
        self.is_told = False
        self.ending_since: float | None = None
        self.signals_sent = 0
        self.status: int | None = None

    def run(self) -> int:
        wake = _wake_on_signals(self._on_signal)
        parent = _open_parent(self.order.parent)
        if parent is None and ON_LINUX:
            return 125
        if ON_LINUX:
            privileges.adopt_orphans()
        self.pid = _spawn(self.order)
        watched = [wake, self.control.fileno(), *([] if parent is None else [parent])]
        while self.status is None:
            for descriptor in select.select(watched, [], [], self._patience())[0]:
                if descriptor == wake:
                    os.read(wake, 512)
                elif not self._hear(descriptor):
                    watched.remove(descriptor)
            self._reap()
            self._decide()
        self._reply(b"S")
        _end_orphans(self.order.account)
        return os.waitstatus_to_exitcode(self.status)

    def _on_signal(self, number: int, _frame: object) -> None:
        if number != signal.SIGCHLD:
            self._begin_ending()

    def _patience(self) -> float | None:
        return POLL_SECONDS if self.is_released or self.ending_since is not None else None

    def _hear(self, descriptor: int) -> bool:
        """False when nothing more can come from the descriptor: its other side is gone."""
        if descriptor == self.control.fileno():
            with contextlib.suppress(ConnectionError):
                if self.control.recv(1) == b"R":
                    self.is_ready = True
                    return True
        self.is_released = True
        return False

    def _reap(self) -> None:
        for pid, status in _ended_children():
            if pid == self.pid:
                self.status = status

    def _decide(self) -> None:
        if self.status is not None:
            return
        if self.is_released:
            if self.ending_since is not None or not self.is_ready or self._is_unused():
                self._begin_ending()
                self._reply(b"S")
            else:
                self._reply(b"L")
        self._escalate()

    def _is_unused(self) -> bool:
        try:
            fcntl.flock(self.order.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _reply(self, word: bytes) -> None:
        """Tells a supervisor that waits in `stop` whether the server ends (S) or lives on for others (L)."""
        if not self.is_told:
            self.is_told = True
            with contextlib.suppress(OSError):
                self.control.send(word)

    def _begin_ending(self) -> None:
        if self.ending_since is None:
            self.ending_since = time.monotonic()

    def _escalate(self) -> None:
        if self.ending_since is None or self.signals_sent == len(ESCALATION):
            return
        after, number = ESCALATION[self.signals_sent]
        if time.monotonic() - self.ending_since >= after:
            self.signals_sent += 1
            _send(number, self.pid, account=self.order.account)


def _wake_on_signals(handler: "signal._HANDLER") -> int:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handler)
    # The thread that started us may have had signals blocked, and a block is inherited.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    return reader


def _open_parent(pid: int) -> int | None:
    """A descriptor that becomes readable when the supervisor's process ends; unlike PDEATHSIG not bound to a thread."""
    if not ON_LINUX:
        return None
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return None
    return descriptor if os.getppid() == pid else None


def _spawn(order: Order) -> int:
    warden = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        _become_program(order, warden=warden)
    except BaseException as error:
        os.write(2, f"the server's program could not be started: {error}\n".encode())
    os._exit(126)


def _become_program(order: Order, *, warden: int) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.umask(0o077)
    # Whoever holds a copy of the lock is part of the server; the other descriptors close on exec.
    os.set_inheritable(order.lock, True)
    for descriptor in (order.control, order.users):
        os.set_inheritable(descriptor, False)
    if order.account is not None:
        uid, gid = order.account
        privileges.drop_to(uid, gid, reach=order.reach)
    if ON_LINUX:
        # After the change of uid, which clears it.
        privileges.die_with_parent(signal.SIGINT)
        if os.getppid() != warden:
            os._exit(125)
    os.execv(order.command[0], order.command)  # noqa: S606 -- our own absolute path


def _ended_children() -> Iterator[tuple[int, int]]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status


def _send(number: int, pid: int, *, account: list[int] | None) -> None:
    """A signal, sent as the program's own user where root was left without CAP_KILL."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    except PermissionError:
        if account is None or os.fork():
            return
        with contextlib.suppress(OSError):
            os.setuid(account[0])
            os.kill(pid, number)
        os._exit(0)


def _end_orphans(account: list[int] | None) -> None:
    """After the program: its own children, handed to us by the kernel. They end by themselves or are killed."""
    deadline = time.monotonic() + ORPHANS_SECONDS
    while _has_children():
        if time.monotonic() > deadline:
            for pid in _children():
                _send(signal.SIGKILL, pid, account=account)
        time.sleep(0.02)


def _has_children() -> bool:
    for _ in _ended_children():
        pass
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _children() -> list[int]:
    me = str(os.getpid())
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat", encoding="latin-1") as file:
                if file.read().rpartition(")")[2].split()[1] == me:
                    found.append(int(entry))
    return found


def main(order: str) -> None:
    code = Warden(Order(**json.loads(order))).run()
    sys.exit(code if code >= 0 else 128 - code)
