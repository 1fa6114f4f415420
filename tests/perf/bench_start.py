"""CPU and memory of commands that need no service, against an interpreter that imports the library of their words and ends.

Each is a process of its own; its seconds are user and system time as the kernel counted them, which another program's share of
the machine hardly moves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from services.gateway.reports.form.canonical_report import digest_of
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.formats.writing import write
from services.gateway.reports.keyring import new_key, read_key
from services.gateway.reports.receipt_checks import KIND
from shared.canonical import canonical_bytes
from tests.perf.harness import Goal, Line, in_turn
from tests.perf.place import Place
from tests.perf.processes import ROOT, NotReady
from tests.unit.intake.corpus import EARLIER, FORM

FLOOR = ("-c", "import typer")
# 0.4 s where the floor takes 0.07 s, as it does on the machine of docs/performance.md.
GOAL = Goal(5.5)
# A new process inherits the peak of the one that starts it, and a benchmark is large: a small one stands between.
STARTER = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([process.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


def run(place: Place) -> Iterator[Line]:
    folder = place.home / "start"
    folder.mkdir()
    _files(folder)
    place.say("start: commands that need no service")
    proof = ("receipt", "verify", "receipt.txt", "--keys", "keys.json", "--report", "report.json")
    yield from _started("bangdiem --help", place, folder, "--help")
    yield from _started("bangdiem key create --help", place, folder, "key", "create", "--help")
    yield from _started("bangdiem simulate", place, folder, "simulate", "measures.json")
    yield from _started("bangdiem check", place, folder, "check", "report.json")
    yield from _started("bangdiem receipt verify", place, folder, *proof)


def _started(job: str, place: Place, folder: Path, *words: str) -> Iterator[Line]:
    floor, product = Started(folder, FLOOR), Started(folder, ("-m", "services.cli", *words))
    timing = in_turn(place.plan.rounds, {"floor": floor.seconds, "product": product.seconds})
    yield timing.line(f"{job}, CPU", goal=GOAL, notes=("floor: python -c 'import typer'",))
    most, least = median(product.megabytes), median(floor.megabytes)
    yield Line(job=f"{job}, memory", floor=least, product=most, unit="MB", ratio=most / least)


class Started:
    """A program run again and again to its end; ``megabytes`` are the peaks of its runs."""

    def __init__(self, folder: Path, words: tuple[str, ...]) -> None:
        self.megabytes: list[float] = []
        self._folder, self._command = folder, [sys.executable, *words]

    def seconds(self) -> float:
        """User and system CPU of one run. Raises NotReady where it ends otherwise than well."""
        command = [sys.executable, "-I", "-S", "-c", STARTER, *self._command]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        said = subprocess.run(command, cwd=self._folder, env=environment, stdout=subprocess.PIPE, check=True).stdout
        code, seconds, megabytes = json.loads(said)
        if code:
            raise NotReady(f"{' '.join(self._command)} ended with {code}")
        self.megabytes.append(float(megabytes))
        return float(seconds)


def _files(folder: Path) -> None:
    """Measures, a report, its receipt, and the keys that prove it."""
    key = read_key(new_key(), place="the benchmark")
    times = dict.fromkeys(("submitted_at", "deadline", "issued_at"), "2026-02-04T12:00:00+07:00")
    content = {"agency": "H38", "period": "2026-01", "sequence": 1, "late": False, "digest": digest_of(EARLIER), **times}
    files = {
        "measures.json": (ROOT / "tests/cases/simulate-example/input.json").read_bytes(),
        "report.json": write(EARLIER, media_type=JSON, form=FORM),
        "receipt.txt": key.sign(canonical_bytes(content), kind=KIND).encode(),
        "keys.json": json.dumps({"keys": [{**key.public, "state": "active"}]}).encode(),
    }
    for name, body in files.items():
        (folder / name).write_bytes(body)
