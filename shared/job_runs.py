"""Rows of job_run, and what becomes of a job that nobody will do any more. Statements only; shared.jobs says when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import every, one
from shared.errors import Conflict, Unavailable
from shared.tables.queue import job_run

OPEN = ("waiting", "running")

# Of these tasks every run that is open while its job is not: the worker that ended the one could not write the other.
_LEFT = text("""
SELECT r.purpose, r.task, r.command_id, r.attempts, coalesce(j.args -> 'arguments', '{}') AS arguments
  FROM queue.job_run r LEFT JOIN queue.procrastinate_jobs j ON j.id = r.job_id
 WHERE r.state IN ('waiting', 'running') AND r.task = ANY(:tasks) AND r.job_id IS NOT NULL
   AND (j.id IS NULL OR j.status NOT IN ('todo', 'doing'))
 ORDER BY r.purpose""")

_FORMER = text("""
SELECT j.task_name, j.lock, j.args FROM queue.job_run r JOIN queue.procrastinate_jobs j ON j.id = r.job_id
 WHERE r.purpose = :purpose""")
_CANCEL = text("""
SELECT queue.procrastinate_cancel_job_v1(r.job_id, false, false) FROM queue.job_run r WHERE r.purpose = :purpose""")


class JobCancelled(Conflict):
    """Somebody called the job off before a worker took it. Nothing of it was done."""

    slug = "job-cancelled"
    title_vi = "Việc đã được hủy trước khi thực hiện"
    title_en = "Job cancelled"


class GivenUp(Unavailable):
    """Tried as often as a job is, it never came to its end; what it did in between stands, and it can be retried."""

    slug = "job-given-up"
    title_vi = "Đã thử nhiều lần mà không thực hiện được"
    title_en = "Given up after several attempts"


@dataclass(frozen=True)
class LeftRun:
    """A run that is open although its job is at its end. ``arguments`` are the job's."""

    purpose: str
    task: str
    command_id: str | None
    attempts: int
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class FormerJob:
    """The queue's own row of a run's last job."""

    task_name: str
    lock: str | None
    args: Mapping[str, Any]


def given_up(attempts: int, cause: str) -> GivenUp:
    """``cause`` is the name of what the last attempt ended by, never its message, which may hold payload."""
    words = f"given up after {attempts} attempts; the last one ended by {cause}"
    return GivenUp(words, hint="What it did stands. Once the cause is gone: bangdiem job retry.")


async def left_open(connection: AsyncConnection, tasks: Sequence[str]) -> list[LeftRun]:
    return await every(connection, LeftRun, _LEFT, {"tasks": list(tasks)})


async def end_run(
    connection: AsyncConnection,
    purpose: str,
    *,
    state: str,
    result: dict[str, Any] | None = None,
    problem: dict[str, Any] | None = None,
) -> None:
    """Once: an end that is written is not written over."""
    values = {"state": state, "ended_at": func.clock_timestamp(), "result": result, "problem": problem}
    await connection.execute(update(job_run).where(job_run.c.purpose == purpose, job_run.c.state.in_(OPEN)).values(values))


async def former_job(connection: AsyncConnection, purpose: str) -> FormerJob | None:
    return await one(connection, FormerJob, _FORMER, {"purpose": purpose})


async def reopen(connection: AsyncConnection, purpose: str) -> None:
    """How it ended before stands in the audit row of whoever reopens it."""
    values = {"state": "waiting", "started_at": None, "ended_at": None, "problem": None}
    await connection.execute(update(job_run).where(job_run.c.purpose == purpose, job_run.c.state == "failed").values(values))


async def cancel_job(connection: AsyncConnection, purpose: str) -> bool:
    """False when its job does not wait any more."""
    return await connection.scalar(_CANCEL, {"purpose": purpose}) is not None
