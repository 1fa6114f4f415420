"""What callers send about submissions; the report itself is read by services.gateway.reports."""

from __future__ import annotations

from typing import Any

from services.gateway.http.schemas.shape import Digest, Reason, Shape
from services.gateway.http.words import Line
from services.gateway.signatures.schemas.signatures import JwsOffered, Signs


class SubmissionAsked(Shape):
    """`test`: a submission that can never count."""

    test: bool = False


class HandoverAsked(Shape):
    reason: Reason | None = None


class AgreementAsked(Shape):
    """An approval; the reason is optional and kept."""

    reason: Reason | None = None


class RejectionAsked(Shape):
    reason: Reason


class RevertAsked(Shape):
    reason: Reason


class SignatureAsked(Shape):
    """`digest` is that of the report as the signer read it; `jws` a detached signature over the signing payload, where the
    body's reports need one or the signer gives one."""

    digest: Digest
    statement: Line | None = None
    jws: JwsOffered | None = None
    signs: Signs = "report"


class ConfirmationAsked(Shape):
    finding_key: Digest
    reason: Reason


class ValidationAsked(Shape):
    """Nothing needs saying."""


class RuleActivationAsked(Shape):
    """`catalogue` is a whole rule catalogue, as `/report-rules` shows one under `content`."""

    catalogue: dict[str, Any]
    reason: Reason
