"""What is signed of a report with a certificate, and the signature it was accepted with (APR-06, APR-07)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.responses import Response

from services.gateway.http.answers import BYTES, CLOSED, bytes_to_sign, document
from services.gateway.http.openapi_responses import downloads, reads
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath, SequencePath
from services.gateway.http.routing import resource
from services.gateway.reports.routes.reporting import INSIDE, ONE, REFUSES, SIGNED, desk_of
from services.gateway.reports.submissions.refused import ContentMissing
from services.gateway.reports.submissions.signatures import Signs, payload_of
from services.gateway.reports.submissions.signing import prepared
from services.gateway.signatures.schemas.signatures import SignatureKept
from services.gateway.signatures.store import mandates as stored
from shared.audit import Actor
from shared.errors import NotFound

router = resource("submissions")

SignsQuery = Annotated[Signs, Query(description="The report itself, or the file it was sent as.")]


@router.get(ONE + "/signing-payload", **downloads(BYTES, refuses=REFUSES))
async def get_signing_payload(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(INSIDE)],
    signs: SignsQuery = "report",
) -> Response:
    """The very bytes a detached signature is made over; the ETag is their digest."""
    found, content = await prepared(desk_of(request, actor, agency, period), sequence)
    if content is None:
        raise ContentMissing(f"submission {sequence} has no content that can be read", hint="See …/findings.")
    payload = payload_of(found, content, signs)
    return bytes_to_sign(request, payload, name=f"{agency}-{period}-{sequence}-{signs}.bin")


@router.get(ONE + "/signature", **reads(SignatureKept, refuses=REFUSES))
async def get_signature(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(SIGNED)],
) -> Response:
    """The certificate's signature that the report was accepted with, and all that was looked at then."""
    desk = desk_of(request, actor, agency, period)
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        kept = await stored.find_signature(connection, found.submission_id)
    if kept is None:
        raise NotFound(f"submission {sequence} carries no certificate's signature")
    return document(request, kept, cache=CLOSED)
