"""People and their roles: of a body under its path, of the national offices beside it (seed 002 Art. 11, SEC-05)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access import members
from services.gateway.access.auth import Access
from services.gateway.access.permits import Json, Permit, RequireAgencyRole
from services.gateway.access.schemas.identity import (
    Grant,
    GrantPage,
    MemberAsked,
    OfficeKeyPage,
    OfficerAsked,
    PersonnelDecisionAsked,
)
from services.gateway.access.second_factor import SecondFactor
from services.gateway.access.store import records as kept
from services.gateway.access.store.keys import is_in_force, list_office_keys
from services.gateway.access.tenancy import ADMINISTRATOR
from services.gateway.http.answers import CLOSED, all_but, created, document, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from shared.audit import Actor

router = resource("members")

OF_BODY: Final = "/agencies/{agency}/members"
OF_OFFICE: Final = "/members"
REFUSES: Final = (401, 403, 404)
GrantPath = Annotated[str, Path(pattern="^grant_[0-9a-z]{26}$", description="A grant of roles.")]

_SEEN_BY = RequireAgencyRole(("agency_admin",), national=(ADMINISTRATOR, "auditor"))
_BODY = RequireAgencyRole(("agency_admin",), national=(ADMINISTRATOR,))
_BODY_APPROVER = RequireAgencyRole(("agency_admin",), national=(ADMINISTRATOR,), factor=SecondFactor.NEEDED)
_OFFICE_SEEN_BY = Permit((ADMINISTRATOR, "auditor"))
_OFFICE = Permit((ADMINISTRATOR,))
_OFFICE_APPROVER = Permit((ADMINISTRATOR,), factor=SecondFactor.NEEDED)

Decision = Annotated[PersonnelDecisionAsked, Depends(Json(PersonnelDecisionAsked))]


@router.get(OF_BODY, **lists(GrantPage, refuses=REFUSES))
async def list_members(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_SEEN_BY)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Roles asked for in a body, in the order they were asked for."""
    return await _page(request, actor, agency, cursor, limit)


@router.post(OF_BODY, **records(MemberAsked, Grant, refuses=REFUSES))
async def post_member(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_BODY)],
    asked: Annotated[MemberAsked, Depends(Json(MemberAsked))],
) -> Response:
    """Ask for roles of a person inside the body; a system administrator asks for its administrators only."""
    return await _request(request, actor, asked, agency=agency, belongs_to=None)


@router.get(OF_BODY + "/{grant}", **reads(Grant, refuses=REFUSES))
async def get_member(
    request: Request, agency: AgencyPath, grant: GrantPath, actor: Annotated[Actor, Depends(_SEEN_BY)]
) -> Response:
    """One grant of a body."""
    return await _one(request, actor, agency, grant)


@router.post(OF_BODY + "/{grant}/approvals", **records(PersonnelDecisionAsked, Grant, refuses=(*REFUSES, 409)))
async def post_member_approval(
    request: Request,
    agency: AgencyPath,
    grant: GrantPath,
    actor: Annotated[Actor, Depends(_BODY_APPROVER)],
    asked: Decision,
) -> Response:
    """Approve somebody else's request for somebody else; from then on the roles are in force."""
    return await _approve(request, actor, agency, grant, asked)


@router.post(OF_BODY + "/{grant}/revocations", **records(PersonnelDecisionAsked, Grant, refuses=(*REFUSES, 409)))
async def post_member_revocation(
    request: Request, agency: AgencyPath, grant: GrantPath, actor: Annotated[Actor, Depends(_BODY)], asked: Decision
) -> Response:
    """Take roles back, or a request for them; at once."""
    return await _revoke(request, actor, agency, grant, asked)


@router.get(OF_OFFICE, **lists(GrantPage, refuses=(401, 403)))
async def list_officers(
    request: Request, actor: Annotated[Actor, Depends(_OFFICE_SEEN_BY)], cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    """Roles asked for in the national offices, in the order they were asked for."""
    return await _page(request, actor, None, cursor, limit)


@router.post(OF_OFFICE, **records(OfficerAsked, Grant, refuses=REFUSES))
async def post_officer(
    request: Request,
    actor: Annotated[Actor, Depends(_OFFICE)],
    asked: Annotated[OfficerAsked, Depends(Json(OfficerAsked))],
) -> Response:
    """Ask for roles of a person in a national office."""
    return await _request(request, actor, asked, agency=None, belongs_to=asked.belongs_to)


@router.get("/keys", **lists(OfficeKeyPage, refuses=(401, 403)))
async def list_keys(
    request: Request, actor: Annotated[Actor, Depends(_OFFICE_SEEN_BY)], cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    """Every key of people of the national offices as they were made at the terminal, those that have ended too."""
    del actor
    given, after = runtime(request), number_cursor(cursor)
    async with given.database.read() as connection:
        found = await list_office_keys(connection, after=after, limit=limit + 1)
    now = given.clock()
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=lambda each: _key_shown(each, now))


@router.get(OF_OFFICE + "/{grant}", **reads(Grant, refuses=REFUSES))
async def get_officer(request: Request, grant: GrantPath, actor: Annotated[Actor, Depends(_OFFICE_SEEN_BY)]) -> Response:
    """One grant of a national office."""
    return await _one(request, actor, None, grant)


@router.post(OF_OFFICE + "/{grant}/approvals", **records(PersonnelDecisionAsked, Grant, refuses=(*REFUSES, 409)))
async def post_officer_approval(
    request: Request, grant: GrantPath, actor: Annotated[Actor, Depends(_OFFICE_APPROVER)], asked: Decision
) -> Response:
    """Approve somebody else's request for somebody else; from then on the roles are in force."""
    return await _approve(request, actor, None, grant, asked)


@router.post(OF_OFFICE + "/{grant}/revocations", **records(PersonnelDecisionAsked, Grant, refuses=(*REFUSES, 409)))
async def post_officer_revocation(
    request: Request, grant: GrantPath, actor: Annotated[Actor, Depends(_OFFICE)], asked: Decision
) -> Response:
    """Take roles back, or a request for them; at once."""
    return await _revoke(request, actor, None, grant, asked)


async def _page(request: Request, actor: Actor, agency: str | None, cursor: str | None, limit: int) -> Response:
    after = number_cursor(cursor)
    found = await members.list_grants(runtime(request).database, actor=actor, agency=agency, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=lambda grant: _shown(request, grant))


async def _one(request: Request, actor: Actor, agency: str | None, grant: str) -> Response:
    found = await members.find_grant(runtime(request).database, actor=actor, agency=agency, grant_id=grant)
    return document(request, _shown(request, found), cache=CLOSED)


async def _request(
    request: Request, actor: Actor, asked: MemberAsked | OfficerAsked, *, agency: str | None, belongs_to: str | None
) -> Response:
    given = runtime(request)
    wanted = members.Wanted(
        issuer=asked.person.issuer,
        sub=asked.person.sub,
        holder=asked.holder,
        roles=asked.roles,
        reason=asked.reason,
        agency=agency,
        belongs_to=belongs_to,
        ends_at=asked.ends_at,
        document=asked.document,
    )
    issuers = given.part(Access).issuers.names
    made = await members.request_grant(given.database, actor=actor, wanted=wanted, issuers=issuers, now=given.clock())
    return _made(request, made)


async def _approve(request: Request, actor: Actor, agency: str | None, grant: str, asked: PersonnelDecisionAsked) -> Response:
    given = runtime(request)
    made = await members.approve_grant(
        given.database, actor=actor, agency=agency, grant_id=grant, reason=asked.reason, now=given.clock()
    )
    return _made(request, made)


async def _revoke(request: Request, actor: Actor, agency: str | None, grant: str, asked: PersonnelDecisionAsked) -> Response:
    database = runtime(request).database
    made = await members.revoke_grant(database, actor=actor, agency=agency, grant_id=grant, reason=asked.reason)
    return _made(request, made)


def _made(request: Request, grant: kept.Grant) -> Response:
    path = OF_OFFICE if grant.agency is None else OF_BODY.format(agency=grant.agency)
    return created(_shown(request, grant), path=f"{path}/{grant.grant_id}")


def _shown(request: Request, grant: kept.Grant) -> dict[str, Any]:
    shown = all_but(grant, "sequence", "recorded_at")
    state = members.state_of(grant, runtime(request).clock())
    return {**shown, "requested_at": grant.recorded_at, "state": state}


def _key_shown(found: kept.OfficeKey, now: datetime) -> dict[str, Any]:
    state = "revoked" if found.revoked_at is not None else "in_force" if is_in_force(found, now) else "ended"
    shown = all_but(found, "sequence", "recorded_at", "created_by")
    made = {"made_by": found.created_by, "made_at": found.recorded_at}
    return {**shown, **made, "read_only": bool(found.read_only), "state": state}
