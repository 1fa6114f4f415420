"""The first page of national readers over twelve published months, against the page of their own account: CPU of the gateway's
process a request. Both are signed in, framed and asked of the same gateway; what is between them is the board."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
from pydantic import SecretStr
from sqlalchemy import func, select

from services.gateway.access.auth import create_key
from shared.audit import Actor
from shared.tables.scoring import publication
from tests.integration.gateway.seeds import Seeds
from tests.perf.asking import cpu_seconds
from tests.perf.harness import Goal, Line, in_turn
from tests.perf.place import Place
from tests.perf.processes import free_port, listening, program

# 100 ms where the floor takes 8 ms, as it does on the machine of docs/performance.md.
GOAL = Goal(12)
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))
BOARD, FLOOR = "/e-form", "/e-form/account"
_ASKED = 20


def run(place: Place) -> Iterator[Line]:
    months = MONTHS if place.plan.rounds > 1 else MONTHS[:2]
    place.say(f"board: publishing {len(months)} months, the last one twice")
    place.run(_publish(place, months))
    pepper, port = secrets.token_urlsafe(48), free_port()
    key = place.run(_key(place, pepper))
    words = ("services.cli", "run", "gateway", "--port", str(port), "--data-dir", str(place.home / "data"))
    settings = {"DATABASE_URL": place.url, "BANGDIEM_GATEWAY_KEY_PEPPER": pepper}
    with (
        program(*words, ready=lambda: listening(port), environment=settings) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, follow_redirects=True) as client,
    ):
        _sign_in(client, key)
        place.say("board: the first page")
        timing = in_turn(
            place.plan.rounds,
            {"floor": _page(client, process.pid, FLOOR), "product": _page(client, process.pid, BOARD)},
        )
    yield timing.line(
        f"first page of a national reader, {len(months)} months published, CPU",
        goal=GOAL, notes=("floor: the page of the reader's own account",),
    )  # fmt: skip


async def _publish(place: Place, months: tuple[str, ...]) -> None:
    """Each as the next version of its month: other benchmarks publish here too."""
    async with place.database("gateway").read() as connection:
        found = await connection.execute(select(publication.c.period, func.max(publication.c.version)).group_by("period"))
        known = dict(found.all())
    seeds = Seeds(place.url)
    for period in months:
        await seeds.publish(period, version=known.get(period, 0) + 1)
    await seeds.keep_readings(await seeds.publish(months[-1], version=known.get(months[-1], 0) + 2))


async def _key(place: Place, pepper: str) -> str:
    database = place.database("gateway")
    who, now = Actor("local:bench"), datetime.now(UTC)
    _, key = await create_key(
        database, pepper=SecretStr(pepper), actor=who, holder="bench", roles=["reader"], reason="đo tốc độ", now=now
    )
    return key


def _sign_in(client: httpx.Client, key: str) -> None:
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', client.get("/e-form/login").text))
    client.post("/e-form/login", data={**form, "credential": key}).raise_for_status()


def _page(client: httpx.Client, pid: int, path: str) -> Callable[[], float]:
    def asked() -> float:
        before = cpu_seconds(pid)
        for _ in range(_ASKED):
            answer = client.get(path)
            if answer.status_code != httpx.codes.OK or answer.url.path != path:
                raise ValueError(f"{path}: {answer.status_code}, {answer.url.path}")
        return (cpu_seconds(pid) - before) / _ASKED

    return asked
