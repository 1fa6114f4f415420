"""Score plans: what a run of a month would change, before it is one (OPS-01; ADR 34)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import READER, SCORER, Json
from services.gateway.http.answers import CLOSED, accepted, all_but, document
from services.gateway.http.openapi_responses import follows, queues
from services.gateway.http.periods import ruled_period
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.commands import request_command
from services.gateway.operations.plans import find_plan
from services.gateway.operations.progress import progress
from services.gateway.operations.schemas.operations import Accepted, CommandStatus
from services.gateway.operations.schemas.plans import ScorePlan, ScorePlanAsked
from shared.audit import Actor

router = resource("score-plans")

PlanPath = Annotated[str, Path(pattern="^(splan|cmd)_[0-9a-z]{26}$", description="A plan, or the id that the 202 gave.")]


@router.post("/score-plans", **queues(ScorePlanAsked, Accepted, refuses=[401, 403]))
async def post_score_plan(
    request: Request,
    actor: Annotated[Actor, Depends(SCORER)],
    asked: Annotated[ScorePlanAsked, Depends(Json(ScorePlanAsked))],
) -> Response:
    """Compute what a run of a month would change in what is published of it; no run is stored."""
    ruled_period(asked.period)
    given = runtime(request)
    command_id = await request_command(
        given.database,
        queue=given.queue,
        actor=actor,
        kind="plan",
        period=asked.period,
        arguments={"period": asked.period},
        reason=asked.reason,
    )
    return accepted(request, command_id, status_path=f"/score-plans/{command_id}")


@router.get(
    "/score-plans/{score_plan}", dependencies=[Depends(READER)], **follows(ScorePlan, CommandStatus, refuses=[401, 403, 404])
)
async def get_score_plan(request: Request, score_plan: PlanPath) -> Response:
    """Who would move, by how much and why, and which inputs are otherwise since; by the id of a 202, how the planning goes."""
    if score_plan.startswith("cmd_"):
        return await progress(request, score_plan, "plan")
    found, otherwise = await find_plan(runtime(request).database, score_plan)
    content = all_but(found, "inputs", "difference", "against")
    content["difference"] = msgspec.Raw(found.difference)
    return document(request, {**content, "changed": [vars(each) for each in otherwise]}, cache=CLOSED)
