"""Twelve months of the stand-in sources are back-filled by one command that is killed once and goes on (OPS-02).

Each run is what scoring that month alone gives, here and in an installation of its own. Demo data.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from deploy.sandbox.environment import variables
from deploy.sandbox.files import official_file
from deploy.sandbox.months import Month
from shared.postgres import EmbeddedPostgres
from tests.conftest import TEMPLATE
from tests.e2e import processes
from tests.e2e.processes import ROOT, bangdiem, environment

# The product's clock there: the year is over, its last report deadline too.
INSTANT = "2027-01-12T08:00:00+07:00"
MONTHS = [f"2026-{number:02}" for number in range(1, 13)]
REGISTERS = "government_office"
# One month is done alone in another installation.
ALONE = "2026-05"
KILLED_AFTER = 4
HELD_UP = "ndxp"
RUNNING = """SELECT c.period, c.arguments ->> 'source' FROM control.command c JOIN queue.job_run r USING (command_id)
              WHERE r.state = 'running'"""
PATIENCE = 300
WHY = ("--reason", "chấm điểm bù (dữ liệu mô phỏng)")
AT_ONCE = 3
pytestmark = [
    pytest.mark.slow("twelve months frozen and scored by real processes, one of them killed"),
    # A step a second at the least, and half a minute until a dead worker's step is given back.
    pytest.mark.timeout(900),
]


@dataclass(frozen=True)
class Terminal:
    """An operator's terminal at the later instant, over one database of its own."""

    env: Mapping[str, str]
    database: str
    folder: Path
    admin: Mapping[str, str]

    def say(self, *words: str, code: int = 0) -> Any:
        """What the command answers as JSON."""
        command = [sys.executable, "-m", "tests.e2e.later", INSTANT, *words, "--json"]
        done = subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    def begin(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.e2e.later", INSTANT, *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.env, cwd=ROOT, stdout=pipe, stderr=subprocess.DEVNULL, text=True)

    def facts(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(statement).fetchall()  # type: ignore[call-overload, no-any-return]

    def hold_up(self, source: str) -> None:
        """Its next answer comes late."""
        fault = {"source": source, "dataset": None, "mode": "slow", "times": 1, "page": None, "seconds": 60}
        headers = {"Authorization": f"Bearer {self.admin['token']}"}
        httpx.post(self.admin["faults_url"], json=fault, headers=headers, timeout=30).raise_for_status()

    def take_registers(self, month: str) -> None:
        """Nobody entered them here: they come by official file."""
        path = self.folder / f"{REGISTERS}-{month}.json"
        path.write_bytes(official_file(REGISTERS, Month.parse(month), seed=4585))
        paper = ("--document", "01/DEMO", "--author", "Văn phòng Chính phủ (mô phỏng)")
        self.say("import", REGISTERS, month, str(path), *paper, *WHY)


@pytest.fixture(scope="module")
def terminals(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Terminal]]:
    """Two installations that ask the same sources."""
    folder = tmp_path_factory.mktemp("back-fill")
    made = []
    with processes.sandbox(folder) as described:
        for name in ("test_back_fill", "test_back_fill_alone"):
            postgres.create_database(name, template=TEMPLATE)
            env = environment(
                DATABASE_URL=postgres.dsn("app", database=name).url,
                BANGDIEM_DATA_DIR=str(folder),
                BANGDIEM_GATEWAY_KEY_PEPPER="e2e-pepper-of-thirty-two-characters-or-more",
                **variables(described),
            )
            key = bangdiem("key", "create", "e2e operator", "--role", "operator", "--reason", "thử", env=env).stdout.strip()
            env = {**env, "BANGDIEM_KEY": key}
            made.append(Terminal(env, postgres.dsn("postgres", database=name).url, folder, described["admin"]))
        yield made


def test_one_command_killed_once_back_fills_a_year(terminals: list[Terminal]) -> None:
    here, alone = terminals
    with ThreadPoolExecutor(AT_ONCE) as several:
        list(several.map(here.take_registers, MONTHS))
    words = ("back-fill", "--from", MONTHS[0], "--to", MONTHS[-1], *WHY)
    first = killed(here, here.begin(*words))
    assert [line[:7] for line in first] == MONTHS[:KILLED_AFTER], first
    ((begun,),) = here.facts("SELECT command_id FROM control.command WHERE kind = 'back_fill'")
    assert here.facts(RUNNING) == [("2026-05", HELD_UP)], "in the middle of a step"

    second = here.begin(*words)
    said = second.communicate(timeout=PATIENCE)[0].splitlines()
    assert second.returncode == 0, said
    told = [line for line in said if line[:7] in MONTHS]
    assert [line[:7] for line in told] == MONTHS
    assert [line for line in told if line.endswith("đã xong từ trước")] == told[:KILLED_AFTER]
    assert any(begun in line for line in said), "the same one went on"
    assert all(" · đã chấm điểm · " in line for line in told)

    runs = dict(here.facts("SELECT period, run_id FROM scoring.run"))
    assert sorted(runs) == MONTHS, "twelve months, a run each"
    twice = "SELECT source, period FROM {} GROUP BY source, period HAVING count(*) > 1"
    assert here.facts(twice.format("ingest.snapshot")) == []
    assert here.facts("SELECT count(*) FROM ingest.snapshot") == [(len(MONTHS) * 8,)]
    with ThreadPoolExecutor(AT_ONCE) as several:
        for month, by_itself in zip(MONTHS, several.map(lambda each: here.say("score", each, *WHY), MONTHS), strict=True):
            assert (by_itself["run_id"], by_itself["new"], by_itself["agrees"]) == (runs[month], False, True)
    assert here.say("replay", runs[ALONE])["same"] is True
    assert scored_alone(alone) == here.facts(f"SELECT inputs_digest, result_digest FROM scoring.run WHERE period = '{ALONE}'")


def killed(terminal: Terminal, child: subprocess.Popen[str]) -> list[str]:
    """Its lines until it was killed, while a source of the month after them did not answer."""
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(KILLED_AFTER)]
    terminal.hold_up(HELD_UP)
    end = time.monotonic() + PATIENCE
    while [source for _, source in terminal.facts(RUNNING)] != [HELD_UP]:
        assert time.monotonic() < end, "not reached in time"
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    lines += child.communicate(timeout=PATIENCE)[0].splitlines()
    assert child.returncode == -signal.SIGKILL
    return lines


def scored_alone(terminal: Terminal) -> list[tuple[Any, ...]]:
    """Digests of a month that was frozen and scored by single commands."""
    terminal.take_registers(ALONE)
    sources = ("system57", "public_service_portal", "ndxp", "national_database", "finance", "agency_report", "records_review")
    terminal.say("freeze", ALONE, *sources, *WHY)
    terminal.say("look", "system57", ALONE, *WHY)
    terminal.say("score", ALONE, *WHY)
    return terminal.facts("SELECT inputs_digest, result_digest FROM scoring.run")
