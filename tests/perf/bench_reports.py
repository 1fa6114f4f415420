"""Reports sent in over real HTTP, from the empty draft to the receipt, against pgbench committing the same statements.

The rush: so many bodies each send a report of thousands of task rows, all beginning at once, which is harder than the last
ten minutes. Every one must get a receipt or a typed refusal, and what was acknowledged must be there; else this fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import text

from services.gateway.reports.keyring import new_key
from shared.database import row, rows
from tests.perf import pgbench
from tests.perf.captured import Script, captured_draft, captured_life
from tests.perf.harness import Goal, Line, spread
from tests.perf.place import Place
from tests.perf.processes import free_port, listening, program
from tests.perf.reporting import PEPPER, Body, bodies, report
from tests.perf.rush import Rush, Told

GOAL = Goal(0.25, "≥")
CLIENTS, RUSHING = 32, 16
SMALL_ROWS = 2
# Rounds of small reports beside pgbench.
SMALL_ROUNDS = 3
# What pgbench does is the quicker, so it does so many times as much.
MORE = 8

_COUNTS = text("SELECT (SELECT count(*) FROM intake.acceptance) AS accepted, (SELECT count(*) FROM intake.receipt) AS receipts")
_NUMBERS = text("SELECT receipt_number FROM intake.receipt")


class ReportLost(RuntimeError):
    """A report was acknowledged and is not there, or got neither receipt nor refusal."""


@dataclass(frozen=True)
class House:
    """The gateway's process and those who send to it."""

    place: Place
    port: int
    people: Sequence[Body]
    receipt_key: str

    def sent(self, name: str, sending: Sequence[tuple[Body, bytes]], *, connections: int) -> Told:
        """What the clients were told, once it is certain that the database says the same. Raises ReportLost."""
        before = self.place.run(_kept(self.place))
        told = self.place.run(Rush(name).run(sending, port=self.port, connections=connections))
        after = self.place.run(_kept(self.place))
        acknowledged = len(told.receipts)
        if acknowledged + told.refused_for_good != len(sending):
            raise ReportLost(f"{len(sending)} were sent, {acknowledged} have receipts, {told.refused_for_good} were refused")
        if {name: after.counts[name] - before.counts[name] for name in after.counts} != dict.fromkeys(
            after.counts, acknowledged
        ):
            raise ReportLost(f"{acknowledged} were acknowledged; {before.counts} before, {after.counts} after")
        if not set(told.receipts) <= after.numbers - before.numbers:
            raise ReportLost(f"receipts nobody has: {sorted(set(told.receipts) - after.numbers)[:3]}")
        return told


@dataclass(frozen=True)
class Kept:
    counts: dict[str, int]
    numbers: frozenset[str]


def run(place: Place) -> Iterator[Line]:
    place.say("reports: bodies, people and keys")
    people = place.run(bodies(place, max(place.plan.reports, CLIENTS)))
    port, receipt_key = free_port(), new_key()
    settings = {
        "DATABASE_URL": place.url,
        "BANGDIEM_GATEWAY_KEY_PEPPER": PEPPER.get_secret_value(),
        "BANGDIEM_GATEWAY_RECEIPT_KEY": receipt_key,
    }
    words = ("services.cli", "run", "gateway", "--port", str(port), "--data-dir", str(place.home / "reports"))
    with program(*words, ready=lambda: listening(port), environment=settings):
        house = House(place, port, people, receipt_key)
        yield _rush(house)
        yield from _small(house)


def _rush(house: House) -> Line:
    plan, say = house.place.plan, house.place.say
    connections = min(plan.reports, RUSHING)
    sending = [(body, report(body.agency, plan.report_rows)) for body in house.people[: plan.reports]]
    floor = house.place.run(captured_life(house.place, house.people[0], sending[0][1], house.receipt_key))
    say("reports: a large one's statements by pgbench")
    each = -(-plan.reports // connections)
    rate = pgbench.measure(house.place.url, floor.file, clients=connections, transactions=each, first=0)
    say(f"reports: {plan.reports} of {plan.report_rows:,} task rows, all beginning at once")
    told = house.sent("rush", sending, connections=connections)
    ours = len(told.receipts) / told.seconds
    passed = ", ".join(f"{times} × {name}" for name, times in sorted(told.refusals.items())) or "none"
    return Line(
        job=f"rush: {plan.reports} reports of {plan.report_rows:,} rows",
        floor=1 / rate,
        product=1 / ours,
        unit="s",
        ratio=ours / rate,
        notes=(
            f"{len(told.receipts)} receipts, {told.refused_for_good} refused for good, none lost; refused at first: {passed}",
            f"{len(sending[0][1]) / 1000:.0f} KB each over {connections} connections, all in {told.seconds:.1f} s",
            _floor_note(floor),
        ),
    )


def _small(house: House) -> Iterator[Line]:
    place, people = house.place, house.people[:CLIENTS]
    place.say(f"reports: small ones by {CLIENTS} clients, in turn with pgbench")
    life = place.run(captured_life(place, people[1], report(people[1].agency, SMALL_ROWS), house.receipt_key))
    draft = place.run(captured_draft(place, people[2], house.receipt_key))
    each, drafts_each = max(1, place.plan.requests // 8_000), max(1, place.plan.requests // 2_000)
    sending = [(body, report(body.agency, SMALL_ROWS)) for _ in range(each) for body in people]
    lives: list[tuple[float, float]] = []
    drafts: list[tuple[float, float]] = []
    for number in range(1, min(place.plan.rounds, SMALL_ROUNDS) + 1):
        first = number * 10_000
        rate = pgbench.measure(place.url, life.file, clients=CLIENTS, transactions=each * MORE, first=first)
        told = house.sent(f"small-{number}", sending, connections=CLIENTS)
        lives.append((rate, len(told.receipts) / told.seconds))
        rate = pgbench.measure(place.url, draft.file, clients=CLIENTS, transactions=drafts_each * MORE, first=first + 5_000)
        drafts.append((rate, place.run(Rush(f"drafts-{number}").drafts(people, port=house.port, each=drafts_each))))
    yield _line("a small report to its receipt", lives, life, f"{SMALL_ROWS} task rows, 6 requests, {CLIENTS} clients")
    yield _line("POST a submission", drafts, draft, f"a draft: durable, audited, idempotent; {CLIENTS} clients")


def _line(job: str, rates: list[tuple[float, float]], floor: Script, note: str) -> Line:
    ratios = [ours / theirs for theirs, ours in rates]
    return Line(
        job=job,
        floor=1 / median(theirs for theirs, _ in rates),
        product=1 / median(ours for _, ours in rates),
        unit="s",
        ratio=median(ratios),
        spread=spread(ratios),
        goal=GOAL,
        notes=(note, _floor_note(floor)),
    )


def _floor_note(floor: Script) -> str:
    return f"floor: pgbench, {floor.statements} statements in {floor.transactions} transactions; seconds each, ratio of rates"


async def _kept(place: Place) -> Kept:
    """What the database holds now."""
    async with place.owner.read() as connection:
        counts = await row(connection, _COUNTS) or {}
        return Kept(counts, frozenset(line["receipt_number"] for line in await rows(connection, _NUMBERS)))
