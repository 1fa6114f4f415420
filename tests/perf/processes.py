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
