"""Back-fill: a range of months is frozen and scored by one command; nothing is superseded, nothing is published (OPS-02).

Its steps are commands of their own, all queued in one transaction and done one after the other: of each month every source's
freeze, the second look where one is due, and the score. So whoever is killed leaves steps that another worker does, a step that
fails stops none after it, and how a month stands is read from its steps. What is frozen stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from services.gateway.http.periods import ruled_period, sources_of
from services.gateway.http.words import require_reason
from services.gateway.operations.commands import write_command
from services.gateway.operations.store import back_fills
from services.gateway.operations.store.back_fills import BackFill
from services.gateway.operations.store.back_fills import Step as Step  # who asks for a back-fill is answered in steps
from services.gateway.operations.store.evidence import latest_snapshots
from shared.audit import Actor, record
from shared.calendar import LOOKED_AT_TWICE, cutoff_of, second_look_of
from shared.database import Connection, Database
from shared.errors import Fault, InputInvalid, NotFound
from shared.holds.missing_looks import missing_look
from shared.jobs import COMMANDS, Queue
from shared.law.scheme import scheme_for
from shared.period import Period

KIND: Final = "back_fill"
MOST_MONTHS: Final = 24
# One step at a time, of all back-fills: sources are not asked for a year at once, and what falls due goes beside it.
LOCK: Final = "back-fill"
ENDED: Final = ("succeeded", "failed")


@dataclass(frozen=True)
class Month:
    """How a month stands: `waiting`, `running`; at its end `scored` where every step was done, `incomplete` where it is scored
    without what ``failed`` says, `not_scored` where it could not be. ``looks`` may be none."""

    period: str
    freezes: Sequence[Step]
    looks: Sequence[Step]
    score: Step

    @property
    def steps(self) -> Sequence[Step]:
        return (*self.freezes, *self.looks, self.score)

    @property
    def failed(self) -> Sequence[Step]:
        return [step for step in self.steps if step.state == "failed"]

    @property
    def state(self) -> str:
        if any(step.state not in ENDED for step in self.steps):
            return "waiting" if all(step.state == "waiting" for step in self.steps) else "running"
        if self.score.state == "failed":
            return "not_scored"
        return "incomplete" if self.failed else "scored"


@dataclass(frozen=True)
class Whole:
    """A back-fill with its months, oldest first. ``state`` at its end: `succeeded` where every month is `scored`."""

    asked: BackFill
    months: Sequence[Month]

    @property
    def state(self) -> str:
        states = {month.state for month in self.months}
        if states <= {"scored", "incomplete", "not_scored"}:
            return "succeeded" if states == {"scored"} else "failed"
        return "waiting" if states == {"waiting"} else "running"


def freeze_state(step: Step) -> str:
    """A freeze's state, and of one that succeeded whether the source was frozen before."""
    return step.state if step.state != "succeeded" else "frozen" if step.new else "already_frozen"


def score_state(step: Step) -> str:
    """A score's state, and of one that succeeded whether the same inputs had been scored before."""
    return step.state if step.state != "succeeded" else "scored" if step.new else "same_run"


async def request_back_fill(
    database: Database,
    *,
    queue: Queue,
    actor: Actor,
    first: str,
    last: str,
    reason: str,
    clock: Callable[[], datetime],
) -> str:
    """The command's id: of the same range's back-fill that has not ended, where there is one, so that asking again goes on.

    Raises InputInvalid (it names the month that is not over), ReasonMissing.
    """
    reason = require_reason(reason)
    now = clock()
    months = months_of(first, last, now=now)
    async with database.transaction() as connection:
        begun = await back_fills.unfinished(connection, first=first, last=last)
        if begun is not None:
            return begun
        arguments = {"from": first, "to": last}
        command_id = await write_command(connection, actor, kind=KIND, period=None, arguments=arguments, reason=reason)
        await record(connection, actor.id, f"command.{KIND}", command_id, reason=reason, detail=arguments)
        for month in months:
            for kind, source in await _steps(connection, month, now=now):
                given = {"period": str(month)} | ({"source": source} if source else {})
                said: dict[str, Any] = {"kind": kind, "period": str(month), "arguments": given, "reason": reason}
                step = await write_command(connection, actor, **said, part_of=command_id)
                await queue.defer(connection, COMMANDS[kind], purpose=step, arguments=given, command_id=step, lock=LOCK)
    return command_id


def months_of(first: str, last: str, *, now: datetime) -> list[Period]:
    """Every month of the range, oldest first. Raises InputInvalid."""
    month, end = ruled_period(first, place="/from"), ruled_period(last, place="/to")
    if end < month:
        fault = Fault("/to", "lies before the first month", seen=last, expected=f"{first} or later")
        raise InputInvalid("the range holds no month", faults=[fault])
    if end >= month.shifted(months=MOST_MONTHS):
        fault = Fault("/to", f"more than {MOST_MONTHS} months", seen=last, expected=f"{MOST_MONTHS} months at most")
        raise InputInvalid("the range is too long", faults=[fault])
    found = [month.shifted(months=number) for number in range(MOST_MONTHS) if month.shifted(months=number) <= end]
    running = next((each for each in found if now < each.end), None)
    if running is not None:
        fault = Fault("/to", "has not ended", seen=str(running), expected="a month that is over")
        raise InputInvalid(f"{running} has not ended: nobody can freeze it yet", faults=[fault])
    return found


async def _steps(connection: Connection, month: Period, *, now: datetime) -> list[tuple[str, str | None]]:
    """Kinds of commands in the order in which they are done, each with its source."""
    looks = [source for source in sorted(LOOKED_AT_TWICE) if await _look_is_due(connection, month, source, now=now)]
    freezes = [("freeze", source) for source in sources_of(scheme_for(month))]
    return [*freezes, *(("second_look", source) for source in looks), ("score", None)]


async def _look_is_due(connection: Connection, month: Period, source: str, *, now: datetime) -> bool:
    """As the clock would ask: of a month that is not frozen yet, once it is frozen as of its cutoff."""
    if source in await latest_snapshots(connection, str(month)):
        missing = await missing_look(connection, month, source)
        return missing is not None and missing.due_at <= now
    return await cutoff_of(connection, month, source) < await second_look_of(connection, month, source) <= now


async def find_back_fill(database: Database, command_id: str) -> Whole:
    """Raises NotFound."""
    async with database.read() as connection:
        asked = await back_fills.find(connection, command_id)
        if asked is None:
            raise NotFound(f"no back-fill has the id {command_id}")
        (whole,) = await _whole(connection, [asked])
    return whole


async def list_back_fills(database: Database, *, after: str | None, limit: int) -> list[Whole]:
    """In the order they were asked for."""
    async with database.read() as connection:
        return await _whole(connection, await back_fills.listed(connection, after=after, limit=limit))


async def _whole(connection: Connection, asked: Sequence[BackFill]) -> list[Whole]:
    steps: Mapping[str, list[Step]] = {each.command_id: [] for each in asked}
    for step in await back_fills.steps(connection, list(steps)):
        steps[step.part_of].append(step)
    return [Whole(each, list(_months(steps[each.command_id]))) for each in asked]


def _months(steps: Iterable[Step]) -> Iterator[Month]:
    """``steps`` in the order of months."""
    for period, group in groupby(steps, key=lambda step: step.period):
        of = list(group)
        freezes, looks = ([step for step in of if step.kind == kind] for kind in ("freeze", "second_look"))
        yield Month(period, freezes, looks, next(step for step in of if step.kind == "score"))
