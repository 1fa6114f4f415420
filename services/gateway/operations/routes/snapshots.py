"""Frozen snapshots with their evidence, and superseding them, which takes two people."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import OPERATOR_OR_PUBLISHER, PUBLISHING, READER, Json, is_own
from services.gateway.access.tenancy import AGENCY_ROLES, read
from services.gateway.http.answers import CLOSED, accepted, created, document, number_cursor, page
from services.gateway.http.edge import CSV, JSON
from services.gateway.http.openapi_responses import LINK, follows, lists, queues, reads, reads_formats, records, ref
from services.gateway.http.periods import asked_period, asked_source
from services.gateway.http.routes.parameters import (
    PAGE,
    AgencyQuery,
    CommandPath,
    Cursor,
    Limit,
    PeriodQuery,
    SnapshotPath,
    SourceQuery,
)
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.commands import approve_supersession, find_supersession, request_supersession
from services.gateway.operations.progress import content_of, show
from services.gateway.operations.requests import end
from services.gateway.operations.schemas.bodies import ApprovalAsked, DecisionEndAsked, SupersessionAsked
from services.gateway.operations.schemas.operations import (
    Accepted,
    CommandStatus,
    RowPutAsidePage,
    SnapshotDocument,
    SnapshotPage,
)
from services.gateway.operations.store import evidence
from services.gateway.publication.routes.rows import (
    ROWS_READER,
    ROWS_TABLE,
    DatasetQuery,
    ProofQuery,
    RowCursor,
    RowsAnswer,
    VerdictQuery,
    asked_rows,
)
from services.gateway.publication.routes.scores import FormatQuery, media_type_of
from services.gateway.publication.rows import snapshot_rows
from services.gateway.publication.schemas.rows import SnapshotRows
from services.gateway.signatures.store import snapshots
from services.gateway.signatures.store.records import SnapshotHeader
from shared.audit import Actor
from shared.errors import NotFound

router = resource("snapshots")

READING = [Depends(READER)]


@router.get("/snapshots", dependencies=READING, **lists(SnapshotPage, refuses=[401, 403, 404]))
async def list_snapshots(
    request: Request,
    period: PeriodQuery = None,
    source: SourceQuery = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Snapshots in the order they were frozen."""
    given, after = runtime(request), number_cursor(cursor)
    asked = {"period": asked_period(period, now=given.clock()), "source": asked_source(source)}
    async with given.database.read() as connection:
        found = await evidence.list_snapshots(connection, **asked, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.pk, show=_shown)


@router.get("/snapshots/{snapshot}", dependencies=READING, **reads(SnapshotDocument, refuses=[401, 403, 404]))
async def get_snapshot(request: Request, snapshot: SnapshotPath) -> Response:
    """One snapshot with its manifest, its evidence, and whether it proved when it was last verified."""
    async with runtime(request).database.read() as connection:
        found = await snapshots.find_snapshot(connection, snapshot)
        verification = await evidence.last_verification(connection, snapshot)
    if found is None:
        raise NotFound(f"no snapshot has the id {snapshot}")
    manifest = msgspec.Raw(found.manifest)
    return document(request, {**_shown(found), "manifest": manifest, "verification": verification}, cache=CLOSED)


@router.get("/snapshots/{snapshot}/rows-put-aside", dependencies=READING, **lists(RowPutAsidePage, refuses=[401, 403, 404]))
async def list_rows_put_aside(request: Request, snapshot: SnapshotPath, cursor: Cursor = None, limit: Limit = PAGE) -> Response:
    """Rows of single bodies that cannot be true: put aside, not counted, each with what is wrong (docs/contracts.md §7)."""
    after = number_cursor(cursor)
    async with runtime(request).database.read() as connection:
        if await snapshots.find_snapshot(connection, snapshot) is None:
            raise NotFound(f"no snapshot has the id {snapshot}")
        found = await evidence.list_rows_put_aside(connection, snapshot, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.ordinal)


@router.get(
    "/snapshots/{snapshot}/rows",
    **reads_formats({JSON: ref(SnapshotRows), CSV: ROWS_TABLE}, refuses=[401, 403, 404], beside=LINK),
)
async def list_snapshot_rows(
    request: Request,
    snapshot: SnapshotPath,
    actor: Annotated[Actor, Depends(ROWS_READER)],
    dataset: DatasetQuery = None,
    agency: AgencyQuery = None,
    verdict: VerdictQuery = None,
    cursor: RowCursor = None,
    limit: Limit = PAGE,
    proof: ProofQuery = "false",
    wanted_format: FormatQuery = None,
) -> Response:
    """The rows of a frozen snapshot, with their verdicts in the latest published version that rests on it, else, for
    national readers, in the latest run; before any, without."""
    body = _body_of(actor, agency)
    asked = asked_rows(body, verdict, cursor, limit)
    answer = RowsAnswer(request, media_type_of(request, wanted_format), limit, proven=proof == "true")
    async with read(runtime(request).database, actor) as connection:
        run, found = await snapshot_rows(connection, snapshot, dataset, published=bool(actor.roles & set(AGENCY_ROLES)))
        rows = await found.read(connection, asked)
    beside = {"snapshot": snapshot, "version": run and run.version, "run_id": run and run.run_id}
    return await answer.page(rows, found, beside, name=f"{snapshot}-rows.csv")


@router.post("/snapshots/{snapshot}/supersessions", **queues(SupersessionAsked, Accepted, refuses=[401, 403, 404, 409]))
async def post_supersession(
    request: Request,
    snapshot: SnapshotPath,
    actor: Annotated[Actor, Depends(OPERATOR_OR_PUBLISHER)],
    asked: Annotated[SupersessionAsked, Depends(Json(SupersessionAsked))],
) -> Response:
    """Ask for a superseding version; nothing happens before another person approves."""
    command_id = await request_supersession(
        runtime(request).database,
        actor=actor,
        snapshot_id=snapshot,
        reason=asked.reason,
        as_of=asked.as_of,
        takes=asked.takes,
    )
    return accepted(request, command_id, status_path=f"/snapshots/{snapshot}/supersessions/{command_id}")


@router.get(
    "/snapshots/{snapshot}/supersessions/{command}",
    dependencies=READING,
    **follows(CommandStatus, refuses=[401, 403, 404]),
)
async def get_supersession(request: Request, snapshot: SnapshotPath, command: CommandPath) -> Response:
    """How a supersession goes: awaiting approval, under way, done."""
    async with runtime(request).database.read() as connection:
        found = await find_supersession(connection, snapshot_id=snapshot, command_id=command)
    return show(request, found)


@router.post(
    "/snapshots/{snapshot}/supersessions/{command}/approvals",
    **queues(ApprovalAsked, Accepted, refuses=[401, 403, 404, 409]),
)
async def post_approval(
    request: Request,
    snapshot: SnapshotPath,
    command: CommandPath,
    actor: Annotated[Actor, Depends(PUBLISHING)],
    asked: Annotated[ApprovalAsked, Depends(Json(ApprovalAsked))],
) -> Response:
    """Approve somebody else's request, which starts the work."""
    given = runtime(request)
    await approve_supersession(
        given.database, queue=given.queue, actor=actor, snapshot_id=snapshot, command_id=command, reason=asked.reason
    )
    return accepted(request, command, status_path=f"/snapshots/{snapshot}/supersessions/{command}")


@router.post(
    "/snapshots/{snapshot}/supersessions/{command}/refusals",
    **records(DecisionEndAsked, CommandStatus, refuses=[401, 403, 404, 409]),
)
async def post_supersession_refusal(
    request: Request,
    snapshot: SnapshotPath,
    command: CommandPath,
    actor: Annotated[Actor, Depends(OPERATOR_OR_PUBLISHER)],
    asked: Annotated[DecisionEndAsked, Depends(Json(DecisionEndAsked))],
) -> Response:
    """Take the own request back; a publisher also refuses another's. Nothing changes, and nobody approves it any more."""
    database = runtime(request).database
    about = {"command_id": command, "kind": "supersede", "snapshot_id": snapshot}
    await end(database, actor=actor, reason=asked.reason, **about)
    async with database.read() as connection:
        found = await find_supersession(connection, snapshot_id=snapshot, command_id=command)
    return created(content_of(request, found), path=f"/snapshots/{snapshot}/supersessions/{command}")


def _body_of(actor: Actor, agency: str | None) -> str | None:
    """A body's key reads its own rows alone, whether it says so or not. Raises NotFound."""
    if not actor.roles & set(AGENCY_ROLES):
        return agency
    if agency is not None and not is_own(actor, agency):
        raise NotFound("there is no such thing for this key")
    return actor.agency


def _shown(line: SnapshotHeader) -> dict[str, Any]:
    skew = line.clock_skew_seconds
    shown = {name: value for name, value in vars(line).items() if name not in ("pk", "manifest")}
    return {**shown, "clock_skew_seconds": None if skew is None else str(skew)}
