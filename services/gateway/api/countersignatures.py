"""Signatures of bodies under what was frozen of a source."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.gateway.answers import CLOSED, created, document
from services.gateway.api.parameters import SnapshotPath
from services.gateway.api.signatures import BYTES, bytes_to_sign
from services.gateway.contract import downloads, reads, records
from services.gateway.countersigning import countersign, list_countersignatures, payload_of
from services.gateway.permits import READER, Json, Permit
from services.gateway.runtime import runtime
from services.gateway.schemas.signatures import Countersignature, CountersignatureAsked, CountersignatureSet
from services.gateway.second_factor import SecondFactor
from shared.audit import Actor

router = APIRouter(tags=["snapshots"])

ALL: Final = "/snapshots/{snapshot}/countersignatures"
REFUSES: Final = (401, 403, 404)
_SEEN_BY: Final = Permit((*sorted(READER.roles), "agency_signer"))
_SIGNER: Final = Permit(("agency_signer",), factor=SecondFactor.NEEDED)


@router.get("/snapshots/{snapshot}/signing-payload", dependencies=[Depends(_SEEN_BY)], **downloads(BYTES, refuses=REFUSES))
async def get_snapshot_signing_payload(request: Request, snapshot: SnapshotPath) -> Response:
    """The very bytes a countersignature is made over: which snapshot, and the digest of its manifest."""
    payload = await payload_of(runtime(request).database, snapshot)
    return bytes_to_sign(request, payload, name=f"{snapshot}.bin")


@router.get(ALL, **reads(CountersignatureSet, refuses=REFUSES))
async def get_countersignatures(
    request: Request, snapshot: SnapshotPath, actor: Annotated[Actor, Depends(_SEEN_BY)]
) -> Response:
    """Who countersigned the snapshot; a body sees its own signature only."""
    found = await list_countersignatures(runtime(request), actor=actor, snapshot_id=snapshot)
    return document(request, {"items": found}, cache=CLOSED)


@router.post(ALL, **records(CountersignatureAsked, Countersignature, refuses=(*REFUSES, 409)))
async def post_countersignature(
    request: Request,
    snapshot: SnapshotPath,
    actor: Annotated[Actor, Depends(_SIGNER)],
    asked: Annotated[CountersignatureAsked, Depends(Json(CountersignatureAsked))],
) -> Response:
    """Sign the snapshot for the signer's body, with a certificate that the body has mandated."""
    made = await countersign(runtime(request), actor=actor, snapshot_id=snapshot, jws=asked.jws)
    return created(made, path=ALL.format(snapshot=snapshot))
