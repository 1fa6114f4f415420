"""Programs beside the benchmark: started, waited for, ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
_LOOK_EVERY = 0.05


class NotReady(RuntimeError):
    """A program did not get ready, or ended too early."""


@contextmanager
def program(
    *words: str, ready: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """``python -m WORDS…`` until the block ends; entered when ``ready`` says so."""
    command = [sys.executable, "-m", *words]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL)
    try:
        _await(process, ready, words[0])
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def watched(*words: str, environment: Mapping[str, str]) -> tuple[bytes, int]:
    """``python -m WORDS…`` to its end: what it wrote, and the most memory it and its children had at one time, in bytes.

    The kernel's own record of a peak is no use: a new process inherits that of the process which started it.
    """
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE) as process:
        most = 0
        while process.poll() is None:
            most = max(most, sum(_resident(pid) for pid in _family(process.pid)))
            time.sleep(_LOOK_EVERY)
        said = process.communicate()[0]
    if process.returncode:
        raise NotReady(f"{words[0]} ended with {process.returncode}")
    return said, most


def _family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return [pid, *(each for child in children for each in _family(child))]


def _resident(pid: int) -> int:
    """Its share of the memory, pages that several hold being divided among them; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _await(process: subprocess.Popen[bytes], ready: Callable[[], bool], name: str) -> None:
    until = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None:
            raise NotReady(f"{name} ended with {process.returncode} before it was ready")
        if time.monotonic() > until:
            raise NotReady(f"{name} was not ready within {PATIENCE:.0f} s")
        time.sleep(0.02)
