"""Steps of a submission's workflow, each a resource with an author, a reason and an audit row (APR-03, APR-05)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import Json
from services.gateway.http.answers import created
from services.gateway.http.openapi_responses import records
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath, SequencePath
from services.gateway.http.routing import resource
from services.gateway.reports.routes.reporting import APPROVER, DRAFTER, ONE, REFUSES, REJECTER, SIGNER, desk_of
from services.gateway.reports.schemas.intake import Submission
from services.gateway.reports.schemas.intake_bodies import (
    AgreementAsked,
    HandoverAsked,
    RejectionAsked,
    RevertAsked,
    SignatureAsked,
)
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.signatures import Offered
from services.gateway.reports.submissions.signing import sign
from services.gateway.reports.submissions.standing import Standing
from services.gateway.reports.submissions.steps import Step, step
from services.gateway.reports.submissions.views import shown_one
from shared.audit import Actor

router = resource("submissions")

_REFUSES: Final = (*REFUSES, 409)


@router.post(ONE + "/handovers", **records(HandoverAsked, Submission, refuses=_REFUSES))
async def post_handover(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(DRAFTER)],
    asked: Annotated[HandoverAsked, Depends(Json(HandoverAsked))],
) -> Response:
    """Hand the draft over to the approver; nothing of it is changed from then on."""
    desk = desk_of(request, actor, agency, period)
    return await _after(desk, await step(desk, sequence, Step("hand_over", asked.reason)))


@router.post(ONE + "/approvals", **records(AgreementAsked, Submission, refuses=_REFUSES))
async def post_submission_approval(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(APPROVER)],
    asked: Annotated[AgreementAsked, Depends(Json(AgreementAsked))],
) -> Response:
    """Approve what was handed over; whoever wrote or handed it over cannot."""
    desk = desk_of(request, actor, agency, period)
    return await _after(desk, await step(desk, sequence, Step("approve", asked.reason)))


@router.post(ONE + "/rejections", **records(RejectionAsked, Submission, refuses=_REFUSES))
async def post_rejection(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(REJECTER)],
    asked: Annotated[RejectionAsked, Depends(Json(RejectionAsked))],
) -> Response:
    """Send it back to its drafter, with the reason."""
    desk = desk_of(request, actor, agency, period)
    return await _after(desk, await step(desk, sequence, Step("reject", asked.reason)))


@router.post(ONE + "/reverts", **records(RevertAsked, Submission, refuses=_REFUSES))
async def post_revert(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(DRAFTER)],
    asked: Annotated[RevertAsked, Depends(Json(RevertAsked))],
) -> Response:
    """Give the submission up; the report signed before stays in force."""
    desk = desk_of(request, actor, agency, period)
    return await _after(desk, await step(desk, sequence, Step("revert", asked.reason)))


@router.post(ONE + "/signatures", **records(SignatureAsked, Submission, refuses=_REFUSES))
async def post_signature(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(SIGNER)],
    asked: Annotated[SignatureAsked, Depends(Json(SignatureAsked))],
) -> Response:
    """Sign the approved report by its digest: from then on it counts, and its receipt can be fetched."""
    desk = desk_of(request, actor, agency, period)
    offered = None if asked.jws is None else Offered(asked.jws, asked.signs)
    done = await sign(desk, sequence, digest=asked.digest, statement=asked.statement, offered=offered)
    return await _after(desk, done)


async def _after(desk: Desk, found: Standing) -> Response:
    """The submission after the step, which stands under its own number."""
    async with desk.read() as connection:
        content = await shown_one(connection, desk, found)
    return created(content, path=f"{desk.path(found.sequence)}/transitions/{found.step}")
