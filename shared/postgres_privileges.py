"""What the warden asks of the kernel: another user, at most one capability, signals at death. Linux; elsewhere less."""

import contextlib
import ctypes
import os
import struct
import sys

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 28, 36, 38, 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 4
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522
ON_LINUX = sys.platform == "linux"
ADVICE = "Run as an ordinary user, or set DATABASE_URL"


def adopt_orphans() -> None:
    """Descendants whose parent dies become children of this process, which can then wait for them and end them."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(number: int) -> None:
    """The kernel sends this process the signal when its parent's thread ends. It can gain no privilege any more."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _prctl(PR_SET_PDEATHSIG, number)


def drop_to(uid: int, gid: int, *, reach: list[str]) -> None:
    """Leaves root for good, with no capability, or with the one that passes directories only root may enter.

    access(2), which initdb and postgres ask about their own files, looks away from capabilities of other users
    than root unless SECBIT_NO_SETUID_FIXUP is set. Without the right to set it, only the plain way is open.
    """
    if ON_LINUX:
        with contextlib.suppress(OSError):
            _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    try:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    except OSError as error:
        raise PermissionError(f"as root the server runs as uid {uid}, but {error}. {ADVICE}") from error
    if not ON_LINUX:
        return
    for mask in (0, 1 << CAP_DAC_READ_SEARCH, 1 << CAP_DAC_OVERRIDE):
        if _holds(mask) and all(os.access(path, os.X_OK) for path in reach):
            _keep_only(mask)
            return
    blocked = ", ".join(path for path in reach if not os.access(path, os.X_OK)) or "nothing"
    raise PermissionError(
        f"as root the server runs as uid {uid}, which cannot reach {blocked}, and neither CAP_DAC_READ_SEARCH nor "
        f"CAP_DAC_OVERRIDE can be given to it. {ADVICE}"
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
