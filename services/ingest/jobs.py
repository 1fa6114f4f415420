"""What ingest does when asked through the queue, and what it asks itself when the clock nudges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog

from services.ingest import due
from services.ingest.freeze import freeze
from services.ingest.rehearse import rehearse
from services.ingest.runtime import Runtime
from services.ingest.second_look import second_look
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.sources import source_named
from services.ingest.supersede import supersede, take_in
from services.ingest.verify import record_verification
from shared.calendar import REGISTERS, REPORTS, WORDS
from shared.jobs import Job, Queue, Task
from shared.period import Period, in_vietnam

QUEUE = "ingest"
CUTOFFS = "ingest.cutoffs"
VERIFICATIONS = "ingest.verifications"

log = structlog.get_logger(__name__)


def tasks(runtime: Runtime, queue: Callable[[], Queue]) -> list[Task]:
    """ingest.pull and ingest.freeze {source, period}; ingest.second_look {source, period, as_of?}; ingest.supersede {source,
    period, reason, requested_by, approver, as_of? or look?}; ingest.cutoffs freezes what is due and not frozen, asks once more
    for what is due for that, and looks at what came in about reports that are frozen. Answers name the snapshot or the pull."""

    async def pulling(job: Job) -> dict[str, Any]:
        source, period = asked(job)
        return await rehearse(runtime, source, period, actor=job.actor, command_id=command(job))

    async def freezing(job: Job) -> dict[str, Any]:
        source, period = asked(job)
        return header(await freeze(runtime, source, period, actor=job.actor, command_id=command(job)))

    async def looking_again(job: Job) -> dict[str, Any]:
        source, period = asked(job)
        return await second_look(runtime, source, period, actor=job.actor, as_of=instant(job), command_id=command(job))

    async def superseding(job: Job) -> dict[str, Any]:
        source, period = asked(job)
        given = job.arguments
        people = {name: given[name] for name in ("requested_by", "approver", "reason")}
        if given.get("look"):
            return header(await take_in(runtime, source, period, look=given["look"], **people, command_id=command(job)))
        return header(await supersede(runtime, source, period, **people, as_of=instant(job), command_id=command(job)))

    async def looking(job: Job) -> dict[str, Any]:
        """Each due source gets a job of its own, so that one that is down holds up no other."""
        freezes = await due.unfrozen(runtime)
        again = await due.unlooked(runtime)
        looks = [(REPORTS, period) for period in await due.unseen_reports(runtime)]
        looks += [(REGISTERS, period) for period in await due.unseen_registers(runtime)]
        looks += [(WORDS, period) for period in await due.unseen_words(runtime)]
        at = job.arguments["scheduled_at"]
        await _defer_each(runtime, queue(), freezes, task="ingest.freeze", kind="freeze", at=at)
        await _defer_each(runtime, queue(), again, task="ingest.second_look", kind="second-look", at=at)
        await _defer_each(runtime, queue(), looks, task="ingest.pull", kind="look", at=at)
        return {"due": _named(freezes), "second_looks": _named(again), "looks": _named(looks)}

    return [
        Task("ingest.pull", QUEUE, pulling),
        Task("ingest.freeze", QUEUE, freezing),
        Task("ingest.second_look", QUEUE, looking_again),
        Task("ingest.supersede", QUEUE, superseding),
        Task(CUTOFFS, QUEUE, looking),
        *_verification_tasks(runtime, queue),
    ]


def _verification_tasks(runtime: Runtime, queue: Callable[[], Queue]) -> list[Task]:
    """ingest.verify {snapshot_id}; ingest.verifications has those verified whose turn it is."""

    async def verifying(job: Job) -> dict[str, Any]:
        verdict = await record_verification(runtime, job.arguments["snapshot_id"], actor=job.actor)
        return {"snapshot_id": verdict.snapshot_id, "holds": verdict.holds}

    async def choosing(job: Job) -> dict[str, Any]:
        """A job each: a worker that is told to end waits for one snapshot, and a killed one leaves one to be done again."""
        chosen = await due.to_verify(runtime)
        for snapshot_id in chosen:
            async with runtime.database.transaction() as connection:
                await queue().defer(
                    connection,
                    "ingest.verify",
                    purpose=f"verify:{snapshot_id}@{job.arguments['scheduled_at']}",
                    arguments={"snapshot_id": snapshot_id},
                    # One at a time, whoever works: freezes never wait behind them.
                    lock=VERIFICATIONS,
                )
        return {"snapshots": chosen}

    return [Task("ingest.verify", QUEUE, verifying), Task(VERIFICATIONS, QUEUE, choosing)]


async def _defer_each(
    runtime: Runtime, queue: Queue, found: Sequence[tuple[str, Period]], *, task: str, kind: str, at: str
) -> None:
    """One job a source's period and tick, whoever else looks at the same time."""
    for source, period in found:
        async with runtime.database.transaction() as connection:
            await queue.defer(
                connection,
                task,
                purpose=f"{kind}:{source}:{period}@{at}",
                arguments={"source": source, "period": str(period)},
                lock=f"{source}:{period}",
            )


def _named(found: Sequence[tuple[str, Period]]) -> list[str]:
    return [f"{source} {period}" for source, period in found]


def asked(job: Job) -> tuple[Any, Period]:
    return source_named(job.arguments["source"]), Period.parse(job.arguments["period"])


def instant(job: Job) -> datetime | None:
    """As of when, where the command says it."""
    given = job.arguments.get("as_of")
    return datetime.fromisoformat(given) if given else None


def command(job: Job) -> str | None:
    return job.purpose if job.command else None


def header(snapshot: FrozenSnapshot) -> dict[str, Any]:
    """What people are told of a snapshot that was made or was there already."""
    names = ("snapshot_id", "source", "period", "version", "origin", "row_count", "root")
    return {name: getattr(snapshot, name) for name in names} | {"as_of": in_vietnam(snapshot.as_of)}
