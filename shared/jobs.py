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
from procrastinate import JobContext, RetryStrategy
from procrastinate.jobs import Status
from procrastinate.worker import Worker
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import LIVELY, Database, DatabaseUnavailable, row, session_options
from shared.ending import obey
from shared.errors import DomainError, NotFound
from shared.job_queue import Share, SharedJobs, WatchfulConnector, told_as_ours
from shared.job_runs import JobCancelled, cancel_job, end_run, former_job, given_up, left_open, reopen
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
# How long (seconds) the queue's own statements wait for a connection before the worker is given up and begun again.
QUEUE_PATIENCE = 5.0
# What may pass by itself: the database went away, or the worker that had the job did.
MOST_ATTEMPTS = 5
PASSING = RetryStrategy(max_attempts=MOST_ATTEMPTS, wait=1, exponential_wait=2, retry_exceptions=LOST)
STALLED_AFTER_SECONDS = 30
# A job is announced at once; the poll is for an announcement that came before the worker listened.
POLL_SECONDS = 1.0
# Of a worker for single commands: each is announced before it is known to be the worker's own.
OWN_POLL_SECONDS = 0.1


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
    """A kind of job: its constant name, the owner's queue, and the handler (None where only deferring is needed).

    ``given_up`` is told, at least once, of a job that ended without its handler's word: who waits for it must hear.
    """

    name: str
    queue: str
    handler: Handler | None = None
    given_up: Callable[[Job, DomainError], Awaitable[None]] | None = None


class Queue:
    """Deferring and working. ``worker`` names this process in job_run; ``share`` is what it takes of its queues."""

    def __init__(
        self,
        database: Database,
        tasks: Iterable[Task],
        *,
        clock: Callable[[], datetime],
        worker: str,
        share: Share | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._worker = worker
        self._tasks = {task.name: task for task in tasks}
        self._handled = [task.name for task in self._tasks.values() if task.handler is not None]
        self._poll = POLL_SECONDS if share is None or share.only is None else OWN_POLL_SECONDS
        self._connector = WatchfulConnector(
            conninfo=database.url,
            kwargs={"options": session_options(database.role), **LIVELY},
            min_size=1,
            max_size=4,
            timeout=QUEUE_PATIENCE,
        )
        self.app = procrastinate.App(connector=self._connector)
        self.app.job_manager = SharedJobs(self._connector, self._handled, share or Share())
        for task in self._tasks.values():
            if task.handler is not None:
                self.app.task(name=task.name, queue=task.queue, pass_context=True, retry=PASSING)(self._body(task))

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[Queue]:
        """Raises DatabaseUnavailable. It can be opened again afterwards."""
        try:
            with told_as_ours():
                await self.app.open_async()
            yield self
        finally:
            await self.app.close_async()

    async def reach(self) -> None:
        """Raises DatabaseUnavailable at once where there is no database; opening would wait for it."""
        async with self._database.read():
            pass

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
        values = {"purpose": purpose, "task": task, "command_id": command_id, "state": "waiting"}
        done = await connection.execute(upsert(job_run).values(values).on_conflict_do_nothing().returning(job_run.c.purpose))
        if done.first() is None:
            return False
        payload = {"purpose": purpose, "arguments": dict(arguments), "command_id": command_id}
        await self._enqueue(connection, task, payload, lock)
        return True

    async def again(self, connection: AsyncConnection, purpose: str) -> None:
        """A run that failed waits again under its purpose, inside the caller's transaction. Raises NotFound when the queue has
        cleared its job away."""
        former = await former_job(connection, purpose)
        if former is None:
            raise NotFound(f"the queue does not keep the job of {purpose} any more", hint="Give the command again.")
        await reopen(connection, purpose)
        await self._enqueue(connection, former.task_name, former.args, former.lock)

    async def call_off(self, connection: AsyncConnection, purpose: str, *, by: str) -> bool:
        """A run that waits ends as failed, inside the caller's transaction; False when a worker has it already."""
        if not await cancel_job(connection, purpose):
            return False
        problem = JobCancelled(f"called off by {by}", hint="bangdiem job retry")
        await end_run(connection, purpose, state="failed", problem=problem.as_dict())
        return True

    async def _enqueue(self, connection: AsyncConnection, task: str, payload: Mapping[str, Any], lock: str | None) -> None:
        raw = (await connection.get_raw_connection()).driver_connection
        known = self._tasks[task]
        deferrer = self.app.configure_task(task, queue=known.queue, lock=lock, connection=raw, allow_unknown=True)
        job_id = await deferrer.defer_async(**payload)
        await connection.execute(update(job_run).where(job_run.c.purpose == payload["purpose"]).values(job_id=job_id))

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
        with told_as_ours():
            won = await self.app.job_manager.defer_periodic_job(job=job, periodic_id=task, defer_timestamp=stamp)
        return won is not None

    async def work(self, queues: Iterable[str], *, concurrency: int = 4) -> None:
        """Do jobs of these queues until cancelled; those that are running then are finished first.

        Raises DatabaseUnavailable as soon as a statement of the queue itself got no answer: what became of that job nobody
        here knows. A worker begun after it has another id, so that whatever this one held is given back by a sweep.
        """
        worker = Worker(
            self.app,
            queues=list(queues),
            name=self._worker,
            concurrency=concurrency,
            install_signal_handlers=False,
            fetch_job_polling_interval=self._poll,
        )
        # Told to stop rather than cancelled: a cancellation while it starts can get lost.
        obey()
        self._connector.lost.clear()
        working: asyncio.Task[None] = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call] # the library's
        losing = asyncio.create_task(self._connector.lost.wait())
        try:
            await asyncio.wait([working, losing], return_when=asyncio.FIRST_COMPLETED)
        finally:
            losing.cancel()
            worker.stop()  # type: ignore[no-untyped-call] # the library's
            with told_as_ours():
                await working
        raise DatabaseUnavailable("no connection to PostgreSQL", hint="Check DATABASE_URL and the server.")

    async def drain(self, queues: Iterable[str]) -> None:
        """Do the jobs that are there now, then return."""
        await self.app.run_worker_async(
            queues=list(queues), name=self._worker, wait=False, install_signal_handlers=False, listen_notify=False
        )

    async def sweep(self) -> int:
        """Give jobs of dead workers back to the queue, and end what nobody will do any more. How many were given back."""
        manager = self.app.job_manager
        count = 0
        with told_as_ours():
            found = await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
        for stalled in found:
            # Another worker may have swept it a moment ago; then there is nothing left to do.
            with contextlib.suppress(procrastinate.exceptions.ConnectorException):
                if stalled.attempts >= MOST_ATTEMPTS:
                    # Whoever takes it dies of it.
                    await manager.finish_job(stalled, Status.FAILED, delete_job=False)
                    continue
                await manager.retry_job(stalled)
                count += 1
                log.warning("stalled job returned to the queue", job_id=stalled.id, task=stalled.task_name)
        await self._end_what_is_left()
        return count

    async def _end_what_is_left(self) -> None:
        """Every run ends: of our tasks, those whose job is at its end and could not say so."""
        async with self._database.read() as connection:
            left = await left_open(connection, self._handled)
        for each in left:
            async with self._database.read() as connection:
                asked = await _command_of(connection, each.command_id)
            await self._give_up(self._tasks[each.task], Job(each.purpose, each.arguments, asked), each.attempts, "WorkerLost")

    async def _give_up(self, task: Task, job: Job, attempts: int, cause: str) -> None:
        problem = given_up(attempts, cause)
        log.error("job given up", task=task.name, purpose=job.purpose, attempts=attempts, cause=cause)
        if task.given_up is not None:
            await task.given_up(job, problem)
        await self._end(job.purpose, state="failed", problem=problem.as_dict())

    def _body(self, task: Task) -> Callable[..., Awaitable[None]]:
        # procrastinate hands a periodic job its timestamp; the purpose says the same.
        async def run(
            context: JobContext, purpose: str, arguments: dict[str, Any], command_id: str | None, timestamp: int = 0
        ) -> None:
            del timestamp
            await self._run(task, context.job, purpose, arguments, command_id)

        return run

    async def _run(
        self, task: Task, taken: procrastinate.jobs.Job, purpose: str, arguments: dict[str, Any], command_id: str | None
    ) -> None:
        if task.handler is None:
            raise RuntimeError(f"task {task.name} has no handler here")
        job = await self._start(task, taken.id, purpose, arguments, command_id)
        if job is None:
            return
        try:
            result = await task.handler(job)
        except LOST as error:
            if taken.attempts < MOST_ATTEMPTS:
                raise
            await self._give_up(task, job, taken.attempts + 1, type(getattr(error, "orig", None) or error).__name__)
        except DomainError as error:
            log.warning("job refused", task=task.name, purpose=purpose, problem=error.slug)
            await self._end(purpose, state="failed", problem=error.as_dict())
        except Exception:
            # The message may hold payload; people get the type, the log gets the traceback.
            log.exception("job failed", task=task.name, purpose=purpose)
            await self._end(purpose, state="failed", problem={"type": "internal", "title": "Lỗi nội bộ", "detail": purpose})
        else:
            await self._end(purpose, state="succeeded", result=result)

    async def _start(
        self, task: Task, job_id: int | None, purpose: str, arguments: dict[str, Any], command_id: str | None
    ) -> Job | None:
        async with self._database.transaction() as connection:
            # A tick has no row yet; a command's row was written beside it.
            waiting = {"purpose": purpose, "task": task.name, "command_id": command_id, "state": "waiting"}
            await connection.execute(upsert(job_run).values(waiting).on_conflict_do_nothing())
            begin = (
                update(job_run)
                .where(job_run.c.purpose == purpose, job_run.c.state.in_(("waiting", "running")))
                .values(
                    state="running",
                    attempts=job_run.c.attempts + 1,
                    started_at=self._clock(),
                    worker=self._worker,
                    job_id=job_id,
                )
            )
            if (await connection.execute(begin.returning(job_run.c.purpose))).first() is None:
                return None
            asked = await _command_of(connection, command_id)
        return Job(purpose, arguments, asked)

    async def _end(
        self, purpose: str, *, state: str, result: dict[str, Any] | None = None, problem: dict[str, Any] | None = None
    ) -> None:
        async with self._database.transaction() as connection:
            await end_run(connection, purpose, state=state, result=result, problem=problem)


async def _command_of(connection: AsyncConnection, command_id: str | None) -> dict[str, Any] | None:
    return await row(connection, select(commands).where(commands.c.command_id == command_id)) if command_id else None


async def find_run(connection: AsyncConnection, command_id: str) -> dict[str, Any] | None:
    """The execution of a command: state, result or problem, and times."""
    return await row(connection, select(job_run).where(job_run.c.command_id == command_id))
