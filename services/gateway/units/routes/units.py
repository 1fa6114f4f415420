"""An agency's units with their contact points, and who works for them (APR-02; seed 001 §2)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import Json, RequireAgencyRole
from services.gateway.access.tenancy import AGENCY_ROLES, read
from services.gateway.http.answers import CLOSED, all_but, chosen, created, document, number_cursor, page, text_cursor
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.units import directory
from services.gateway.units.schemas.unit_bodies import UNIT, UnitAsked, UnitDecisionAsked, UnitMemberAsked, UnitVersionAsked
from services.gateway.units.schemas.units import Unit, UnitMember, UnitMemberPage, UnitPage, UnitWhole
from services.gateway.units.store import records as kept
from services.gateway.units.store import units as stored
from shared.audit import Actor

router = resource("units")

ALL: Final = "/agencies/{agency}/units"
ONE: Final = ALL + "/{unit}"
MEMBERS: Final = ONE + "/members"
REFUSES: Final = (401, 403, 404)
# Everybody of the agency looks up whom to call; its administrator enters it.
INSIDE: Final = RequireAgencyRole(AGENCY_ROLES)
ADMIN: Final = RequireAgencyRole(("agency_admin",))

UnitPath = Annotated[str, Path(pattern=UNIT, max_length=40, description="A unit of the agency.", examples=["so-khcn"])]
MembershipPath = Annotated[str, Path(pattern="^membership_[0-9a-z]{26}$", description="A membership of a unit.")]


@router.get(ALL, **lists(UnitPage, refuses=REFUSES))
async def list_units(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(INSIDE)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Units of an agency as they stand, by code; ended ones too."""
    after = text_cursor(cursor)
    async with read(runtime(request).database, actor) as connection:
        found = await stored.list_units(connection, agency, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.unit, show=_shown)


@router.post(ALL, **records(UnitAsked, Unit, refuses=(*REFUSES, 409)))
async def post_unit(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(ADMIN)],
    asked: Annotated[UnitAsked, Depends(Json(UnitAsked))],
) -> Response:
    """Register a unit with its contact point."""
    wanted = directory.Wanted(asked.name, asked.contact.model_dump(), asked.reason)
    database = runtime(request).database
    made = await directory.register_unit(database, actor=actor, agency=agency, code=asked.unit, wanted=wanted)
    return created(_shown(made), path=ONE.format(agency=agency, unit=asked.unit))


@router.get(ONE, **reads(UnitWhole, refuses=REFUSES))
async def get_unit(request: Request, agency: AgencyPath, unit: UnitPath, actor: Annotated[Actor, Depends(INSIDE)]) -> Response:
    """One unit with its history."""
    async with read(runtime(request).database, actor) as connection:
        last = await directory.find(connection, agency, unit)
        versions = await stored.versions_of(connection, agency, unit)
    return document(request, {**_shown(last), "versions": [_version(each) for each in versions]}, cache=CLOSED)


@router.post(ONE + "/versions", **records(UnitVersionAsked, Unit, refuses=(*REFUSES, 409)))
async def post_unit_version(
    request: Request,
    agency: AgencyPath,
    unit: UnitPath,
    actor: Annotated[Actor, Depends(ADMIN)],
    asked: Annotated[UnitVersionAsked, Depends(Json(UnitVersionAsked))],
) -> Response:
    """Change a unit's name or contact point, or end it."""
    given = runtime(request)
    wanted = directory.Wanted(asked.name, asked.contact.model_dump(), asked.reason, asked.ended)
    now = given.clock()
    made = await directory.change_unit(given.database, actor=actor, agency=agency, code=unit, wanted=wanted, now=now)
    return created(_shown(made), path=ONE.format(agency=agency, unit=unit))


@router.get(MEMBERS, **lists(UnitMemberPage, refuses=REFUSES))
async def list_unit_members(
    request: Request,
    agency: AgencyPath,
    unit: UnitPath,
    actor: Annotated[Actor, Depends(ADMIN)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Keys and people that work for a unit or did, in the order they were entered."""
    after = number_cursor(cursor)
    async with read(runtime(request).database, actor) as connection:
        await directory.find(connection, agency, unit)
        found = await stored.list_members(connection, agency=agency, code=unit, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=_member)


@router.post(MEMBERS, **records(UnitMemberAsked, UnitMember, refuses=(*REFUSES, 409)))
async def post_unit_member(
    request: Request,
    agency: AgencyPath,
    unit: UnitPath,
    actor: Annotated[Actor, Depends(ADMIN)],
    asked: Annotated[UnitMemberAsked, Depends(Json(UnitMemberAsked))],
) -> Response:
    """Enter a key or person of the agency as working for a unit; the role agency_unit is granted apart, by two people."""
    words = {"subject": asked.subject, "reason": asked.reason}
    made = await directory.enter_member(runtime(request).database, actor=actor, agency=agency, code=unit, **words)
    return _made(made)


@router.post(MEMBERS + "/{membership}/revocations", **records(UnitDecisionAsked, UnitMember, refuses=(*REFUSES, 409)))
async def post_unit_member_revocation(
    request: Request,
    agency: AgencyPath,
    unit: UnitPath,
    membership: MembershipPath,
    actor: Annotated[Actor, Depends(ADMIN)],
    asked: Annotated[UnitDecisionAsked, Depends(Json(UnitDecisionAsked))],
) -> Response:
    """End a membership, at once; what was sent stays."""
    words = {"membership_id": membership, "reason": asked.reason}
    made = await directory.end_member(runtime(request).database, actor=actor, agency=agency, code=unit, **words)
    return _made(made)


def _made(made: kept.Membership) -> Response:
    path = MEMBERS.format(agency=made.agency, unit=made.unit)
    return created(_member(made), path=f"{path}/{made.membership_id}")


def _version(line: kept.Unit) -> dict[str, Any]:
    names = ("version", "name", "ended", "reason", "actor", "recorded_at")
    return {**chosen(line, names), "contact": directory.contact_of(line)}


def _shown(line: kept.Unit) -> dict[str, Any]:
    return {"agency": line.agency, "unit": line.unit, **_version(line)}


def _member(line: kept.Membership) -> dict[str, Any]:
    return all_but(line, "sequence")
