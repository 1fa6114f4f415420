"""Where the embedded server lives: the files below `<data_dir>/postgres`, their modes and their locks."""

import contextlib
import fcntl
import json
import os
import pwd
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from shared.postgres.errors import ClusterBrokenError, DirectoryUnusableError, NoPortError

# PostgreSQL keeps paths in buffers of 1024 bytes (MAXPGPATH); names of its own files need some of them.
LONGEST_PATH = 900
PORTS = range(20_000, 32_000)
PASSWORD_ROLES = ("postgres", "owner", "app")


@dataclass(frozen=True)
class Account:
    """The user a server started by root runs as: PostgreSQL refuses to run as uid 0."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    data_dir: Path

    @property
    def state(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def cluster(self) -> Path:
        return self.state / "cluster"

    @property
    def log(self) -> Path:
        return self.cluster / "log"

    @property
    def messages(self) -> Path:
        return self.state / "messages.txt"

    @property
    def server_lock(self) -> Path:
        return self.state / "server.lock"

    @property
    def users_lock(self) -> Path:
        return self.state / "users.lock"

    def prepare(self) -> None:
        """Makes our own two directories 0700 where they are missing. A directory that is there keeps its mode."""
        if len(os.fsencode(self.cluster)) > LONGEST_PATH:
            raise DirectoryUnusableError(self.data_dir, f"its path is longer than {LONGEST_PATH} bytes")
        try:
            for path in (self.data_dir, self.state):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in (self.server_lock, self.users_lock):
                os.close(_open_private(path))
        except OSError as error:
            raise DirectoryUnusableError(self.data_dir, f"{error.strerror} ({error.filename})") from error

    def account(self) -> Account | None:
        """Whom the server runs as; None: as ourselves. The owner of an existing cluster goes first."""
        if os.geteuid() != 0:
            return None
        if self.cluster.exists() and (owner := self.cluster.stat()).st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return Account(entry.pw_uid, entry.pw_gid)
        raise DirectoryUnusableError(
            self.data_dir, "PostgreSQL refuses to run as root and there is neither a user 'postgres' nor 'nobody'"
        )

    def make_passwords(self) -> None:
        """Once, before the cluster: a password that is on disk before it is in the database cannot be lost."""
        target = self.state / "passwords.json"
        if target.exists():
            return
        fresh = target.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        words = {role: secrets.token_urlsafe(32) for role in PASSWORD_ROLES}
        write_private(fresh, json.dumps(words, indent=1))
        fresh.rename(target)

    def passwords(self) -> dict[str, str]:
        """Role → password. Raises ClusterBrokenError where the file is lost: nobody can log in without it."""
        target = self.state / "passwords.json"
        try:
            words = json.loads(target.read_text(encoding="ascii"))
            return {role: str(words[role]) for role in PASSWORD_ROLES}
        except PermissionError as error:
            raise DirectoryUnusableError(self.data_dir, f"{target} belongs to another user") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ClusterBrokenError(self.state, f"passwords.json cannot be read ({error!r})") from error

    def port(self) -> int | None:
        """The port the server was last started on."""
        try:
            port = int((self.state / "port").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        return port if 0 < port < 65536 else None

    def choose_port(self) -> int:
        """The last port while nobody else has it, else a free one. Written in place, so that its owner stays."""
        last = self.port()
        port = last if last is not None and _is_free(last) else _free_port()
        write_private(self.state / "port", str(port))
        return port


def write_private(path: Path, text: str) -> None:
    with os.fdopen(_open_private(path), "r+", encoding="ascii") as file:
        file.write(text)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _open_private(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_lock(path: Path, operation: int) -> int | None:
    """A new descriptor that holds the flock, or None while others hold it. Closing all its copies frees it."""
    descriptor = _open_private(path)
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError as error:
        os.close(descriptor)
        raise DirectoryUnusableError(path.parent, f"its file system gives no file locks ({error.strerror})") from error
    return descriptor


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As PostgreSQL itself does: connections of the last server that linger in TIME_WAIT are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    """Below the range the kernel hands to outgoing connections, any of which could take the port between two starts."""
    for _ in range(100):
        port = PORTS.start + secrets.randbelow(len(PORTS))
        if _is_free(port):
            return port
    raise NoPortError(PORTS)
