"""Heads of bodies: entered, approved and withdrawn by two people, and told with all their history (G-16)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import OPERATOR_OR_PUBLISHER, PUBLISHING, READER, Json, RequireAgencyRole
from services.gateway.access.second_factor import SecondFactor
from services.gateway.access.tenancy import WHOLE_BODY_ROLES
from services.gateway.http.answers import CLOSED, created, document, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations import heads
from services.gateway.operations.schemas.heads import (
    HeadApprovalAsked,
    HeadAsked,
    HeadEntry,
    HeadEntryPage,
    HeadWithdrawalAsked,
)
from services.gateway.operations.store import records as kept
from shared.audit import Actor

router = resource("heads")

ALL: Final = "/agencies/{agency}/heads"
ONE: Final = "/agencies/{agency}/heads/{head}"
REFUSES: Final = (401, 403, 404)
_SEEN_BY: Final = RequireAgencyRole(WHOLE_BODY_ROLES, national=READER.roles)
_ASKING: Final = RequireAgencyRole((), national=OPERATOR_OR_PUBLISHER.roles)
# Whoever approves is certain to be that person, as with every other act of two people.
_APPROVING: Final = RequireAgencyRole((), national=PUBLISHING.roles, factor=SecondFactor.NEEDED)
HeadPath = Annotated[str, Path(pattern="^(head)_[0-9a-z]{26}$", description="A head's entry.")]


@router.get(ALL, **lists(HeadEntryPage, refuses=REFUSES))
async def list_heads(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_SEEN_BY)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """A body's heads in the order they were asked for, those that were corrected or withdrawn among them."""
    after = number_cursor(cursor)
    found = await heads.list_heads(runtime(request).database, actor, agency=agency, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=lambda each: _shown(request, each))


@router.get(ONE, **reads(HeadEntry, refuses=REFUSES))
async def get_head(
    request: Request, agency: AgencyPath, head: HeadPath, actor: Annotated[Actor, Depends(_SEEN_BY)]
) -> Response:
    """One entry."""
    found = await heads.find_head(runtime(request).database, actor, agency=agency, head_id=head)
    return document(request, _shown(request, found), cache=CLOSED)


@router.post(ALL, **records(HeadAsked, HeadEntry, refuses=REFUSES))
async def post_head(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_ASKING)],
    asked: Annotated[HeadAsked, Depends(Json(HeadAsked))],
) -> Response:
    """Ask that somebody be entered as the body's head; nobody is named before another person approves."""
    wanted = heads.HeadWanted(agency=agency, **dict(asked))
    return _made(request, await heads.request_head(runtime(request).database, actor=actor, wanted=wanted))


@router.post(f"{ONE}/approvals", **records(HeadApprovalAsked, HeadEntry, refuses=(*REFUSES, 409)))
async def post_head_approval(
    request: Request,
    agency: AgencyPath,
    head: HeadPath,
    actor: Annotated[Actor, Depends(_APPROVING)],
    asked: Annotated[HeadApprovalAsked, Depends(Json(HeadApprovalAsked))],
) -> Response:
    """Approve somebody else's request; runs made from then on name the person."""
    database = runtime(request).database
    return _made(request, await heads.approve_head(database, actor=actor, agency=agency, head_id=head, reason=asked.reason))


@router.post(f"{ONE}/withdrawals", **records(HeadWithdrawalAsked, HeadEntry, refuses=(*REFUSES, 409)))
async def post_head_withdrawal(
    request: Request,
    agency: AgencyPath,
    head: HeadPath,
    actor: Annotated[Actor, Depends(_ASKING)],
    asked: Annotated[HeadWithdrawalAsked, Depends(Json(HeadWithdrawalAsked))],
) -> Response:
    """Withdraw a request, or ask that an approved entry be withdrawn."""
    made = await heads.withdraw_head(
        runtime(request).database,
        actor=actor,
        agency=agency,
        head_id=head,
        document=asked.document,
        reason=asked.reason,
    )
    return _made(request, made)


@router.post(f"{ONE}/withdrawal-approvals", **records(HeadApprovalAsked, HeadEntry, refuses=(*REFUSES, 409)))
async def post_head_withdrawal_approval(
    request: Request,
    agency: AgencyPath,
    head: HeadPath,
    actor: Annotated[Actor, Depends(_APPROVING)],
    asked: Annotated[HeadApprovalAsked, Depends(Json(HeadApprovalAsked))],
) -> Response:
    """Approve that somebody else withdraws an approved entry; from then on it does not count."""
    database = runtime(request).database
    return _made(
        request, await heads.approve_withdrawal(database, actor=actor, agency=agency, head_id=head, reason=asked.reason)
    )


def _made(request: Request, made: kept.HeadOnRecord) -> Response:
    return created(_shown(request, made), path=ONE.format(agency=made.agency, head=made.head_id))


def _shown(request: Request, found: kept.HeadOnRecord) -> dict[str, Any]:
    shown = {name: value for name, value in vars(found).items() if name not in ("sequence", "counts")}
    return {**shown, "state": heads.state_of(found, runtime(request).clock())}
