"""Random months of reports, moves, extensions and decisions: what is frozen is what an oracle of another hand says."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from services.ingest.freeze import freeze
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from services.ingest.snapshot.commit import Unchanged
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from shared.database import Database
from shared.period import Period
from tests.conftest import TestDatabase
from tests.contract.stand_ins import FAR
from tests.integration.ingest.handing_in import HandingIn

REPORTS = source_named("agency_report")
MONTHS, FORGIVEN = 30, 0.4
BODIES = ("G01", "G06", "H38")
TICK = timedelta(microseconds=1)
PEOPLE: dict[str, Any] = {"requested_by": "key:one", "approver": "key:two", "reason": "Bổ sung báo cáo (thử nghiệm)"}


@dataclass(frozen=True)
class Event:
    """Something happens in a month. ``number`` names a report; ``until`` is a deadline, ``effect`` an extension's."""

    kind: str
    body: str
    at: datetime
    number: int
    until: datetime
    effect: str


@dataclass
class Oracle:
    """A clerk with a notebook: knows nothing of the product but the decision's words."""

    closes: datetime
    put_off: dict[tuple[str, str], datetime] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    book: list[tuple[datetime, int, str, bool]] = field(default_factory=list)
    forgiven: frozenset[int] = frozenset()

    def note(self, event: Event) -> None:
        if event.kind == "move":
            self.closes = event.until
        elif event.kind == "extend":
            own = self._until(event.body, *(("in_time",) if event.effect == "in_time" else ("in_time", "late_counts")))
            if event.until <= max(own, event.at):
                self.refused.add(event.number)
            else:
                self.put_off[event.body, event.effect] = event.until
        else:
            own = self._until(event.body, "in_time")
            self.book.append((event.at, event.number, event.body, not event.at < own))

    def first(self) -> dict[str, int]:
        return {body: number for at, number, body, late in sorted(self.book) if not late and at < self.closes}

    def second(self) -> dict[str, int]:
        return {body: number for at, number, body, late in sorted(self.book) if not late or self._excused(number, body, at)}

    def _excused(self, number: int, body: str, at: datetime) -> bool:
        put_off = [until for (whose, _), until in self.put_off.items() if whose == body]
        return number in self.forgiven or any(at < until for until in put_off)

    def _until(self, body: str, *effects: str) -> datetime:
        return max([self.closes, *(self.put_off[body, effect] for effect in effects if (body, effect) in self.put_off)])


def drawn(seed: int, period: Period) -> tuple[list[Event], Oracle]:
    """A month's events in the order they happen, and the clerk's book of them; instants lie on, just before and just after
    the deadlines that are about."""
    dice = random.Random(seed)  # noqa: S311 - no secret is drawn
    about = [period.report_deadline + timedelta(hours=hours) for hours in (-24, 0, 24, 48)]
    events = [
        Event(
            kind=dice.choices(("report", "move", "extend"), (6, 1, 2))[0],
            body=dice.choice(BODIES),
            at=at,
            number=number,
            until=dice.choice(about) + dice.choice((timedelta(), TICK)),
            effect=dice.choice(("in_time", "late_counts")),
        )
        for number, at in enumerate(sorted(dice.choice(about) + dice.choice((-TICK, timedelta(), TICK)) for _ in range(14)), 1)
    ]
    oracle = Oracle(period.report_deadline)
    for event in events:
        oracle.note(event)
    oracle.forgiven = frozenset(number for _, number, _, late in oracle.book if late and dice.random() < FORGIVEN)
    return events, oracle


@pytest.fixture(scope="module")
async def hand(database: TestDatabase) -> AsyncIterator[HandingIn]:
    opened = Database(database.app_url, role="gateway", pool_size=1)
    yield HandingIn(opened, database.superuser_url)
    await opened.close()


@pytest.fixture(scope="module")
async def runtime(app_url: str) -> AsyncIterator[Runtime]:
    database = Database(app_url, role="ingest", pool_size=4)
    yield Runtime(database, IngestSettings(), lambda: FAR)
    await database.close()


async def live(hand: HandingIn, period: Period, events: list[Event], *, forgiven: frozenset[int], refused: set[int]) -> None:
    """The events happen to the product."""
    for event in events:
        if event.kind == "move":
            await hand.move(period, event.until)
        elif event.kind == "extend":
            with pytest.raises(DBAPIError, match="lengthens nothing") if event.number in refused else nullcontext():
                await hand.extend(event.body, period, event.until, effect=event.effect, decided_at=event.at)
        else:
            name = await hand.report(event.body, period, event.at, sequence=event.number)
            if event.number in forgiven:
                await hand.accept_late(name, event.body, period)


def taken(header: FrozenSnapshot) -> dict[str, int]:
    return {one["agency"]: one["sequence"] for one in header.evidence["reports"]}


@pytest.mark.parametrize("seed", range(MONTHS))
async def test_a_month_is_frozen_as_the_clerk_would(hand: HandingIn, runtime: Runtime, seed: int) -> None:
    period = Period(2027, 1).shifted(months=seed)
    events, oracle = drawn(seed, period)
    await live(hand, period, events, forgiven=oracle.forgiven, refused=oracle.refused)
    first = await freeze(runtime, REPORTS, period, actor="local:test")
    assert taken(first) == oracle.first()
    try:
        second = await supersede(runtime, REPORTS, period, **PEOPLE)
    except Unchanged:
        assert oracle.second() == oracle.first()
    else:
        assert taken(second) == oracle.second()
        assert oracle.second() != oracle.first()


def test_the_months_drawn_hold_every_case() -> None:
    """A generator that only drew timely reports would prove nothing."""
    months = [drawn(seed, Period(2027, 1).shifted(months=seed)) for seed in range(MONTHS)]
    books = [oracle for _, oracle in months]
    assert sum(oracle.first() != oracle.second() for oracle in books) > MONTHS // 2
    assert any(oracle.first() == oracle.second() for oracle in books)
    assert any(oracle.first() == {} for oracle in books)
    assert sum(bool(oracle.forgiven) for oracle in books) > MONTHS // 3
    assert any(not late and at >= oracle.closes for oracle in books for at, _, _, late in oracle.book)
    assert any(late and at < oracle.closes for oracle in books for at, _, _, late in oracle.book)
