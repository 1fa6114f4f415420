"""Use cases that ask another service to act: one row of who and why, one audit row, one job, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.gateway.access.four_eyes import Act, agree, require_another
from services.gateway.access.store.decisions import hold_decisions
from services.gateway.http.errors import AlreadyPublished, NotLatestSnapshot
from services.gateway.http.words import require_reason
from services.gateway.operations.comparing import computed_of, difference_now
from services.gateway.operations.omissions import HoldNotOpen, holds_of
from services.gateway.operations.requests import require_not_ended
from services.gateway.operations.store import control, evidence
from services.gateway.operations.store.records import Command
from services.gateway.publication.store import published
from services.gateway.publication.store.records import Run
from services.gateway.reports.classification.markers import refuse_classified_words
from services.gateway.signatures.store import snapshots
from services.gateway.signatures.store.records import SnapshotOnRecord
from shared.audit import Actor, record
from shared.calendar import now_of, refuse_as_of_outside
from shared.database import Connection, Database, insert_row
from shared.embargo import require_release
from shared.errors import Fault, InputInvalid, NotFound, SamePerson, VersionStands
from shared.holds.late_completions import open_changes, refuse_passing_over
from shared.holds.register import refuse_held
from shared.ids import new_id
from shared.jobs import COMMANDS, Queue
from shared.people import importers_of
from shared.period import Period, in_vietnam
from shared.plans.difference import refuse_other_difference
from shared.tables.control import approval
from shared.tables.control import command as commands

Arguments = Mapping[str, Any]
_APPROVAL = Act(approval, "command_id", "approval.supersede")
_RESTORATION = Act(approval, "command_id", "approval.restore")


async def request_command(
    database: Database,
    *,
    queue: Queue,
    actor: Actor,
    kind: str,
    period: str | None,
    arguments: Arguments,
    reason: str,
) -> str:
    """The command's id. ``kind`` is one of shared.jobs.COMMANDS; ``arguments`` are what its job is given. ``period`` is None
    where it concerns several months."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        command_id = await _write(connection, actor, kind=kind, period=period, arguments=arguments, reason=reason)
        await _defer(connection, queue, command_id, kind=kind, period=period, arguments=arguments)
    return command_id


async def request_publication(
    database: Database,
    *,
    queue: Queue,
    actor: Actor,
    run_id: str,
    plan: str,
    reason: str,
    release_at: datetime | None = None,
) -> str:
    """``plan`` is the digest of what publishing would change, as the publisher saw it; ``release_at`` from when on it is
    public, None at once. Raises NotFound, SamePerson (nobody publishes their own run), AlreadyPublished, InputInvalid for an
    instant out of bounds, EmbargoStands, PublicationHeld, NotExplained or PlanStale."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await published.preview(connection)
        run = await published.find_run(connection, run_id)
        if run is None:
            raise NotFound(f"no run has the id {run_id}")
        await _require_publisher(connection, actor, run)
        if run.publication_id is not None:
            raise AlreadyPublished(f"run {run_id} is publication {run.publication_id}")
        await require_release(connection, run.period, release_at)
        month = Period.parse(run.period)
        later = str(month) in await published.latest_versions(connection)
        refuse_held(month, await holds_of(connection, month, run_id), published=later)
        _, _, sheet = await computed_of(connection, run_id)
        refuse_other_difference(run_id, plan, await difference_now(connection, run, sheet))
        period, arguments = run.period, {"run_id": run_id, "plan": plan}
        arguments |= {} if release_at is None else {"release_at": in_vietnam(release_at)}
        command_id = await _write(connection, actor, kind="publish", period=period, arguments=arguments, reason=reason)
        await _defer(connection, queue, command_id, kind="publish", period=period, arguments=arguments)
    return command_id


async def request_supersession(
    database: Database, *, actor: Actor, snapshot_id: str, reason: str, as_of: datetime | None = None, takes: str = "all"
) -> str:
    """The first person's half: nothing runs until a second one approves. ``as_of`` is when
    what the source knew is taken, between its closing and now. With
    ``takes`` `changed_completions` the request names the second look whose rows are taken: the second person agrees to those.

    Raises NotFound, NotLatestSnapshot, ReasonMissing, Classified (the reason is published with the version it makes),
    InputInvalid, HoldNotOpen when no change of the month is open, or
    ChangesOpen when some are that a whole version would pass over.
    """
    reason = require_reason(reason)
    refuse_classified_words([("/reason", reason)])
    if as_of and takes != "all":
        fault = Fault("/as_of", "is the second look's", seen=in_vietnam(as_of), expected="no instant")
        raise InputInvalid("what a second look found is taken as of that look", faults=[fault])
    async with database.transaction() as connection:
        snapshot = await _snapshot(connection, snapshot_id)
        latest = (await evidence.latest_snapshots(connection, snapshot.period))[snapshot.source]
        if latest.snapshot_id != snapshot_id:
            raise NotLatestSnapshot(f"version {latest.version} is the latest: {latest.snapshot_id}")
        arguments = {"source": snapshot.source, "period": snapshot.period, "snapshot_id": snapshot_id}
        if as_of:
            month, now = Period.parse(snapshot.period), await now_of(connection)
            await refuse_as_of_outside(connection, month, snapshot.source, as_of, frozen=latest.as_of, now=now)
            arguments |= {"as_of": in_vietnam(as_of)}
        if takes != "all":
            arguments |= {"look": await _look_of(connection, snapshot)}
        else:
            await refuse_passing_over(connection, Period.parse(snapshot.period), snapshot.source)
        return await _write(connection, actor, kind="supersede", period=snapshot.period, arguments=arguments, reason=reason)


async def approve_supersession(
    database: Database, *, queue: Queue, actor: Actor, snapshot_id: str, command_id: str, reason: str
) -> None:
    """The second person's half, which starts the work. Raises NotFound, SamePerson, AlreadyApproved or DecisionEnded."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await hold_decisions(connection)
        asked = await find_supersession(connection, snapshot_id=snapshot_id, command_id=command_id)
        own = SamePerson("nobody approves their own request", hint="Ask another person to approve it.")
        await require_another(connection, actor, [asked.actor], own)
        require_not_ended(asked)
        await agree(connection, _APPROVAL, actor, {"command_id": command_id}, reason=reason)
        arguments = {"source": asked.arguments["source"], "period": asked.period, "reason": asked.reason}
        arguments |= {"requested_by": asked.actor, "approver": actor.id}
        arguments |= {name: value for name, value in asked.arguments.items() if name in ("as_of", "look")}
        await _defer(connection, queue, command_id, kind="supersede", period=asked.period, arguments=arguments)


async def request_restoration(database: Database, *, actor: Actor, publication_id: str, reason: str) -> str:
    """The first person's half of undoing: the month's next version shall say what this one said. Raises NotFound,
    VersionStands or ReasonMissing."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await published.preview(connection)
        former = await published.find_publication(connection, publication_id)
        if former is None:
            raise NotFound(f"no publication has the id {publication_id}")
        latest = (await published.latest_versions(connection))[former.period].version
        await require_release(connection, former.period, None)
        if former.version == latest:
            raise VersionStands(f"{publication_id} is version {latest} of {former.period}, its latest")
        arguments = {"publication_id": publication_id, "version": former.version}
        return await _write(connection, actor, kind="restore", period=former.period, arguments=arguments, reason=reason)


async def approve_restoration(
    database: Database, *, queue: Queue, actor: Actor, command_id: str, reason: str, publication_id: str | None = None
) -> None:
    """The second person's half, which publishes. Raises NotFound, also where another publication than the one given was asked
    for, SamePerson, AlreadyApproved, DecisionEnded or ReasonMissing."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await published.preview(connection)
        await hold_decisions(connection)
        asked = await control.find_command(connection, command_id, "restore")
        if asked is None or publication_id not in (None, asked.arguments["publication_id"]):
            raise NotFound(f"no restoration has the id {command_id}")
        own = SamePerson("nobody approves their own request", hint="Ask another person to approve it.")
        await require_another(connection, actor, [asked.actor], own)
        run = await published.run_of(connection, asked.arguments["publication_id"])
        await _require_publisher(connection, actor, run)
        require_not_ended(asked)
        await agree(connection, _RESTORATION, actor, {"command_id": command_id}, reason=reason)
        arguments = {"publication_id": asked.arguments["publication_id"], "reason": asked.reason}
        arguments |= {"requested_by": asked.actor, "approver": actor.id}
        await _defer(connection, queue, command_id, kind="restore", period=asked.period, arguments=arguments)


async def _require_publisher(connection: Connection, actor: Actor, run: Run) -> None:
    hint = "Ask a publisher who did not start the run."
    own = SamePerson("nobody publishes a run that they started themselves", hint=hint)
    await require_another(connection, actor, [run.actor], own)
    imported = SamePerson("nobody publishes what rests on a file that they imported", hint="Ask another publisher.")
    await require_another(connection, actor, await importers_of(connection, run.period), imported)


async def _look_of(connection: Connection, snapshot: SnapshotOnRecord) -> str:
    """The second look that was compared with the snapshot and whose changes are open."""
    found = [each for each in await open_changes(connection, Period.parse(snapshot.period)) if each.source == snapshot.source]
    beside = next((each.pull_id for each in found if each.snapshot_id == snapshot.snapshot_id), None)
    if beside is not None:
        return beside
    hint = f"GET /api/v1/periods/{snapshot.period}/holds lists what does."
    if found:
        hint = "What is open was found beside an earlier snapshot: ask the source once more (POST /api/v1/second-looks)."
    raise HoldNotOpen(f"nothing that was found beside {snapshot.snapshot_id} is open", hint=hint)


async def find_supersession(connection: Connection, *, snapshot_id: str, command_id: str) -> Command:
    """The request, with its execution. Raises NotFound also when it concerns another snapshot."""
    asked = await control.find_command(connection, command_id, "supersede")
    if asked is None or asked.arguments.get("snapshot_id") != snapshot_id:
        raise NotFound(f"{snapshot_id} has no supersession {command_id}")
    return asked


async def write_command(
    connection: Connection,
    actor: Actor,
    *,
    kind: str,
    period: str | None,
    arguments: Arguments,
    reason: str,
    part_of: str | None = None,
) -> str:
    """The row alone, without its audit row and its job. ``part_of`` is the back-fill that it is a step of."""
    command_id = new_id("cmd")
    values = {"command_id": command_id, "kind": kind, "period": period, "arguments": dict(arguments), "part_of": part_of}
    await insert_row(connection, commands, {**values, "actor": actor.id, "reason": reason})
    return command_id


async def _write(
    connection: Connection, actor: Actor, *, kind: str, period: str | None, arguments: Arguments, reason: str
) -> str:
    said: dict[str, Any] = {"kind": kind, "period": period, "arguments": arguments, "reason": reason}
    command_id = await write_command(connection, actor, **said)
    detail = {"period": period, **arguments}
    await record(connection, actor.id, f"command.{kind}", command_id, reason=reason, detail=detail)
    return command_id


async def _defer(
    connection: Connection, queue: Queue, command_id: str, *, kind: str, period: str | None, arguments: Arguments
) -> None:
    """Work on one source's month, and on one month's scores, is done one after the other."""
    lock = f"{arguments['source']}:{period}" if "source" in arguments else f"scoring:{period or kind}"
    await queue.defer(connection, COMMANDS[kind], purpose=command_id, arguments=arguments, command_id=command_id, lock=lock)


async def _snapshot(connection: Connection, snapshot_id: str) -> SnapshotOnRecord:
    found = await snapshots.find_snapshot(connection, snapshot_id)
    if found is None:
        raise NotFound(f"no snapshot has the id {snapshot_id}")
    return found
