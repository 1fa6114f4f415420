"""Requests a second and p99 by ``wrk``, where it is on PATH."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

_RATE = re.compile(r"Requests/sec:\s+([0-9.]+)")
_P99 = re.compile(r"^\s+99%\s+([0-9.]+)(us|ms|s)", re.MULTILINE)
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True)
class Measured:
    """``p99`` in seconds."""

    rate: float
    p99: float


def installed() -> str | None:
    return shutil.which("wrk")


def measure(url: str, headers: Mapping[str, str], *, seconds: int, connections: int = 32) -> Measured:
    """One thread, ``connections`` keep-alive connections. Raises ValueError when wrk says something else than expected."""
    given = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command = [str(installed()), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *given, url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate, p99 = _RATE.search(said), _P99.search(said)
    if rate is None or p99 is None or "Non-2xx or 3xx" in said or "Socket errors" in said:
        raise ValueError(f"wrk said:\n{said}")
    return Measured(float(rate[1]), float(p99[1]) * _UNITS[p99[2]])
