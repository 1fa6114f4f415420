"""Procrastinate as we use it: which jobs a worker takes, and what is noticed of a lost connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, LiteralString

import procrastinate.exceptions
import procrastinate.jobs
import psycopg
from procrastinate import PsycopgConnector
from procrastinate.manager import JobManager

from shared.database import DatabaseUnavailable

# As procrastinate_fetch_job_v2, and of its jobs only what this worker knows and shall do: one that a newer version deferred, or
# that is somebody else's to do, waits for them.
_FETCH = """
WITH candidate AS (
    SELECT jobs.id
      FROM procrastinate_jobs AS jobs
     WHERE jobs.status = 'todo'
       AND jobs.queue_name = ANY(%(queues)s::varchar[])
       AND jobs.task_name = ANY(%(tasks)s::varchar[])
       AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
       AND (%(only)s::varchar[] IS NULL OR jobs.args ->> 'command_id' = ANY(%(only)s::varchar[]))
       AND NOT coalesce(jobs.args -> 'arguments' ->> 'source' = ANY(%(without)s::varchar[]), false)
       AND NOT EXISTS (
             SELECT FROM procrastinate_jobs AS other
              WHERE jobs.lock IS NOT NULL AND other.lock = jobs.lock
                AND (other.status = 'doing'
                     OR (other.status = 'todo'
                         AND (other.priority > jobs.priority OR (other.priority = jobs.priority AND other.id < jobs.id)))))
     ORDER BY jobs.priority DESC, jobs.id
     LIMIT 1
       FOR UPDATE OF jobs SKIP LOCKED)
UPDATE procrastinate_jobs AS taken SET status = 'doing', worker_id = %(worker_id)s
  FROM candidate WHERE taken.id = candidate.id
RETURNING taken.*"""


@dataclass
class Share:
    """What of its queues a worker takes: everything, or the jobs of ``only`` these commands; nothing of the sources it is
    ``without``. Commands may be added while it works."""

    only: set[str] | None = None
    without: frozenset[str] = field(default_factory=frozenset)


class SharedJobs(JobManager):
    """Gives a worker the jobs of its share whose task it knows."""

    def __init__(self, connector: PsycopgConnector, tasks: Iterable[str], share: Share) -> None:
        super().__init__(connector)
        self._known = list(tasks)
        self._share = share

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> procrastinate.jobs.Job | None:
        only = None if self._share.only is None else sorted(self._share.only)
        found = await self.connector.execute_query_all_async(
            _FETCH,
            queues=list(queues or ()),
            tasks=self._known,
            only=only,
            without=sorted(self._share.without),
            worker_id=worker_id,
        )
        return procrastinate.jobs.Job.from_row(found[0]) if found else None


class WatchfulConnector(PsycopgConnector):
    """Remembers that a statement was lost: the library tells only its log when a job's end could not be written."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.lost = asyncio.Event()

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        try:
            await super().execute_query_async(query, **arguments)
        except procrastinate.exceptions.ConnectorException as error:
            if _is_lost(error):
                self.lost.set()
            raise


def _is_lost(error: procrastinate.exceptions.ConnectorException) -> bool:
    return isinstance(error.__cause__, (psycopg.OperationalError, psycopg.InterfaceError))


@contextlib.contextmanager
def told_as_ours() -> Iterator[None]:
    """The library's error of a lost connection as ours."""
    try:
        yield
    except procrastinate.exceptions.ConnectorException as error:
        if not _is_lost(error):
            raise
        raise DatabaseUnavailable("no connection to PostgreSQL", hint="Check DATABASE_URL and the server.") from error
