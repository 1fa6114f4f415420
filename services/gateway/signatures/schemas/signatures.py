"""Mandates to sign, demands for signatures, and signatures as they are shown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.gateway.access.schemas.identity import Holder
from services.gateway.http.schemas.shape import (
    AgencyCode,
    CommandId,
    Digest,
    Document,
    Page,
    Reason,
    Shape,
    SnapshotId,
    SourceName,
    identifier,
)
from services.gateway.http.words import WrittenDay

MandateId = Annotated[str, identifier("mandate")]
Demand = Literal["required", "optional"]
Jws = Annotated[
    str,
    Field(
        max_length=48 * 1024, pattern=r"^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+$", description="Detached: `<protected>..<signature>`."
    ),
]


JwsOffered = Annotated[str, Field(min_length=1, max_length=48 * 1024, description="Detached: `<protected>..<signature>`.")]
Signs = Literal["report", "file"]


class MandateAsked(Shape):
    """Both days belong to the mandate, in Vietnam; without `valid_to` it lasts until it is withdrawn."""

    certificate: Annotated[str, Field(min_length=1, max_length=16_384, description="The signer's certificate, PEM.")]
    holder: Holder
    valid_from: WrittenDay
    valid_to: WrittenDay | None = None
    document: Document
    reason: Reason


class MandateDecisionAsked(Shape):
    """An approval or a withdrawal."""

    reason: Reason


class Mandate(Shape):
    """Whose certificate may sign for the body. `key_digest` is that of the certificate's public key."""

    mandate_id: MandateId
    agency: AgencyCode
    organisation: str
    key_digest: Digest
    certificate_subject: str
    certificate_serial: str
    holder: str
    state: Literal["requested", "to_come", "in_force", "ended", "withdrawn"]
    valid_from: date
    valid_to: date | None
    document: str
    requested_by: str
    requested_at: datetime
    reason: str
    approved_by: str | None
    approved_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None


class MandatePage(Page):
    items: list[Mandate]


class DemandAsked(Shape):
    demand: Demand
    reason: Reason


class SignatureDemand(Shape):
    """The last one holds; without any a signature is optional."""

    agency: AgencyCode
    demand: Demand
    actor: str
    reason: str
    recorded_at: datetime


class SignatureDemandPage(Page):
    items: list[SignatureDemand]


class _Kept(Shape):
    agency: AgencyCode
    jws: Jws
    jws_digest: Digest
    payload_digest: Digest
    algorithm: Literal["ES256", "EdDSA", "RS256"]
    key_digest: Digest
    signed_at: datetime
    received_at: datetime
    mandate_id: MandateId
    verification: dict[str, Any]
    actor: str
    recorded_at: datetime


class SignatureKept(_Kept):
    """The signature a report was accepted with; `verification` is all that was looked at then."""

    submission_id: Annotated[str, identifier("sub")]
    signs: Signs


class CountersignatureAsked(Shape):
    snapshot_id: SnapshotId
    jws: JwsOffered


class Countersignature(_Kept):
    """A body's signature under a frozen snapshot."""

    countersignature_id: Annotated[str, identifier("cs")]
    snapshot_id: SnapshotId


class CountersignatureSet(Shape):
    items: list[Countersignature]


class FileDemandAsked(Shape):
    """`agency` is the body that supplies the source, and so signs its official files."""

    source: SourceName
    agency: AgencyCode
    demand: Demand
    reason: Reason


class FileSignatureDemand(Shape):
    """The last one of a source holds; without any a signature is optional, and may be any body's."""

    source: SourceName
    agency: AgencyCode
    demand: Demand
    actor: str
    reason: str
    recorded_at: datetime


class FileSignatureDemandPage(Page):
    items: list[FileSignatureDemand]


class FileSignature(_Kept):
    """A body's signature under one of the official files that a snapshot was made from; `sha256` is of the file's bytes."""

    command_id: CommandId
    name: str
    sha256: Digest


class FileSignatureSet(Shape):
    items: list[FileSignature]
