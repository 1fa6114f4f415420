"""Commands cross services as jobs: deferred in the caller's transaction, done by the owner's worker, recorded in job_run.

Procrastinate is the queue. ``job_run`` is what people see: one row per purpose, unique, so that a late replica cannot do an
old tick again. A body must be idempotent anyway, because a killed worker's job is done once more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import procrastinate
import procrastinate.exceptions
import procrastinate.jobs
import structlog
from procrastinate import JobContext, PsycopgConnector, RetryStrategy
from procrastinate.worker import Worker
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import Database, DatabaseUnavailable, row, session_options
from shared.ending import obey
from shared.errors import DomainError
from shared.tables.control import command as commands
from shared.tables.queue import job_run

log = structlog.get_logger(__name__)

# Which owner's task carries out which kind of command. `import` is carried out by its caller, who holds the file.
COMMANDS = {
    "pull": "ingest.pull",
    "freeze": "ingest.freeze",
    "second_look": "ingest.second_look",
    "supersede": "ingest.supersede",
    "score": "scoring.score",
    "plan": "scoring.plan",
    "publish": "scoring.publish",
    "shadow": "scoring.shadow",
    "restore": "scoring.restore",
}

LOST = (OperationalError, InterfaceError, DatabaseUnavailable)
# What may pass by itself: the database went away, or the worker that had the job did.
PASSING = RetryStrategy(max_attempts=5, wait=1, exponential_wait=2, retry_exceptions=LOST)
STALLED_AFTER_SECONDS = 30
# A job is announced at once; the poll is for an announcement that came before the worker listened.
POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Job:
    """One thing to do. ``command`` is the control row that asked for it, None for a timer's own work."""

    purpose: str
    arguments: Mapping[str, Any]
    command: Mapping[str, Any] | None

    @property
    def actor(self) -> str:
        return str(self.command["actor"]) if self.command else "service:clock"

    @property
    def reason(self) -> str:
        return str(self.command["reason"]) if self.command else "theo lịch"


Handler = Callable[[Job], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Task:
    """A kind of job: its constant name, the owner's queue, and the handler (None where only deferring is needed)."""

    name: str
    queue: str
    handler: Handler | None = None


class Queue:
    """Deferring and working. ``worker`` names this process in job_run."""

    def __init__(self, database: Database, tasks: Iterable[Task], *, clock: Callable[[], datetime], worker: str) -> None:
        self._database = database
        self._clock = clock
        self._worker = worker
        self._tasks = {task.name: task for task in tasks}
        connector = PsycopgConnector(
            conninfo=database.url, kwargs={"options": session_options(database.role)}, min_size=1, max_size=4
        )
        self.app = procrastinate.App(connector=connector)
        for task in self._tasks.values():
            if task.handler is not None:
                self.app.task(name=task.name, queue=task.queue, pass_context=True, retry=PASSING)(self._body(task))

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[Queue]:
        async with self.app.open_async():
            yield self

    async def defer(
        self,
        connection: AsyncConnection,
        task: str,
        *,
        purpose: str,
        arguments: Mapping[str, Any],
        command_id: str | None = None,
        lock: str | None = None,
    ) -> bool:
        """Enqueue inside the caller's transaction; False when this purpose was enqueued before."""
        known = self._tasks[task]
        values = {"purpose": purpose, "task": task, "command_id": command_id, "state": "waiting"}
        done = await connection.execute(upsert(job_run).values(values).on_conflict_do_nothing().returning(job_run.c.purpose))
        if done.first() is None:
            return False
        raw = (await connection.get_raw_connection()).driver_connection
        payload = {"purpose": purpose, "arguments": dict(arguments), "command_id": command_id}
        deferrer = self.app.configure_task(task, queue=known.queue, lock=lock, connection=raw, allow_unknown=True)
        job_id = await deferrer.defer_async(**payload)
        await connection.execute(update(job_run).where(job_run.c.purpose == purpose).values(job_id=job_id))
        return True

    async def tick(self, task: str, scheduled_at: datetime) -> bool:
        """Enqueue a timer's work for its scheduled instant; of all replicas' ticks one wins (False for the others)."""
        purpose = f"{task}@{scheduled_at.isoformat()}"
        stamp = int(scheduled_at.timestamp())
        arguments = {"scheduled_at": scheduled_at.isoformat()}
        payload: dict[str, Any] = {"purpose": purpose, "arguments": arguments, "command_id": None, "timestamp": stamp}
        known = self._tasks[task]
        job = procrastinate.jobs.Job(
            id=None, lock=None, queueing_lock=None, task_name=task, queue=known.queue, task_kwargs=payload
        )
        won = await self.app.job_manager.defer_periodic_job(job=job, periodic_id=task, defer_timestamp=stamp)
        return won is not None

    async def work(self, queues: Iterable[str], *, concurrency: int = 4) -> None:
        """Do jobs of these queues until cancelled; those that are running then are finished first."""
        worker = Worker(
            self.app,
            queues=list(queues),
            name=self._worker,
            concurrency=concurrency,
            install_signal_handlers=False,
            fetch_job_polling_interval=POLL_SECONDS,
        )
        # Told to stop rather than cancelled: a cancellation while it starts can get lost.
        obey()
        working: asyncio.Task[None] = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call] # the library's
        try:
            await asyncio.shield(working)
        except asyncio.CancelledError:
            worker.stop()  # type: ignore[no-untyped-call] # the library's
            await working
            raise

    async def drain(self, queues: Iterable[str]) -> None:
        """Do the jobs that are there now, then return."""
        await self.app.run_worker_async(
            queues=list(queues), name=self._worker, wait=False, install_signal_handlers=False, listen_notify=False
        )

    async def sweep(self) -> int:
        """Give jobs of dead workers back to the queue; returns how many."""
        manager = self.app.job_manager
        count = 0
        for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            # Another worker may have swept it a moment ago; then there is nothing left to do.
            with contextlib.suppress(procrastinate.exceptions.ConnectorException):
                await manager.retry_job(stalled)
                count += 1
                log.warning("stalled job returned to the queue", job_id=stalled.id, task=stalled.task_name)
        return count

    def _body(self, task: Task) -> Callable[..., Awaitable[None]]:
        # procrastinate hands a periodic job its timestamp; the purpose says the same.
        async def run(
            context: JobContext, purpose: str, arguments: dict[str, Any], command_id: str | None, timestamp: int = 0
        ) -> None:
            del context, timestamp
            await self._run(task, purpose, arguments, command_id)

        return run

    async def _run(self, task: Task, purpose: str, arguments: dict[str, Any], command_id: str | None) -> None:
        if task.handler is None:
            raise RuntimeError(f"task {task.name} has no handler here")
        job = await self._start(task, purpose, arguments, command_id)
        if job is None:
            return
        try:
            result = await task.handler(job)
        except LOST:
            raise
        except DomainError as error:
            log.warning("job refused", task=task.name, purpose=purpose, problem=error.slug)
            await self._end(purpose, state="failed", problem=error.as_dict())
        except Exception:
            # The message may hold payload; people get the type, the log gets the traceback.
            log.exception("job failed", task=task.name, purpose=purpose)
            await self._end(purpose, state="failed", problem={"type": "internal", "title": "Lỗi nội bộ", "detail": purpose})
        else:
            await self._end(purpose, state="succeeded", result=result)

    async def _start(self, task: Task, purpose: str, arguments: dict[str, Any], command_id: str | None) -> Job | None:
        async with self._database.transaction() as connection:
            # A tick has no row yet; a command's row was written beside it.
            waiting = {"purpose": purpose, "task": task.name, "command_id": command_id, "state": "waiting"}
            await connection.execute(upsert(job_run).values(waiting).on_conflict_do_nothing())
            begin = (
                update(job_run)
                .where(job_run.c.purpose == purpose, job_run.c.state.in_(("waiting", "running")))
                .values(state="running", attempts=job_run.c.attempts + 1, started_at=self._clock(), worker=self._worker)
            )
            if (await connection.execute(begin.returning(job_run.c.purpose))).first() is None:
                return None
            asked = await row(connection, select(commands).where(commands.c.command_id == command_id)) if command_id else None
        return Job(purpose, arguments, asked)

    async def _end(
        self, purpose: str, *, state: str, result: dict[str, Any] | None = None, problem: dict[str, Any] | None = None
    ) -> None:
        values = {"state": state, "ended_at": func.clock_timestamp(), "result": result, "problem": problem}
        async with self._database.transaction() as connection:
            await connection.execute(update(job_run).where(job_run.c.purpose == purpose).values(values))


async def find_run(connection: AsyncConnection, command_id: str) -> dict[str, Any] | None:
    """The execution of a command: state, result or problem, and times."""
    return await row(connection, select(job_run).where(job_run.c.command_id == command_id))
