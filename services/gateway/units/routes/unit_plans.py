"""Who answers for which indicator inside an agency, and until when (APR-02; seed 001 §2, §3 and appendix)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import Json, RequireAgencyRole
from services.gateway.access.second_factor import SecondFactor
from services.gateway.access.tenancy import read
from services.gateway.http.answers import CLOSED, all_but, created, document, no_store, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records, tells
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit, PeriodPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.reports.routes.reporting import desk_of
from services.gateway.units import planning
from services.gateway.units.board import month_of
from services.gateway.units.directory import named
from services.gateway.units.plans import kind_of
from services.gateway.units.post import post_of
from services.gateway.units.routes.units import ADMIN, INSIDE, REFUSES
from services.gateway.units.schemas.unit_bodies import UnitDecisionAsked, UnitPlanAsked
from services.gateway.units.schemas.units import UnitPlan, UnitPlanOfMonth, UnitPlanPage
from services.gateway.units.store import units as stored
from services.gateway.units.store.records import PlanOnRecord
from shared.audit import Actor

router = resource("units")

ALL: Final = "/agencies/{agency}/unit-plans"
ONE: Final = ALL + "/{plan}"
_APPROVER: Final = RequireAgencyRole(("agency_admin",), factor=SecondFactor.NEEDED)

PlanPath = Annotated[str, Path(pattern="^plan_[0-9a-z]{26}$", description="A plan of who answers for what.")]


@router.get(ALL, **lists(UnitPlanPage, refuses=REFUSES))
async def list_unit_plans(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(INSIDE)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Plans of an agency, in the order they were asked for."""
    after = number_cursor(cursor)
    async with read(runtime(request).database, actor) as connection:
        found = await stored.list_plans(connection, agency, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=_shown)


@router.post(ALL, **records(UnitPlanAsked, UnitPlan, refuses=REFUSES))
async def post_unit_plan(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(ADMIN)],
    asked: Annotated[UnitPlanAsked, Depends(Json(UnitPlanAsked))],
) -> Response:
    """Ask that every indicator be answered for so; in force once a second person approves."""
    wanted = planning.Wanted(**asked.model_dump())
    made = await planning.request_plan(runtime(request).database, actor=actor, agency=agency, wanted=wanted)
    return _made(made)


@router.get(ONE, **reads(UnitPlan, refuses=REFUSES))
async def get_unit_plan(
    request: Request, agency: AgencyPath, plan: PlanPath, actor: Annotated[Actor, Depends(INSIDE)]
) -> Response:
    """One plan."""
    async with read(runtime(request).database, actor) as connection:
        found = await planning.find(connection, agency, plan)
    return document(request, _shown(found), cache=CLOSED)


@router.post(ONE + "/approvals", **records(UnitDecisionAsked, UnitPlan, refuses=(*REFUSES, 409)))
async def post_unit_plan_approval(
    request: Request,
    agency: AgencyPath,
    plan: PlanPath,
    actor: Annotated[Actor, Depends(_APPROVER)],
    asked: Annotated[UnitDecisionAsked, Depends(Json(UnitDecisionAsked))],
) -> Response:
    """Approve somebody else's plan; from then on it holds from its first month."""
    database = runtime(request).database
    return _made(await planning.approve_plan(database, actor=actor, agency=agency, plan_id=plan, reason=asked.reason))


@router.get("/agencies/{agency}/periods/{period}/unit-plan", **tells(UnitPlanOfMonth, refuses=REFUSES))
async def get_unit_plan_in_force(
    request: Request, agency: AgencyPath, period: PeriodPath, actor: Annotated[Actor, Depends(INSIDE)]
) -> Response:
    """The plan that holds in a month, whom to call, and how much time is left until the internal deadline."""
    desk = desk_of(request, actor, agency, period)
    async with desk.read() as connection:
        post = await post_of(connection, desk)
    answering = [{"indicator": code, "kind": kind_of(code), "unit": named(post.responsible(code))} for code in post.plan.units]
    return no_store({**month_of(desk, post), "assignments": answering})


def _made(made: PlanOnRecord) -> Response:
    return created(_shown(made), path=ONE.format(agency=made.agency, plan=made.plan_id))


def _shown(line: PlanOnRecord) -> dict[str, Any]:
    shown = all_but(line, "sequence", "recorded_at")
    state = "requested" if line.approved_at is None else "approved"
    return {**shown, "requested_at": line.recorded_at, "state": state}
