"""GET of a published sheet and of every kind of public page, and the 304 of who has it, by the real gateway against a bare
ASGI callable sending the same bytes.

One worker each, loopback. The client shares the machine with the servers, so the ratio is of the server's CPU time a
request: what a worker could answer if it had a processor to itself. p99 is what the client sees. With wrk on PATH its rates
stand beside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from services.scoring import store
from tests.perf import sheets, wrk
from tests.perf.asking import Answer, Load, ask, load, request
from tests.perf.harness import Goal, Line, spread
from tests.perf.place import Place, audited
from tests.perf.processes import free_port, listening, program
from tests.perf.reporting import PEPPER
from tests.rolled import insert_roll_up

GOAL_GET, GOAL_304, GOAL_P99 = Goal(0.90, "≥"), Goal(0.85, "≥"), Goal(3)
AGENCIES = 56
SHEET, UNCHANGED = "/api/v1/periods/2026-01/scores", "/api/v1/periods/2026-01/unread"
QUARTER = "2026-Q1"
PAGES = {
    "front page": "/",
    "month's page": "/periods/2026-01",
    "page of a body": "/periods/2026-01/agencies/H38",
    "page of the scheme": "/periods/2026-01/scheme",
    "page of a quarter": f"/quarters/{QUARTER}",
}
# What a browser accepts is nothing that can be known by heart.
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
WRK_SECONDS = 1
# uvicorn puts these on every answer by itself.
SERVERS_OWN = frozenset({"date", "server"})


class FloorDiffers(ValueError):
    """The floor does not send what the gateway sends."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    pid: int
    port: int


@dataclass(frozen=True)
class Case:
    """One answer, asked of both: ``paths`` by server, the same headers."""

    name: str
    goal: Goal
    goal_p99: Goal | None
    paths: Mapping[str, str]
    headers: Mapping[str, str]
    body_size: int


def run(place: Place) -> Iterator[Line]:
    place.say("gateway: publishing a sheet")
    place.run(_publish(place))
    port = free_port()
    # As an operator starts it: loop, socket and logging are those of the command line.
    words = ("services.cli", "run", "gateway", "--port", str(port), "--data-dir", str(place.home / "data"))
    settings = {"DATABASE_URL": place.url, "BANGDIEM_GATEWAY_KEY_PEPPER": PEPPER.get_secret_value()}
    with program(*words, ready=lambda: listening(port), environment=settings) as process:
        whole = ask(port, SHEET)
        pages = {name: (path, ask(port, path, BROWSER)) for name, path in PAGES.items()}
        had = {"If-None-Match": dict(whole.headers).get("etag", "")}
        unchanged = ask(port, SHEET, had)
        found = [whole.status, unchanged.status, *(page.status for _, page in pages.values())]
        if found != [200, 304, *(200 for _ in pages)]:
            raise ValueError(f"expected 200, 304 and 200 of every page, not {found}")
        cases = (
            Case(
                f"GET a {len(whole.body) / 1000:.0f} KB sheet", GOAL_GET, GOAL_P99, {"floor": SHEET, "product": SHEET}, {},
                len(whole.body),
            ),
            *(
                Case(
                    f"GET the {name}, {len(page.body) / 1000:.0f} KB", GOAL_GET, GOAL_P99, {"floor": path, "product": path},
                    BROWSER, len(page.body),
                )
                for name, (path, page) in pages.items()
            ),
            Case("GET → 304", GOAL_304, None, {"floor": UNCHANGED, "product": SHEET}, had, 0),
        )  # fmt: skip
        answers = {SHEET: whole, UNCHANGED: unchanged, **dict(pages.values())}
        yield from _beside_floor(place, Server(process.pid, port), answers, cases)


async def _publish(place: Place) -> None:
    document = sheets.document(AGENCIES)
    row = sheets.run_row(document)
    header, renderings = sheets.publication_rows(row)
    async with place.database("scoring").transaction() as connection:
        await store.insert_run(connection, row)
        await store.insert_publication(connection, header, renderings)
        await audited(connection, header["publication_id"])
    codes = tuple(each["agency"] for each in document["agencies"])
    insert_roll_up(place.superuser_url, QUARTER, agencies=codes, published=True)


def _beside_floor(place: Place, ours: Server, answers: Mapping[str, Answer], cases: tuple[Case, ...]) -> Iterator[Line]:
    file, port = place.home / "answers.json", free_port()
    file.write_text(json.dumps({path: _plain(answer) for path, answer in answers.items()}), "utf-8")
    with program("tests.perf.bare", str(file), str(port), ready=lambda: listening(port)) as bare:
        servers = {"floor": Server(bare.pid, port), "product": ours}
        for path, expected in answers.items():
            found = ask(port, path)
            if (found.status, found.body, len(found.headers)) != (expected.status, expected.body, len(expected.headers)):
                raise FloorDiffers(path)
        for case in cases:
            place.say(f"gateway: {case.name}")
            yield from _by_cpu(place, case, servers)
            if wrk.installed():
                yield from _by_wrk(place, case, servers)


def _plain(answer: Answer) -> dict[str, object]:
    headers = [pair for pair in answer.headers if pair[0] not in SERVERS_OWN]
    return {"status": answer.status, "headers": headers, "body": answer.body.decode()}


def _by_cpu(place: Place, case: Case, servers: Mapping[str, Server]) -> Iterator[Line]:
    rounds = [
        {name: _load(place, case, servers[name], case.paths[name]) for name in _order(number)}
        for number in range(place.plan.rounds)
    ]
    cpu = {name: median(found[name].cpu for found in rounds) for name in servers}
    p99 = {name: median(found[name].p99 for found in rounds) for name in servers}
    yield Line(
        job=case.name,
        floor=cpu["floor"],
        product=cpu["product"],
        unit="s",
        ratio=cpu["floor"] / cpu["product"],
        spread=spread([found["floor"].cpu / found["product"].cpu for found in rounds]),
        goal=case.goal,
        notes=("server's CPU seconds a request; ratio of rates",),
    )
    yield Line(
        job=f"{case.name}, p99",
        floor=p99["floor"],
        product=p99["product"],
        unit="s",
        ratio=p99["product"] / p99["floor"],
        spread=spread([found["product"].p99 / found["floor"].p99 for found in rounds]),
        goal=case.goal_p99,
        notes=("4 connections, client and server on the same machine",),
    )


def _order(number: int) -> tuple[str, ...]:
    return ("floor", "product") if number % 2 == 0 else ("product", "floor")


def _load(place: Place, case: Case, server: Server, path: str) -> Load:
    """Measured after a few requests that fill caches and grow buffers."""
    asked = request(path, case.headers)
    load(server.pid, server.port, asked, case.body_size, count=max(place.plan.requests // 10, 8))
    return load(server.pid, server.port, asked, case.body_size, count=place.plan.requests)


def _by_wrk(place: Place, case: Case, servers: Mapping[str, Server]) -> Iterator[Line]:
    rounds = [
        {
            name: wrk.measure(f"http://127.0.0.1:{servers[name].port}{case.paths[name]}", case.headers, seconds=WRK_SECONDS)
            for name in _order(number)
        }
        for number in range(place.plan.rounds)
    ]
    rate = {name: median(found[name].rate for found in rounds) for name in servers}
    p99 = {name: median(found[name].p99 for found in rounds) for name in servers}
    yield Line(
        job=f"{case.name}, wrk",
        floor=rate["floor"],
        product=rate["product"],
        unit="/s",
        ratio=rate["product"] / rate["floor"],
        spread=spread([found["product"].rate / found["floor"].rate for found in rounds]),
        notes=(f"32 connections; p99 {p99['product'] * 1e3:.1f} ms, floor {p99['floor'] * 1e3:.1f} ms",),
    )
