"""Initiatives for the bonus: proposals of bodies, assessments of the standing agency, decisions (F-1 to F-4, RUL-15)."""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from services.gateway.access.permits import Json, Permit, RequireAgencyRole
from services.gateway.access.second_factor import SecondFactor
from services.gateway.access.tenancy import WHOLE_BODY_ROLES, read
from services.gateway.http.answers import CLOSED, created, document, page, text_cursor
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.periods import asked_period
from services.gateway.http.routes.parameters import PAGE, AgencyPath, AgencyQuery, Cursor, Limit, PeriodQuery, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.registers import initiatives
from services.gateway.registers.initiative_machine import APPROVER, ASSESSOR, DECIDERS, DRAFTER
from services.gateway.registers.initiatives import Taken
from services.gateway.registers.schemas.registers import (
    AssessmentAsked,
    DecisionAsked,
    Initiative,
    InitiativeAsked,
    InitiativePage,
    InitiativeStepAsked,
    InitiativeWithdrawal,
)
from services.gateway.registers.store import initiatives as stored
from shared.audit import Actor

router = resource("initiatives")

OF_A_BODY: Final = "/agencies/{agency}/initiatives"
OWN: Final = OF_A_BODY + "/{initiative}"
ONE: Final = "/initiatives/{initiative}"
REFUSES: Final = (401, 403, 404)
WATCHER = Permit(("reader", "operator", "publisher", "auditor", "officer", "assessor"))
INSIDE = RequireAgencyRole(WHOLE_BODY_ROLES)
PROPOSER = RequireAgencyRole((DRAFTER,))
APPROVING = RequireAgencyRole((APPROVER,), factor=SecondFactor.NEEDED)
ASSESSING = Permit(ASSESSOR)
DECIDING = Permit(DECIDERS, factor=SecondFactor.NEEDED)
InitiativePath = Annotated[str, Path(pattern="^(init)_[0-9a-z]{26}$", description="An initiative.")]
State = Annotated[
    Literal["proposed", "submitted", "assessed", "decided", "withdrawn"] | Unset, Query(description="Only in this state.")
]


@router.post(OF_A_BODY, **records(InitiativeAsked, Initiative, refuses=REFUSES))
async def post_initiative(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(PROPOSER)],
    asked: Annotated[InitiativeAsked, Depends(Json(InitiativeAsked))],
) -> Response:
    """Propose an initiative of a month; it goes to the standing agency once the body's approver agrees."""
    made = await initiatives.propose(runtime(request), actor, agency=agency, proposal=asked.model_dump())
    return created(made, path=f"/agencies/{agency}/initiatives/{made['initiative_id']}")


@router.get(OF_A_BODY, **lists(InitiativePage, refuses=REFUSES))
async def list_own_initiatives(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(INSIDE)],
    period: PeriodQuery = None,
    state: State = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """The body's initiatives in the order they were proposed."""
    return await _listed(request, actor, limit=limit, cursor=cursor, agency=agency, period=period, state=state, handed_in="any")


@router.get(OWN, **reads(Initiative, refuses=REFUSES))
async def get_own_initiative(
    request: Request, agency: AgencyPath, initiative: InitiativePath, actor: Annotated[Actor, Depends(INSIDE)]
) -> Response:
    """One initiative of the body, with every step and what you may do."""
    async with read(runtime(request).database, actor) as connection:
        content = await initiatives.find_shown(connection, actor, initiative, agency)
    return document(request, content, cache=CLOSED)


@router.post(OWN + "/approvals", **records(InitiativeStepAsked, Initiative, refuses=[*REFUSES, 409]))
async def post_initiative_approval(
    request: Request,
    agency: AgencyPath,
    initiative: InitiativePath,
    actor: Annotated[Actor, Depends(APPROVING)],
    asked: Annotated[InitiativeStepAsked, Depends(Json(InitiativeStepAsked))],
) -> Response:
    """Agree, for the body, that it is handed in; whoever proposed it cannot."""
    return await _after(request, actor, initiative, Taken("approve", asked.reason), agency=agency)


@router.post(OWN + "/withdrawals", **records(InitiativeWithdrawal, Initiative, refuses=[*REFUSES, 409]))
async def post_initiative_withdrawal(
    request: Request,
    agency: AgencyPath,
    initiative: InitiativePath,
    actor: Annotated[Actor, Depends(PROPOSER)],
    asked: Annotated[InitiativeWithdrawal, Depends(Json(InitiativeWithdrawal))],
) -> Response:
    """Take a proposal back that was not assessed yet."""
    return await _after(request, actor, initiative, Taken("withdraw", asked.reason), agency=agency)


@router.get("/initiatives", **lists(InitiativePage, refuses=REFUSES))
async def list_initiatives(
    request: Request,
    actor: Annotated[Actor, Depends(WATCHER)],
    period: PeriodQuery = None,
    agency: AgencyQuery = None,
    state: State = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """What the bodies have handed in, in the order it was proposed."""
    return await _listed(
        request, actor, limit=limit, cursor=cursor, agency=agency, period=period, state=state, handed_in="only"
    )


@router.get(ONE, **reads(Initiative, refuses=REFUSES))
async def get_initiative(request: Request, initiative: InitiativePath, actor: Annotated[Actor, Depends(WATCHER)]) -> Response:
    """One initiative that was handed in, with every step and what you may do."""
    async with read(runtime(request).database, actor) as connection:
        content = await initiatives.find_shown(connection, actor, initiative)
    return document(request, content, cache=CLOSED)


@router.post(ONE + "/assessments", **records(AssessmentAsked, Initiative, refuses=[*REFUSES, 409]))
async def post_assessment(
    request: Request,
    initiative: InitiativePath,
    actor: Annotated[Actor, Depends(ASSESSING)],
    asked: Annotated[AssessmentAsked, Depends(Json(AssessmentAsked))],
) -> Response:
    """The standing agency proposes points; nobody assesses the body they belong to."""
    return await _after(request, actor, initiative, Taken("assess", asked.reason, {"points": asked.points}))


@router.post(ONE + "/decisions", **records(DecisionAsked, Initiative, refuses=[*REFUSES, 409]))
async def post_decision(
    request: Request,
    initiative: InitiativePath,
    actor: Annotated[Actor, Depends(DECIDING)],
    asked: Annotated[DecisionAsked, Depends(Json(DecisionAsked))],
) -> Response:
    """Record the decision, or a later one that replaces it; whoever assessed the initiative cannot."""
    said = {**asked.model_dump(exclude={"reason"}), "decided_on": date.fromisoformat(asked.decided_on)}
    return await _after(request, actor, initiative, Taken("decide", asked.reason, said))


async def _after(request: Request, actor: Actor, initiative: str, taken: Taken, *, agency: str | None = None) -> Response:
    """The initiative after the step, which stands under its own id."""
    content = await initiatives.step(runtime(request), actor, initiative, taken, agency=agency)
    place = f"/agencies/{agency}/initiatives" if agency is not None else "/initiatives"
    return created(content, path=f"{place}/{initiative}")


async def _listed(
    request: Request, actor: Actor, *, limit: int, cursor: str | None, period: str | None, **only: Any
) -> Response:
    given, after = runtime(request), text_cursor(cursor)
    month = asked_period(period, now=given.clock())
    async with read(given.database, actor) as connection:
        found = await stored.list_initiatives(connection, period=month, after=after, limit=limit + 1, **only)
        documents = await initiatives.shown(connection, actor, found)
    return page(request, documents, limit=limit, key=itemgetter("initiative_id"), show=dict)
