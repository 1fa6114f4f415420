"""Dying with the parent: asked of the kernel where it can, watched for everywhere."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_LOOK_EVERY = 0.5


class ParentGone(RuntimeError):
    """The parent ended before we could tie our life to it."""


def die_with_parent(parent: int) -> None:
    """End this process when ``parent`` ends, also when that one is killed.

    The kernel's signal follows the *thread* that started us: a parent that starts us from a short-lived thread would
    end us too early, so start us from its main thread. The watch covers other systems and a parent that was
    gone before we asked. Nothing here holds state, so SIGKILL is the surest signal. Raises ``ParentGone``.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        raise ParentGone(f"parent {parent} has ended")
    threading.Thread(target=_watch, args=(parent,), daemon=True, name="parent-watch").start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGKILL)
