"""Runs: who had a month scored, why, from which inputs, with which result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from fastapi import Depends, Query, Request
from starlette.responses import Response

from services.gateway.access.permits import READER, SCORER, Json
from services.gateway.http.answers import CLOSED, accepted, all_but, document, no_store, page, text_cursor
from services.gateway.http.negotiation import choose_language
from services.gateway.http.openapi_responses import follows, lists, queues, tells
from services.gateway.http.periods import ruled_period
from services.gateway.http.routes.parameters import PAGE, Cursor, Limit, PeriodQuery, RunOrCommandPath, RunPath, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.commands import request_command
from services.gateway.operations.comparing import stale_runs
from services.gateway.operations.omissions import told
from services.gateway.operations.plans import request_run
from services.gateway.operations.progress import progress
from services.gateway.operations.readiness import readiness
from services.gateway.operations.schemas.bodies import ScoreRunAsked
from services.gateway.operations.schemas.operations import Accepted, CommandStatus, ScoreRun, ScoreRunPage
from services.gateway.operations.schemas.readiness import RunReadiness
from services.gateway.publication.store import published
from services.gateway.publication.store.records import Run
from services.gateway.publication.worked_out import WorkedOut
from shared.audit import Actor
from shared.errors import Fault, InputInvalid, NotFound
from shared.plans.pins import Changed

router = resource("score-runs")

Include = Annotated[Literal["sheet"] | Unset, Query(description="`sheet`: with the whole sheet the run computed.")]


@router.post("/score-runs", **queues(ScoreRunAsked, Accepted, refuses=[401, 403, 404, 409]))
async def post_score_run(
    request: Request,
    actor: Annotated[Actor, Depends(SCORER)],
    asked: Annotated[ScoreRunAsked, Depends(Json(ScoreRunAsked))],
) -> Response:
    """Score a month from its frozen snapshots, or go by a plan of it while nothing that it was made of has changed."""
    given = runtime(request)
    said: Mapping[str, Any] = {"queue": given.queue, "actor": actor, "reason": asked.reason}
    if asked.plan is not None and asked.period is None:
        command_id = await request_run(given.database, plan_id=asked.plan, **said)
    elif asked.period is not None and asked.plan is None:
        ruled_period(asked.period)
        about: Mapping[str, Any] = {"period": asked.period, "arguments": {"period": asked.period}}
        command_id = await request_command(given.database, kind="score", **about, **said)
    else:
        fault = Fault("/period", "either this or plan", expected="one of both")
        raise InputInvalid("one thing is scored", faults=[fault])
    return accepted(request, command_id, status_path=f"/score-runs/{command_id}")


@router.get("/score-runs", dependencies=[Depends(READER)], **lists(ScoreRunPage, refuses=[401, 403]))
async def list_score_runs(request: Request, period: PeriodQuery = None, cursor: Cursor = None, limit: Limit = PAGE) -> Response:
    """Runs in the order they were asked for."""
    after = text_cursor(cursor)
    async with runtime(request).database.read() as connection:
        await published.preview(connection)
        found = await published.list_runs(connection, period=period, after=after, limit=limit + 1)
        stale = await stale_runs(connection, [each.run_id for each in found])
    return page(request, found, limit=limit, key=lambda each: each.run_id, show=lambda each: _shown(each, stale))


@router.get("/score-runs/{run}", dependencies=[Depends(READER)], **follows(ScoreRun, CommandStatus, refuses=[401, 403, 404]))
async def get_score_run(request: Request, run: RunOrCommandPath, include: Include = None) -> Response:
    """A run by its id; by the id of a 202, how the scoring goes and the run it made."""
    if run.startswith("cmd_"):
        return await progress(request, run, "score")
    async with runtime(request).database.read() as connection:
        await published.preview(connection)
        found = await published.find_run(connection, run)
        sheet = await published.find_sheet(connection, run) if include else None
        stale = await stale_runs(connection, [run])
    if found is None:
        raise NotFound(f"no run has the id {run}")
    stored = {} if sheet is None else {"sheet": msgspec.Raw(bytes(sheet))}
    return document(request, {**_shown(found, stale), **stored}, cache=CLOSED)


@router.get("/score-runs/{run}/readiness", dependencies=[Depends(READER)], **tells(RunReadiness, refuses=[401, 403, 404]))
async def get_run_readiness(request: Request, run: RunPath) -> Response:
    """Everything to be known of a run before it is published: what is missing, what holds the month, who moves against the
    published version, who is near a grade's bound, whose figure others hang on, which readings would change a grade."""
    given = runtime(request)
    async with given.database.read() as connection:
        content, holds = await readiness(connection, given.part(WorkedOut), run)
    language = choose_language(request.headers.get("accept-language"))
    shown = {**content, "holds": [told(hold, language) for hold in holds]}
    return no_store(shown, headers={"vary": "Accept-Language"})


def _shown(line: Run, stale: Mapping[str, Sequence[Changed]]) -> dict[str, Any]:
    changed = [vars(each) for each in stale[line.run_id]]
    return {**all_but(line, "publication_id"), "publication": line.publication_id, "stale": changed}
