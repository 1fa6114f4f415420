"""The files of the cluster: made whole or not at all, and looked at before a server is let near them."""

import contextlib
import os
import secrets
import shutil
from pathlib import Path

from shared.postgres.binaries import Binaries
from shared.postgres.errors import ClusterBrokenError, DirectoryUnusableError, VersionMismatchError
from shared.postgres.launch import run_to_end
from shared.postgres.place import Place, write_private

# Byte order of code points with full Unicode case mapping, the same on every machine: never the libc's collation.
INITDB_OPTIONS = (
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=PG_UNICODE_FAST",
    "--locale=C.UTF-8",
    "--no-instructions",
)
UNFINISHED = "unfinished-"


def ensure_cluster(place: Place, binaries: Binaries, *, lock: int) -> None:
    """Checks the cluster that is there, or makes one. The caller holds the server lock, so nobody else is at it.

    Raises ClusterBrokenError, VersionMismatchError, DirectoryUnusableError, ServerFailedError.
    """
    try:
        _remove_unfinished(place)
        is_there = place.cluster.exists()
        if is_there:
            _check(place, binaries)
    except PermissionError as error:
        raise DirectoryUnusableError(place.data_dir, f"{error.filename} belongs to another user") from error
    if not is_there:
        place.make_passwords()
        _make(place, binaries, lock=lock)


def has_cluster(data_dir: Path) -> bool:
    """Whether a start of a server there would find a cluster. Makes nothing. Raises DirectoryUnusableError."""
    place = Place(data_dir.absolute())
    try:
        place.cluster.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise DirectoryUnusableError(place.data_dir, f"{error.strerror} ({error.filename})") from error
    return True


def forget_stale_pid(place: Place) -> None:
    """Removes the pid file of a server that is gone; PostgreSQL takes any process with that number for the server.

    Every process of our server holds the lock the caller has just got. What can still be alive is a server someone
    started by hand on this directory; that one is known by its working directory, and is left in peace.
    """
    pid_file = place.cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text(encoding="utf-8", errors="replace").splitlines()[0])
    except FileNotFoundError:
        return
    except (ValueError, IndexError):
        pid = 0
    if pid > 0 and _works_in(pid, place.cluster):
        raise ClusterBrokenError(place.cluster, f"process {pid} serves it, started by other hands; stop it first")
    pid_file.unlink(missing_ok=True)


def is_ready(place: Place) -> bool:
    """Whether the running server says of itself that it accepts connections (last line of its pid file)."""
    try:
        lines = (place.cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return bool(lines) and lines[-1].strip() == "ready"


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False


def _check(place: Place, binaries: Binaries) -> None:
    for needed in ("PG_VERSION", "global/pg_control"):
        if not (place.cluster / needed).is_file():
            raise ClusterBrokenError(place.cluster, f"{needed} is missing")
    found, expected = (place.cluster / "PG_VERSION").read_text(encoding="ascii").strip(), binaries.major()
    if found != expected:
        raise VersionMismatchError(place.cluster, found=found, expected=expected)


def _make(place: Place, binaries: Binaries, *, lock: int) -> None:
    """Into a sibling that is renamed when whole: whatever ends us in between leaves no half cluster."""
    account = place.account()
    draft = place.state / f"{UNFINISHED}{secrets.token_hex(4)}"
    secret = draft.with_suffix(".password")
    try:
        draft.mkdir(mode=0o700)
        write_private(secret, place.passwords()["postgres"])
        if account is not None:
            for path in (draft, secret):
                os.chown(path, account.uid, account.gid)
        command = [str(binaries.initdb), f"--pgdata={draft}", f"--pwfile={secret}", *INITDB_OPTIONS]
        run_to_end(place, command, account=account, reach=[binaries.initdb, draft], lock=lock)
        draft.rename(place.cluster)
        _sync_folder(place.state)
    except OSError as error:
        raise DirectoryUnusableError(place.data_dir, f"{error.strerror} ({error.filename})") from error
    finally:
        # What cannot be removed now must not hide the reason; the next start removes it.
        with contextlib.suppress(OSError):
            _remove_unfinished(place)


def _remove_unfinished(place: Place) -> None:
    for leftover in place.state.glob(f"{UNFINISHED}*"):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
