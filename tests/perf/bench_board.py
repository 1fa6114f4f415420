"""Every board with data over the demo's month and eleven more published ones, against the page of a reader's own account: CPU
of the gateway's process a request. All are asked of the same gateway; the pages are signed in and framed like the floor, so
that what is between them is the board. Of the operators' board the wall time of its one call stands beside."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import func, select

from shared.database import Database
from shared.postgres import running
from shared.tables.scoring import publication
from tests.integration.gateway.seeds import Seeds
from tests.perf.asking import cpu_seconds
from tests.perf.harness import Goal, Line, in_turn
from tests.perf.place import Place
from tests.perf.processes import ROOT, free_port, listening, program

# 100 ms, and 300 ms by the clock, where the floor takes 8 ms, as it does on the machine of docs/performance.md.
GOAL, GOAL_WALL = Goal(12), Goal(37)
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))
CLOSING = "2026-02"
FLOOR = "/e-form/account"
API = "/api/v1"
BODY = "H38"
_ASKED = 20


@dataclass(frozen=True)
class Board:
    """An address as one person asks it."""

    name: str
    who: str
    path: str


BOARDS = (
    Board("first page of a body's drafter", "drafter", "/e-form"),
    Board("first page of a body's signer", "signer", "/e-form"),
    Board("operators' board, the open month", "operator", "/e-form"),
    Board("operators' board, a month that is closing", "operator", f"/e-form/operations?period={CLOSING}"),
    Board("first page of a national reader", "reader", "/e-form"),
    Board("first page of a publisher", "publisher", "/e-form"),
    Board("GET /trends", "reader", f"{API}/trends"),
    Board("GET a month's edges", "reader", f"{API}/periods/2026-01/edges"),
)
OPERATORS = Board(
    "GET /operator-board, five national sources and 56 bodies", "operator", f"{API}/operator-board?period={CLOSING}"
)


def run(place: Place) -> Iterator[Line]:
    months = MONTHS if place.plan.rounds > 1 else MONTHS[:2]
    data = place.home / "demo"
    place.say("board: the demo, from its first step to the published table")
    command = [sys.executable, "-m", "services.cli", "demo", "--exit", "--data-dir", str(data)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with running(data) as server:
        place.say(f"board: publishing {len(months)} months, the last one twice")
        place.run(_publish(server.dsn("app").url, months))
        port = free_port()
        words = ("services.cli", "run", "gateway", "--port", str(port), "--data-dir", str(data))
        with program(*words, ready=lambda: listening(port)) as process:
            clients = {who: _client(port, key) for who, key in _keys(data).items()}
            try:
                yield from _lines(place, process.pid, clients, len(months))
            finally:
                for client in clients.values():
                    client.close()


def _lines(place: Place, pid: int, clients: Mapping[str, httpx.Client], months: int) -> Iterator[Line]:
    place.say("board: every board in turn")
    floor = _asked(clients["reader"], FLOOR, lambda: cpu_seconds(pid))
    subjects = {board.name: _asked(clients[board.who], board.path, lambda: cpu_seconds(pid)) for board in BOARDS}
    timing = in_turn(place.plan.rounds, {"floor": floor, **subjects})
    for board in BOARDS:
        yield timing.line(
            f"{board.name}, {months} months published, CPU",
            goal=GOAL, product=board.name, notes=("floor: the page of the reader's own account",),
        )  # fmt: skip
    walls = {
        "floor": _asked(clients["reader"], FLOOR, time.perf_counter),
        "product": _asked(clients[OPERATORS.who], OPERATORS.path, time.perf_counter),
    }
    yield in_turn(place.plan.rounds, walls).line(f"{OPERATORS.name}, by the clock", goal=GOAL_WALL)


async def _publish(url: str, months: tuple[str, ...]) -> None:
    """Each as the next version of its month, which the demo's own has already."""
    database = Database(url, role="gateway")
    try:
        async with database.read() as connection:
            found = await connection.execute(select(publication.c.period, func.max(publication.c.version)).group_by("period"))
            known = dict(found.all())
    finally:
        await database.close()
    seeds = Seeds(url)
    for period in months:
        if period not in known:
            await seeds.publish(period, version=1)
    # A month whose last run is not published looks for what holds it.
    await seeds.run(CLOSING)
    await seeds.keep_readings(await seeds.publish(months[-1], version=known.get(months[-1], 1) + 1))


def _keys(data: Path) -> dict[str, str]:
    """Of the demo's people."""
    national = json.loads((data / "demo-keys.json").read_text("utf-8"))
    body = json.loads((data / "demo-agency-keys.json").read_text("utf-8"))[BODY]
    return {**national, "drafter": body["agency_drafter"], "signer": body["agency_signer"]}


def _client(port: int, key: str) -> httpx.Client:
    """Signed in for pages, with the key for the API."""
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, follow_redirects=True)
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', client.get("/e-form/login").text))
    client.post("/e-form/login", data={**form, "credential": key}).raise_for_status()
    client.headers["authorization"] = f"Bearer {key}"
    return client


def _asked(client: httpx.Client, path: str, clock: Callable[[], float]) -> Callable[[], float]:
    """Seconds a request, as the clock counts them."""

    def asked() -> float:
        before = clock()
        for _ in range(_ASKED):
            answer = client.get(path)
            if answer.status_code != httpx.codes.OK or answer.url.path != path.partition("?")[0]:
                raise ValueError(f"{path}: {answer.status_code}, {answer.url.path}")
        return (clock() - before) / _ASKED

    return asked
