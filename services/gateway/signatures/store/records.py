"""What is stored of mandates, signatures and the demands for them, as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from shared.signature.mandates import Mandate


@dataclass(frozen=True, kw_only=True)
class MandateOnRecord(Mandate):
    """A mandate with who asked for it, approved it and withdrew it."""

    sequence: int
    certificate_subject: str
    certificate_serial: str
    document: str
    requested_by: str
    reason: str
    recorded_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    withdrawn_by: str | None


@dataclass(frozen=True, kw_only=True)
class SignatureDemand:
    """Whether a body's reports need a certificate's signature from then on."""

    sequence: int
    agency: str
    demand: str
    actor: str
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A signature that was found good, whatever it is of."""

    agency: str
    jws: str
    jws_digest: str
    payload_digest: str
    algorithm: str
    key_digest: str
    signed_at: datetime
    received_at: datetime
    mandate_id: str
    verification: Mapping[str, Any]
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReportSignature(Signed):
    """``signs`` is `report` or `file`."""

    submission_id: str
    signs: str


@dataclass(frozen=True, kw_only=True)
class Countersignature(Signed):
    countersignature_id: str
    snapshot_id: str


@dataclass(frozen=True, kw_only=True)
class FileSignatureDemand:
    """Which body must sign official files of a source from then on."""

    sequence: int
    source: str
    agency: str
    demand: str
    actor: str
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class FileSignature:
    """What was found of the signature under an official file."""

    command_id: str
    name: str
    sha256: str
    agency: str
    jws: str
    jws_digest: str
    payload_digest: str
    algorithm: str
    key_digest: str
    signed_at: datetime
    received_at: datetime
    mandate_id: str
    verification: Mapping[str, Any]
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class SnapshotHeader:
    """What identifies a snapshot and says how it came about."""

    snapshot_id: str
    source: str
    period: str
    version: int
    supersedes: str | None
    reason: str | None
    requested_by: str | None
    approver: str | None
    origin: str
    pull_id: str
    as_of: datetime
    captured_at: datetime
    clock_skew_seconds: Decimal | None
    row_count: int
    root: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class SnapshotOnRecord(SnapshotHeader):
    manifest: bytes
    evidence: Mapping[str, Any]
