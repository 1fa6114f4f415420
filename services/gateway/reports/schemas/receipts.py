"""What is answered about receipts, the keys that sign them, and the files that evidence a report."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Digest, Page, PeriodText, Shape, identifier

KeyId = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{43}$", description="The key's RFC 7638 thumbprint.")]
AttachmentId = Annotated[str, identifier("att")]


class ReceiptContent(Shape):
    """What the signature covers. Times are Vietnam's. `signature_digest` is of the signer's own JWS, where there is one."""

    receipt_number: str
    issuer: str
    agency: AgencyCode
    period: PeriodText
    sequence: int
    submission_id: Annotated[str, identifier("sub")]
    form: str
    digest: Digest
    file_digest: Digest
    media_type: str
    catalogue_digest: Digest | None
    submitted_at: datetime
    deadline: datetime
    late: bool
    issued_at: datetime
    signature_digest: Digest | None


class Receipt(Shape):
    """`jws` is the receipt itself: compact, EdDSA; `content` is what it says, `kid` names a key of /receipt-keys."""

    receipt_number: Annotated[str, Field(pattern=r"^BN-[0-9]{4}-[0-9]{2}-[A-Z][0-9]{2}-[0-9]{6,}$")]
    kid: KeyId
    jws: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")]
    content: ReceiptContent


class ReceiptKey(Shape):
    """One public key (RFC 8037). What it signed from `retired_at` or `revoked_from` on is not to be trusted."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{43}$")]
    kid: KeyId
    use: Literal["sig"]
    alg: Literal["EdDSA"]
    state: Literal["active", "retired", "revoked"]
    recorded_at: datetime
    retired_at: datetime | None
    revoked_from: datetime | None
    end_reason: str | None


class ReceiptKeySet(Shape):
    """A JWK set (RFC 7517): every key that ever signed a receipt."""

    keys: list[ReceiptKey]


class Attachment(Shape):
    """A file that evidences a section. `scan` is the scanner's word on it: `clean` and by whom, or `not scanned`."""

    attachment_id: AttachmentId
    section: str
    name: str
    media_type: str
    size: int
    sha256: Digest
    scan: str
    author: str
    recorded_at: datetime


class AttachmentPage(Page):
    items: list[Attachment]
