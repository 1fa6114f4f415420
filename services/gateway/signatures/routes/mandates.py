"""Who may sign for a body with which certificate, and whether its reports must be signed so (APR-06, APR-08)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import Json, RequireAgencyRole
from services.gateway.access.second_factor import SecondFactor
from services.gateway.access.tenancy import ADMINISTRATOR, WHOLE_BODY_ROLES
from services.gateway.http.answers import CLOSED, created, document, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.signatures import mandates
from services.gateway.signatures.schemas.signatures import (
    DemandAsked,
    Mandate,
    MandateAsked,
    MandateDecisionAsked,
    MandatePage,
    SignatureDemand,
    SignatureDemandPage,
)
from services.gateway.signatures.store import records as kept
from shared.audit import Actor

router = resource("mandates")

ALL: Final = "/agencies/{agency}/mandates"
ONE: Final = ALL + "/{mandate}"
DEMANDS: Final = "/agencies/{agency}/signature-demands"
REFUSES: Final = (401, 403, 404)
MandatePath = Annotated[str, Path(pattern="^mandate_[0-9a-z]{26}$", description="A mandate to sign.")]

_SEEN_BY = RequireAgencyRole(WHOLE_BODY_ROLES, national=(ADMINISTRATOR, "auditor"))
_RECORDER = RequireAgencyRole(("agency_admin",), national=(ADMINISTRATOR,))
_APPROVER = RequireAgencyRole(("agency_admin",), national=(ADMINISTRATOR,), factor=SecondFactor.NEEDED)
_DEMANDER = RequireAgencyRole((), national=(ADMINISTRATOR,))

Decision = Annotated[MandateDecisionAsked, Depends(Json(MandateDecisionAsked))]


@router.get(ALL, **lists(MandatePage, refuses=REFUSES))
async def list_mandates(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_SEEN_BY)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Mandates of a body, also those that ended, in the order they were asked for."""
    after = number_cursor(cursor)
    found = await mandates.list_mandates(runtime(request).database, actor=actor, agency=agency, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=lambda each: _shown(request, each))


@router.post(ALL, **records(MandateAsked, Mandate, refuses=REFUSES))
async def post_mandate(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_RECORDER)],
    asked: Annotated[MandateAsked, Depends(Json(MandateAsked))],
) -> Response:
    """Ask that the holder of a certificate may sign for the body; in force once a second person approves."""
    given = runtime(request)
    wanted = mandates.Wanted(agency=agency, **asked.model_dump())
    made = await mandates.request_mandate(given.database, actor=actor, wanted=wanted, now=given.clock())
    return _made(request, made)


@router.get(ONE, **reads(Mandate, refuses=REFUSES))
async def get_mandate(
    request: Request, agency: AgencyPath, mandate: MandatePath, actor: Annotated[Actor, Depends(_SEEN_BY)]
) -> Response:
    """One mandate of a body."""
    found = await mandates.find_mandate(runtime(request).database, actor=actor, agency=agency, mandate_id=mandate)
    return document(request, _shown(request, found), cache=CLOSED)


@router.post(ONE + "/approvals", **records(MandateDecisionAsked, Mandate, refuses=(*REFUSES, 409)))
async def post_mandate_approval(
    request: Request,
    agency: AgencyPath,
    mandate: MandatePath,
    actor: Annotated[Actor, Depends(_APPROVER)],
    asked: Decision,
) -> Response:
    """Approve somebody else's request for somebody else; from then on the mandate holds by its days."""
    given = runtime(request)
    made = await mandates.approve_mandate(
        given.database, actor=actor, agency=agency, mandate_id=mandate, reason=asked.reason, now=given.clock()
    )
    return _made(request, made)


@router.post(ONE + "/withdrawals", **records(MandateDecisionAsked, Mandate, refuses=(*REFUSES, 409)))
async def post_mandate_withdrawal(
    request: Request,
    agency: AgencyPath,
    mandate: MandatePath,
    actor: Annotated[Actor, Depends(_RECORDER)],
    asked: Decision,
) -> Response:
    """Take a mandate back, or a request for one; at once. What was accepted under it stays accepted."""
    database = runtime(request).database
    made = await mandates.withdraw_mandate(database, actor=actor, agency=agency, mandate_id=mandate, reason=asked.reason)
    return _made(request, made)


@router.get(DEMANDS, **lists(SignatureDemandPage, refuses=REFUSES))
async def list_signature_demands(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_SEEN_BY)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Whether the body's reports must carry a certificate's signature, the oldest first; the last one holds."""
    after = number_cursor(cursor)
    found = await mandates.list_demands(runtime(request).database, actor=actor, agency=agency, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=_demand)


@router.post(DEMANDS, **records(DemandAsked, SignatureDemand, refuses=REFUSES))
async def post_signature_demand(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_DEMANDER)],
    asked: Annotated[DemandAsked, Depends(Json(DemandAsked))],
) -> Response:
    """Demand a certificate's signature on the body's reports from now on, or leave it optional again."""
    given = runtime(request)
    made = await mandates.demand_signatures(
        given.database, actor=actor, agency=agency, demand=asked.demand, reason=asked.reason, now=given.clock()
    )
    return created(_demand(made), path=DEMANDS.format(agency=agency))


def _made(request: Request, made: kept.MandateOnRecord) -> Response:
    return created(_shown(request, made), path=ONE.format(agency=made.agency, mandate=made.mandate_id))


def _shown(request: Request, found: kept.MandateOnRecord) -> dict[str, Any]:
    shown = {name: value for name, value in vars(found).items() if name not in ("sequence", "recorded_at")}
    state = mandates.state_of(found, runtime(request).clock())
    return {**shown, "requested_at": found.recorded_at, "state": state}


def _demand(found: kept.SignatureDemand) -> dict[str, Any]:
    return {name: value for name, value in vars(found).items() if name != "sequence"}
