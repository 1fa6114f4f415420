"""Signatures of bodies under what was frozen of a source."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER, Json, Permit, RequireAgencyRole
from services.gateway.access.second_factor import SecondFactor
from services.gateway.access.tenancy import WHOLE_BODY_ROLES
from services.gateway.http.answers import BYTES, CLOSED, bytes_to_sign, created, document
from services.gateway.http.openapi_responses import downloads, reads, records
from services.gateway.http.routes.parameters import AgencyPath, SnapshotPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.signatures.countersigning import countersign, of_body, of_snapshot, payload_for
from services.gateway.signatures.schemas.signatures import Countersignature, CountersignatureAsked, CountersignatureSet
from shared.audit import Actor

router = resource("snapshots")

ALL: Final = "/agencies/{agency}/countersignatures"
REFUSES: Final = (401, 403, 404)
_SIGNER: Final = RequireAgencyRole(("agency_signer",), factor=SecondFactor.NEEDED)
# The words say which snapshot of which source, and nothing of any body.
_PAYLOAD: Final = Permit((*READER.roles, "agency_signer"))
_INSIDE: Final = RequireAgencyRole(WHOLE_BODY_ROLES, national=("auditor",))


@router.get("/snapshots/{snapshot}/signing-payload", **downloads(BYTES, refuses=REFUSES))
async def get_snapshot_signing_payload(
    request: Request, snapshot: SnapshotPath, actor: Annotated[Actor, Depends(_PAYLOAD)]
) -> Response:
    """The very bytes a countersignature is made over: which snapshot, of which source and month."""
    payload = await payload_for(runtime(request), actor=actor, snapshot_id=snapshot)
    return bytes_to_sign(request, payload, name=f"{snapshot}.bin")


@router.get("/snapshots/{snapshot}/countersignatures", **reads(CountersignatureSet, refuses=REFUSES))
async def get_snapshot_countersignatures(
    request: Request, snapshot: SnapshotPath, actor: Annotated[Actor, Depends(READER)]
) -> Response:
    """Which bodies countersigned the snapshot, the first first."""
    found = await of_snapshot(runtime(request).database, actor=actor, snapshot_id=snapshot)
    return document(request, {"items": found}, cache=CLOSED)


@router.get(ALL, **reads(CountersignatureSet, refuses=REFUSES))
async def get_countersignatures(request: Request, agency: AgencyPath, actor: Annotated[Actor, Depends(_INSIDE)]) -> Response:
    """What the body countersigned, the first first."""
    found = await of_body(runtime(request).database, actor=actor, agency=agency)
    return document(request, {"items": found}, cache=CLOSED)


@router.post(ALL, **records(CountersignatureAsked, Countersignature, refuses=(*REFUSES, 409)))
async def post_countersignature(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_SIGNER)],
    asked: Annotated[CountersignatureAsked, Depends(Json(CountersignatureAsked))],
) -> Response:
    """Sign a snapshot for the body, with a certificate that the body has mandated."""
    made = await countersign(runtime(request), actor=actor, agency=agency, snapshot_id=asked.snapshot_id, jws=asked.jws)
    return created(made, path=ALL.format(agency=agency))
