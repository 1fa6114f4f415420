"""Real processes of the product: started, waited for, stopped, and looked for afterwards."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 60.0
ROOT = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    """This process's environment without settings of the product, plus ``more``."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BANGDIEM_", "DATABASE_"))}
    return {**clean, "PYTHONPATH": str(ROOT), **more}


def bangdiem(*words: str, env: Mapping[str, str], check: bool = True) -> subprocess.CompletedProcess[str]:
    """One command of the command line, to its end."""
    command = [sys.executable, "-m", "services.cli", *words]
    done = subprocess.run(command, env=dict(env), capture_output=True, text=True, timeout=PATIENCE * 2, check=False)
    if check and done.returncode:
        raise AssertionError(f"{words} → {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


class Process:
    """A long-running command; its standard error is read as it comes."""

    def __init__(self, *words: str, env: Mapping[str, str]) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-m", "services.cli", *words],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, pattern: str) -> re.Match[str]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for line in tuple(self.lines):
                if found := re.search(pattern, line):
                    return found
            if self.child.poll() is not None:
                break
            self._reader.join(0.02)
        raise AssertionError(f"no {pattern!r} in time:\n" + "".join(self.lines))

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        code = self.child.wait(timeout=30)
        self._reader.join(5)
        if self.child.stderr is not None:
            self.child.stderr.close()
        return code

    def _read(self) -> None:
        if self.child.stderr is not None:
            self.lines.extend(iter(self.child.stderr.readline, ""))


@contextmanager
def sandbox(directory: Path, *options: str) -> Iterator[dict[str, Any]]:
    """The stand-in sources; gives what their port file says."""
    port_file = directory / "sandbox.json"
    command = [sys.executable, "-m", "deploy.sandbox", "--port-file", str(port_file), *options]
    child = subprocess.Popen(command, env=environment(), cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE
        while not port_file.exists():
            if time.monotonic() > end or child.poll() is not None:
                raise AssertionError("the sandbox did not start")
            threading.Event().wait(0.02)
        yield json.loads(port_file.read_text("utf-8"))
    finally:
        child.terminate()
        child.wait(timeout=10)


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """A demo on this directory, which serves; gives what to open, which is its last word."""
    command = [sys.executable, "-u", "-m", "services.cli", "demo", "--port", "0", "--data-dir", str(data)]
    with subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        address = None
        while address is None and (line := child.stdout.readline()):
            address = re.search(r"Mở bảng điểm trong trình duyệt: (http://\S+)/$", line.rstrip())
        assert address is not None, "the demo ended without an address"
        try:
            yield address[1]
        finally:
            child.terminate()
        rest = child.stdout.read()
        child.wait(timeout=PATIENCE)
        assert rest == "", "nothing is said after the address"


def stop_all(processes: Sequence[Process]) -> list[int]:
    for process in processes:
        process.child.terminate()
    return [process.ended() for process in processes]
