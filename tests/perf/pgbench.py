"""pgbench of the embedded PostgreSQL: transactions a second of a script."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from shared.database import session_options
from shared.postgres.binaries import find_binaries

_RATE = re.compile(r"^tps = ([0-9.]+) \(without initial connection time\)$", re.MULTILINE)
_FAILED = re.compile(r"number of failed transactions: ([0-9]+)")


def measure(url: str, script: Path, *, clients: int, transactions: int, first: int) -> float:
    """Runs of the script a second: each client does ``transactions``, numbered after ``first``.

    Raises ValueError when any of them fails.
    """
    program = find_binaries().folder / "pgbench"
    command = [str(program), "-n", "-M", "prepared", "-D", f"n={first}", "-c", str(clients), "-j", "1", "-t", str(transactions)]
    environment = {**os.environ, "PGOPTIONS": session_options("gateway")}
    done = subprocess.run([*command, "-f", str(script), url], capture_output=True, text=True, env=environment, check=False)
    rate, failed = _RATE.search(done.stdout), _FAILED.search(done.stdout)
    if done.returncode or rate is None or failed is None or failed[1] != "0":
        raise ValueError(f"pgbench said:\n{done.stdout}\n{done.stderr[-2000:]}")
    return float(rate[1])
