"""How a command of the terminal is carried out: recorded like one over REST, then done by whichever worker takes it.

When no worker runs, this process does the waiting jobs itself; when one does, it may do them first. Either way the
answer is read from the job's record.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services import ingest, scoring
from services.cli.site import Site, publication_key
from services.gateway import GatewaySettings
from services.gateway.access import auth
from services.gateway.access.second_factor import require_second_factor
from services.gateway.operations import commands, plans
from services.gateway.settings import verifier_of
from services.gateway.signatures import file_signatures, imports
from services.ingest.settings import IngestSettings
from shared.audit import Actor
from shared.canonical import sha256_hex
from shared.database import Database
from shared.ending import GRACE_SECONDS, end
from shared.errors import DomainError, InputInvalid, NotAllowed
from shared.jobs import COMMANDS, Queue, Task, find_run
from shared.period import Period
from shared.settings import read

POLL_SECONDS = 0.03


class CommandFailed(DomainError):
    """The command was carried out and refused; the problem is the worker's own."""

    slug = "command-failed"
    title_vi = "Lệnh không thực hiện được"
    title_en = "Command failed"

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail", "")), hint=problem.get("hint"))
        self.problem = dict(problem)
        self.title_vi = str(problem.get("title", self.title_vi))  # type: ignore[misc]


@dataclass
class Desk:
    """One person's access to an opened site. ``actor`` was authenticated by key."""

    site: Site
    actor: Actor
    database: Database
    queue: Queue
    ingest_settings: IngestSettings
    workers: list[asyncio.Task[None]] = field(default_factory=list)

    async def carry_out(self, kind: str, *, period: str, arguments: Mapping[str, Any], reason: str) -> dict[str, Any]:
        """Record a command and see it done. Raises CommandFailed with the worker's problem."""
        self.need("operator")
        if kind in ("score", "plan"):
            self.prove_second_factor()
        command_id = await commands.request_command(
            self.database,
            queue=self.queue,
            actor=self.actor,
            kind=kind,
            period=period,
            arguments=arguments,
            reason=reason,
        )
        return await self.finish(command_id)

    async def go_by_plan(self, plan_id: str, *, period: str, reason: str) -> dict[str, Any]:
        """Score a month by a plan of it. Raises PlanStale, here or from the worker, where its inputs are otherwise now."""
        self.need("operator")
        self.prove_second_factor()
        planned, _ = await plans.find_plan(self.database, plan_id)
        if planned.period != period:
            raise InputInvalid(f"{plan_id} is a plan of {planned.period}", hint=f"Score {planned.period} by it.")
        return await self.finish(
            await plans.request_run(self.database, queue=self.queue, actor=self.actor, plan_id=plan_id, reason=reason)
        )

    async def take_file(
        self,
        source: str,
        month: Period,
        files: Sequence[Path],
        *,
        document: str,
        author: str,
        reason: str,
        signed_for: str | None = None,
    ) -> dict[str, Any]:
        """Take a source's period from official files; this process holds them, so it carries the import out itself.

        ``signed_for`` is the body whose detached JWS lies beside each file, as ``<file>.jws``.
        """
        self.need("operator")
        # Read once: what was signed is what is imported, whatever becomes of the files meanwhile.
        given = [ingest.GivenFile.read(path) for path in files]
        signatures = await self._judged(source, month, list(zip(files, given, strict=True)), signed_for)
        command_id = await imports.request_import(
            self.database,
            actor=self.actor,
            source=source,
            period=str(month),
            document=document,
            author=author,
            reason=reason,
            signatures=signatures,
        )
        service = ingest.create(self.site.platform, self.ingest_settings)
        try:
            return await service.take_file(
                source,
                month,
                given,
                document_number=document,
                author=author,
                reason=reason,
                actor=self.actor.id,
                command_id=command_id,
                signatures=[file_signatures.told(each) for each in signatures],
            )
        finally:
            await service.database.close()

    async def _judged(
        self, source: str, month: Period, files: Sequence[tuple[Path, ingest.GivenFile]], agency: str | None
    ) -> list[dict[str, Any]]:
        settings = read(GatewaySettings, key_pepper=self.site.pepper)
        signed = tuple(
            file_signatures.SignedFile(file.name, sha256_hex(file.body), _beside(path) if agency else None)
            for path, file in files
        )
        offered = file_signatures.Offered(source, str(month), agency, signed)
        return await file_signatures.judge_files(
            self.database, verifier_of(settings), actor=self.actor, offered=offered, now=self.site.platform.clock()
        )

    def need(self, *roles: str) -> None:
        """Raises NotAllowed unless the key holds one of the roles; REST asks for the same ones."""
        if not self.actor.roles & set(roles):
            raise NotAllowed(f"this needs the role {' or '.join(roles)}", hint="Use a key that holds it (--key).")

    def prove_second_factor(self) -> None:
        """Raises SecondFactorNeeded where factors are configured: a key shows none, at the terminal as over REST."""
        require_second_factor(frozenset(), read(GatewaySettings, key_pepper=self.site.pepper).second_factor)

    async def finish(self, command_id: str) -> dict[str, Any]:
        """The job's result, once a worker, ours or another's, has done it. Raises CommandFailed with its problem.

        Our workers start with the first job there is to wait for: an act that is refused needs none.
        """
        self.workers = self.workers or start_workers(self.site, self.ingest_settings)
        while True:
            async with self.database.read() as connection:
                run = await find_run(connection, command_id)
            if run is not None and run["state"] in ("succeeded", "failed"):
                break
            await asyncio.sleep(POLL_SECONDS)
        if run["state"] == "failed":
            raise CommandFailed(run["problem"])
        result: dict[str, Any] = run["result"] or {}
        return result


def _beside(path: Path) -> str | None:
    """The detached JWS beside a file; None where there is none. What is no text is no signature."""
    try:
        return path.with_name(path.name + ".jws").read_text("ascii", errors="replace").strip()
    except FileNotFoundError:
        return None


@asynccontextmanager
async def desk(site: Site, key: str, ingest_settings: IngestSettings) -> AsyncIterator[Desk]:
    """Authenticate ``key``, open the gateway's side of the site, and work its queues meanwhile."""
    database = Database(site.platform.database_url, role="gateway", pool_size=3)
    tasks = [Task(name, name.split(".")[0]) for name in COMMANDS.values()]
    queue = Queue(database, tasks, clock=site.platform.clock, worker=f"cli@{site.platform.worker}")
    try:
        actor = await auth.authenticate_token(database, pepper=site.pepper, token=key, now=site.platform.clock())
        async with queue.opened():
            at = Desk(site, actor, database, queue, ingest_settings)
            try:
                yield at
            finally:
                await end(at.workers, again_after=GRACE_SECONDS)
    finally:
        await database.close()


def start_workers(site: Site, ingest_settings: IngestSettings) -> list[asyncio.Task[None]]:
    """Both workers without their clock: a command does what it was asked, not what happens to be due."""
    services = (ingest.create(site.platform, ingest_settings), scoring.create(site.platform, publication_key(site)))
    return [asyncio.create_task(service.work()) for service in services]
