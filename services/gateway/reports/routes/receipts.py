"""Receipts of submissions, and the public keys that prove them (INT-10, SEC-08)."""

from __future__ import annotations

import base64
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import CLOSED, OPEN, document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.routes.parameters import AgencyPath, PeriodPath, SequencePath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.reports.routes.reporting import ONE, REFUSES, SIGNED, desk_of
from services.gateway.reports.schemas.receipts import Receipt, ReceiptKeySet
from services.gateway.reports.signing_keys import published_keys
from services.gateway.reports.store import receipts as stored
from services.gateway.reports.store.records import Receipt as Kept
from shared.audit import Actor
from shared.errors import NotFound

router = resource("receipts")


@router.get("/receipt-keys", dependencies=[Depends(PUBLIC)], **reads(ReceiptKeySet))
async def list_receipt_keys(request: Request) -> Response:
    """Every key that ever signed a receipt, as a JWK set: keep it, and receipts are proven without asking anybody."""
    async with runtime(request).database.read() as connection:
        found = await published_keys(connection)
    return document(request, found, cache=OPEN)


@router.get(ONE + "/receipt", **reads(Receipt, refuses=REFUSES))
async def get_receipt(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(SIGNED)],
) -> Response:
    """The signed receipt of an accepted submission."""
    desk = desk_of(request, actor, agency, period)
    async with desk.read() as connection:
        found = await stored.find_receipt(connection, agency=agency, period=period, sequence=sequence)
    if found is None:
        raise NotFound(f"{agency} has no receipt of a submission {sequence} of {period}")
    return document(request, _shown(found), cache=CLOSED)


def _shown(found: Kept) -> dict[str, Any]:
    payload = found.jws.split(".")[1]
    content = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return {"receipt_number": found.receipt_number, "kid": found.kid, "jws": found.jws, "content": content}
