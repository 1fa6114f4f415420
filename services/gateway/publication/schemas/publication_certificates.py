"""What is answered about the certificates that sign published documents."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from services.gateway.http.schemas.shape import Digest, Page, Shape


class PublicationCertificate(Shape):
    """`fingerprint` is the SHA-256 of the certificate (DER); `self_issued`: nobody else vouches for it, as for the key that an
    installation makes itself for demonstrations."""

    fingerprint: Digest
    subject: str
    issuer: str
    self_issued: bool
    valid_from: datetime
    valid_to: datetime
    first_used_at: datetime
    certificates: str = Field(description="PEM: the certificate, then those that issued it, where they were given.")


class PublicationCertificatePage(Page):
    items: list[PublicationCertificate]
