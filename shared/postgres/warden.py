"""Keeps one PostgreSQL program and ends it when nobody needs it any more.

A program of its own (`python -I -S warden.py ORDER`, standard library only), because what has to happen between fork and
exec is safe only in a process without threads, and because somebody must be left to act when the supervisor is killed.

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
import ctypes
import fcntl
import json
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

# Seconds until a stronger signal follows: fast shutdown, immediate shutdown (recovered at the next start), kill.
ESCALATION = ((0.0, signal.SIGINT), (10.0, signal.SIGQUIT), (15.0, signal.SIGKILL))
ORPHANS_SECONDS = 5.0
POLL_SECONDS = 0.1

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 28, 36, 38, 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 4
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522
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
            _prctl(PR_SET_CHILD_SUBREAPER, 1)
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
        _end_orphans()
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
            os.kill(self.pid, number)


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
        _drop_to(uid, gid, reach=order.reach)
    if ON_LINUX:
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
        # After the change of uid, which clears it.
        _prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != warden:
            os._exit(125)
    os.execv(order.command[0], order.command)  # noqa: S606 -- our own absolute path


def _drop_to(uid: int, gid: int, *, reach: list[str]) -> None:
    """Leaves root for good, with no capability, or with the one that passes directories only root may enter.

    access(2), which initdb and postgres ask about their own files, looks away from capabilities of other users
    than root unless SECBIT_NO_SETUID_FIXUP is set. Without the right to set it, only the plain way is open.
    """
    if ON_LINUX:
        with contextlib.suppress(OSError):
            _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if not ON_LINUX:
        return
    for mask in (0, 1 << CAP_DAC_READ_SEARCH, 1 << CAP_DAC_OVERRIDE):
        if _holds(mask) and all(os.access(path, os.X_OK) for path in reach):
            _keep_only(mask)
            return
    blocked = ", ".join(path for path in reach if not os.access(path, os.X_OK)) or "nothing"
    raise PermissionError(
        f"as root the server runs as uid {uid}, which cannot reach {blocked}, and neither CAP_DAC_READ_SEARCH nor "
        "CAP_DAC_OVERRIDE can be given to it. Run as an ordinary user, or set DATABASE_URL"
    )


def _holds(mask: int) -> bool:
    """Makes exactly `mask` effective, the permitted set kept as it is; False where it is not permitted."""
    permitted = _permitted()
    if mask & ~permitted:
        return False
    _capset(effective=mask, permitted=permitted, inheritable=mask)
    return True


def _keep_only(mask: int) -> None:
    _capset(effective=mask, permitted=mask, inheritable=mask)
    for capability in range(mask.bit_length()):
        if mask >> capability & 1:
            _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def _permitted() -> int:
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    data = ctypes.create_string_buffer(24)
    _check(_libc().capget(header, data))
    words = struct.unpack("6I", data.raw)
    return int(words[1] | words[4] << 32)


def _capset(*, effective: int, permitted: int, inheritable: int) -> None:
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    sets = (effective, permitted, inheritable)
    data = struct.pack("6I", *(each & 0xFFFFFFFF for each in sets), *(each >> 32 for each in sets))
    _check(_libc().capset(header, data))


def _prctl(option: int, *values: int) -> None:
    words = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    _check(_libc().prctl(option, *words))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _ended_children() -> Iterator[tuple[int, int]]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status


def _end_orphans() -> None:
    """After the program: its own children, handed to us by the kernel. They end by themselves or are killed."""
    deadline = time.monotonic() + ORPHANS_SECONDS
    while _has_children():
        if time.monotonic() > deadline:
            for pid in _children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
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


if __name__ == "__main__":
    code = Warden(Order(**json.loads(sys.argv[1]))).run()
    sys.exit(code if code >= 0 else 128 - code)
