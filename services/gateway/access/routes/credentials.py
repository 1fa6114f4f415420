"""Keys for a body's own systems: made by its administrator, opened by a second person's approval (SEC-02, SEC-05)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access import credentials
from services.gateway.access.auth import Access
from services.gateway.access.keys_limits import limits_of, require_known
from services.gateway.access.permits import Json, RequireAgencyRole, resources_of
from services.gateway.access.schemas.identity import (
    Credential,
    CredentialAsked,
    CredentialMade,
    CredentialPage,
    PersonnelDecisionAsked,
    RotationAsked,
)
from services.gateway.access.second_factor import SecondFactor
from services.gateway.access.store import records as kept
from services.gateway.access.tenancy import ADMINISTRATOR, AGENCY_ROLES
from services.gateway.http.answers import CLOSED, all_but, created, document, encoded, number_cursor, page
from services.gateway.http.idempotency import keep_instead
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from shared.audit import Actor

router = resource("credentials")

ALL: Final = "/agencies/{agency}/credentials"
ONE: Final = ALL + "/{credential}"
REFUSES: Final = (401, 403, 404)
CredentialPath = Annotated[str, Path(pattern="^[0-9a-f]{12}$", description="A key, by its id.", examples=["0123456789ab"])]

_SEEN_BY = RequireAgencyRole(("agency_admin",), national=(ADMINISTRATOR, "auditor"))
_MAKER = RequireAgencyRole(("agency_admin",))
_APPROVER = RequireAgencyRole(("agency_admin",), national=(ADMINISTRATOR,), factor=SecondFactor.NEEDED)
_ENDER = RequireAgencyRole(("agency_admin",), national=(ADMINISTRATOR,))
_ANYBODY_OF_IT = RequireAgencyRole(AGENCY_ROLES)

Decision = Annotated[PersonnelDecisionAsked, Depends(Json(PersonnelDecisionAsked))]


@router.get(ALL, **lists(CredentialPage, refuses=REFUSES))
async def list_credentials(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_SEEN_BY)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Every key of the body, without secrets: those made at the terminal, then the others in the order they were asked for."""
    after = number_cursor(cursor)
    found = await credentials.list_credentials(
        runtime(request).database, actor=actor, agency=agency, after=after, limit=limit + 1
    )
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=lambda each: _shown(request, each))


@router.post(ALL, **records(CredentialAsked, CredentialMade, refuses=REFUSES))
async def post_credential(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_MAKER)],
    asked: Annotated[CredentialAsked, Depends(Json(CredentialAsked))],
) -> Response:
    """Make a key for a system of the body; it is shown once, and opens nothing before a second person approves."""
    given = runtime(request)
    limits = limits_of(read_only=asked.read_only, resources=asked.resources, networks=asked.networks)
    require_known(limits, resources_of(request.app))
    wanted = credentials.Wanted(
        agency=agency,
        holder=asked.holder,
        roles=asked.roles,
        expires_at=asked.expires_at,
        limits=limits,
        reason=asked.reason,
    )
    pepper = given.part(Access).pepper
    made = await credentials.request_credential(given.database, pepper=pepper, actor=actor, wanted=wanted, now=given.clock())
    return _shown_once(request, *made)


@router.get(ONE, **reads(Credential, refuses=REFUSES))
async def get_credential(
    request: Request, agency: AgencyPath, credential: CredentialPath, actor: Annotated[Actor, Depends(_SEEN_BY)]
) -> Response:
    """One key of the body."""
    database = runtime(request).database
    found = await credentials.find_credential(database, actor=actor, agency=agency, key_id=credential)
    return document(request, _shown(request, found), cache=CLOSED)


@router.post(ONE + "/rotations", **records(RotationAsked, CredentialMade, refuses=(*REFUSES, 409)))
async def post_rotation(
    request: Request,
    agency: AgencyPath,
    credential: CredentialPath,
    actor: Annotated[Actor, Depends(_ANYBODY_OF_IT)],
    asked: Annotated[RotationAsked, Depends(Json(RotationAsked))],
) -> Response:
    """A successor with another secret: at once for the key itself, after an approval for the body's administrator."""
    given = runtime(request)
    made = await credentials.rotate_credential(
        given.database,
        pepper=given.part(Access).pepper,
        actor=actor,
        agency=agency,
        key_id=credential,
        overlap=timedelta(hours=asked.overlap_hours),
        reason=asked.reason,
        now=given.clock(),
    )
    return _shown_once(request, *made)


@router.post(ONE + "/approvals", **records(PersonnelDecisionAsked, Credential, refuses=(*REFUSES, 409)))
async def post_credential_approval(
    request: Request,
    agency: AgencyPath,
    credential: CredentialPath,
    actor: Annotated[Actor, Depends(_APPROVER)],
    asked: Decision,
) -> Response:
    """Approve a key that somebody else asked for; from then on it opens what its roles open."""
    given = runtime(request)
    done = await credentials.approve_credential(
        given.database, actor=actor, agency=agency, key_id=credential, reason=asked.reason, now=given.clock()
    )
    return created(_shown(request, done), path=_path(done))


@router.post(ONE + "/revocations", **records(PersonnelDecisionAsked, Credential, refuses=(*REFUSES, 409)))
async def post_credential_revocation(
    request: Request,
    agency: AgencyPath,
    credential: CredentialPath,
    actor: Annotated[Actor, Depends(_ENDER)],
    asked: Decision,
) -> Response:
    """Take a key out of use, for ever and at once."""
    database = runtime(request).database
    done = await credentials.revoke_credential(database, actor=actor, agency=agency, key_id=credential, reason=asked.reason)
    return created(_shown(request, done), path=_path(done))


def _shown_once(request: Request, made: kept.Credential, key: str) -> Response:
    shown = {"credential": _shown(request, made), "key": key}
    keep_instead(request, encoded({**shown, "key": None}))
    return created(shown, path=_path(made))


def _path(found: kept.Credential) -> str:
    return ONE.format(agency=found.agency, credential=found.key_id)


def _shown(request: Request, found: kept.Credential) -> dict[str, Any]:
    hidden = ("sequence", "recorded_at", "created_by", "overlap_seconds")
    shown = all_but(found, *hidden)
    state = credentials.state_of(found, runtime(request).clock())
    return {**shown, "read_only": bool(found.read_only), "requested_at": found.recorded_at, "state": state}
