"""With which certificates the documents of publications are signed (XPT-03)."""

from __future__ import annotations

from typing import Any

from cryptography import x509
from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import OPEN, document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.schemas.publication_certificates import PublicationCertificatePage
from services.gateway.publication.store import published
from services.gateway.publication.store.records import Certificate

router = resource("periods", dependencies=[Depends(PUBLIC)])


@router.get("/publication-certificates", **reads(PublicationCertificatePage))
async def list_publication_certificates(request: Request) -> Response:
    """Every certificate that ever signed a month's document, first used first: keep it, and bundles are proven offline."""
    async with runtime(request).database.read() as connection:
        found = await published.certificates(connection)
    return document(request, {"items": [_shown(each) for each in found], "next": None}, cache=OPEN)


def _shown(found: Certificate) -> dict[str, Any]:
    read = x509.load_der_x509_certificate(found.certificate)
    return {
        "fingerprint": found.fingerprint,
        "subject": read.subject.rfc4514_string(),
        "issuer": read.issuer.rfc4514_string(),
        "self_issued": read.subject == read.issuer,
        "valid_from": read.not_valid_before_utc,
        "valid_to": read.not_valid_after_utc,
        "first_used_at": found.recorded_at,
        "certificates": found.chain,
    }
