"""Jobs as people see them: what waits, runs or failed; one that failed is done again, one that waits is called off.

A job is retried under its own purpose: what its handler wrote before it failed is found and stays, so the retry goes on from
there and does nothing twice (ADR 48).
"""

from __future__ import annotations

from services.gateway.access.permits import PUBLISHING
from services.gateway.http.words import require_reason
from services.gateway.operations.store import jobs as stored
from services.gateway.operations.store.records import Execution as Execution
from shared.audit import Actor, record
from shared.database import Connection, Database
from shared.errors import Conflict, NotAllowed, NotFound
from shared.jobs import COMMANDS, Queue

STATES = ("waiting", "running", "failed", "succeeded")
# Whose failed job only a publisher has done again, as only a publisher asked for it.
_PUBLISHERS = ("publish", "restore")


class JobStateForbids(Conflict):
    """Only a job that failed is done again, only one that waits is called off."""

    slug = "job-state"
    title_vi = "Trạng thái của việc không cho phép"
    title_en = "State of the job does not allow this"


async def list_jobs(database: Database, *, states: tuple[str, ...], limit: int) -> list[Execution]:
    """The newest first, at most so many."""
    async with database.read() as connection:
        return await stored.list_executions(connection, states=states, limit=limit)


async def source_of(database: Database, purpose: str) -> str | None:
    """The source that a command's job asks; None where it asks none."""
    async with database.read() as connection:
        found = await stored.find_execution(connection, purpose)
    return None if found is None else found.source


async def waits_behind(database: Database, purpose: str) -> str | None:
    """Another's job under the same lock that waits too; None while somebody does one, or where there is none."""
    async with database.read() as connection:
        return await stored.waits_behind(connection, purpose)


async def is_ingest_at_work(database: Database) -> bool:
    """Whether a service of ingest has looked for what is due within the last eleven minutes; one that runs does every ten."""
    async with database.read() as connection:
        return await stored.has_looked(connection)


async def retry(database: Database, *, queue: Queue, actor: Actor, purpose: str, reason: str) -> Execution:
    """A command's job that failed waits again. Raises NotFound, NotAllowed, JobStateForbids or ReasonMissing."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        found = await _find(connection, actor, purpose)
        if found.state != "failed":
            raise JobStateForbids(f"job {purpose} is {found.state}", hint="Only a job that failed is done again.")
        await queue.again(connection, purpose)
        before = {"problem": (found.problem or {}).get("type"), "attempts": found.attempts}
        await record(connection, actor.id, "job.retry", purpose, reason=reason, detail=before)
    return found


async def cancel(database: Database, *, queue: Queue, actor: Actor, purpose: str, reason: str) -> Execution:
    """A command's job that waits is called off: it is failed, and can be retried. Raises as ``retry``."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        found = await _find(connection, actor, purpose)
        if found.state != "waiting" or not await queue.call_off(connection, purpose, by=actor.id):
            raise JobStateForbids(
                f"job {purpose} is {found.state}", hint="Only a job that waits is called off; others end by themselves."
            )
        await record(connection, actor.id, "job.cancel", purpose, reason=reason)
    return found


async def _find(connection: Connection, actor: Actor, purpose: str) -> Execution:
    """Of the clock's own work none: what is due it asks again by itself."""
    found = await stored.hold_execution(connection, purpose)
    if found is None or found.kind is None or found.task not in COMMANDS.values():
        raise NotFound(f"no command's job has the id {purpose}", hint="bangdiem job list")
    if found.kind in _PUBLISHERS and not actor.roles & PUBLISHING.roles:
        raise NotAllowed(
            f"this needs the role {' or '.join(sorted(PUBLISHING.roles))}", hint="Use a key that holds it (--key)."
        )
    return found
