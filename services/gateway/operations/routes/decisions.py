"""What moves points or time for others takes two people: what waits, whose turn it is, the approval, the refusal."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLISHER, PUBLISHING, READER, Json
from services.gateway.access.store import decisions as stored
from services.gateway.http.answers import API, CLOSED, created, document, page, text_cursor
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, Cursor, DecisionPath, Limit, PeriodQuery, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations import decisions
from services.gateway.operations.schemas.bodies import ApprovalAsked, DecisionEndAsked
from services.gateway.operations.schemas.operations import Decision, DecisionPage
from shared.audit import Actor

router = resource("decisions")

READING = [Depends(READER)]
StateQuery = Annotated[
    Literal["proposed", "approved", "refused", "taken_back"] | Unset, Query(description="Only these; `proposed` is what waits.")
]
# Where what was decided stands, by the act.
_PLACES = {
    "ruling": "rulings",
    "applicability": "applicability",
    "calendar_entry": "calendar",
    "rule_activation": "rule-activations",
}


@router.get("/decisions", dependencies=READING, **lists(DecisionPage, refuses=[401, 403]))
async def list_decisions(
    request: Request, state: StateQuery = None, period: PeriodQuery = None, cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    """Rulings, applicability and calendar rows, withdrawals of each, and rules of reports, in the order they were asked for."""
    after = text_cursor(cursor)
    async with runtime(request).database.read() as connection:
        found = await stored.list_decisions(connection, state=state, period=period, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.decision_id, show=_shown)


@router.get("/decisions/{decision}", dependencies=READING, **reads(Decision, refuses=[401, 403, 404]))
async def get_decision(request: Request, decision: DecisionPath) -> Response:
    """One decision, and whose turn it is."""
    async with runtime(request).database.read() as connection:
        found = await decisions.find_decision(connection, decision)
    return document(request, _shown(found), cache=CLOSED)


@router.post("/decisions/{decision}/approvals", **records(ApprovalAsked, Decision, refuses=[401, 403, 404, 409]))
async def post_decision_approval(
    request: Request,
    decision: DecisionPath,
    actor: Annotated[Actor, Depends(PUBLISHING)],
    asked: Annotated[ApprovalAsked, Depends(Json(ApprovalAsked))],
) -> Response:
    """Approve what another person asked for; from then on it holds. What the asking judged is judged anew."""
    found = await decisions.approve(runtime(request).database, actor=actor, decision_id=decision, reason=asked.reason)
    return created(_shown(found), path=f"/decisions/{decision}")


@router.post("/decisions/{decision}/refusals", **records(DecisionEndAsked, Decision, refuses=[401, 403, 404, 409]))
async def post_decision_refusal(
    request: Request,
    decision: DecisionPath,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[DecisionEndAsked, Depends(Json(DecisionEndAsked))],
) -> Response:
    """Refuse what another person asked for, or take the own proposal back; either way nothing changes."""
    found = await decisions.end(runtime(request).database, actor=actor, decision_id=decision, reason=asked.reason)
    return created(_shown(found), path=f"/decisions/{decision}")


def _shown(line: stored.Decision) -> dict[str, Any]:
    waits = {"roles": sorted(PUBLISHING.roles), "other_than": line.actor} if line.state == "proposed" else None
    return {**vars(line), "subject": f"{API}/{_PLACES[line.kind]}/{line.decision_id}", "waits_for": waits}
