"""Receipts: who handed in what, when, and whether in time, signed by us in the transaction that accepts it (INT-10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.gateway.reports.keyring import Keyring
from services.gateway.reports.receipt_checks import KIND
from services.gateway.reports.signing_keys import key_in_force
from services.gateway.reports.store import receipts as stored
from services.gateway.reports.store.records import Acceptance, NextReceipt, Receipt
from shared.audit import record
from shared.canonical import canonical_bytes
from shared.database import Connection
from shared.period import VIETNAM


async def issue(
    connection: Connection,
    *,
    keyring: Keyring,
    form: str,
    acceptance: Acceptance,
    now: datetime,
    signature_digest: str | None = None,
) -> Receipt:
    """``connection`` is the transaction that accepts, within reach of the body; ``signature_digest`` of the signer's JWS,
    where there is one. Raises NoSigningKey, and then nothing may be accepted.
    """
    key = await key_in_force(connection, keyring)
    facts = await stored.next_receipt(connection, submission_id=acceptance.submission_id, revision=acceptance.revision)
    number = number_of(acceptance.period, acceptance.agency, facts.number)
    content = contents(number, issuer=keyring.issuer, form=form, acceptance=acceptance, facts=facts, now=now)
    content["signature_digest"] = signature_digest
    values = {
        "receipt_number": number,
        "sequence": facts.number,
        "submission_id": acceptance.submission_id,
        "agency": acceptance.agency,
        "kid": key.kid,
        "jws": key.sign(canonical_bytes(content), kind=KIND),
        "issued_at": now,
    }
    written = await stored.insert_receipt(connection, values)
    detail = {"submission_id": acceptance.submission_id, "digest": acceptance.digest, "kid": key.kid}
    await record(connection, acceptance.signed_by, "receipt.issue", number, detail=detail)
    return written


def number_of(period: str, agency: str, sequence: int) -> str:
    """``BN-2026-01-H38-000123``: the month, the body, and the count of all receipts, which may skip."""
    return f"BN-{period}-{agency}-{sequence:06d}"


def contents(
    number: str, *, issuer: str, form: str, acceptance: Acceptance, facts: NextReceipt, now: datetime
) -> dict[str, Any]:
    """What a receipt says. Times are Vietnam's, with their offset."""
    return {
        "receipt_number": number,
        "issuer": issuer,
        "agency": acceptance.agency,
        "period": acceptance.period,
        "sequence": acceptance.sequence,
        "submission_id": acceptance.submission_id,
        "form": form,
        "digest": acceptance.digest,
        "file_digest": acceptance.file_digest,
        "media_type": facts.media_type,
        "catalogue_digest": facts.catalogue_digest,
        "submitted_at": _vietnam(acceptance.submitted_at),
        "deadline": _vietnam(acceptance.deadline),
        "late": acceptance.late,
        "issued_at": _vietnam(now),
    }


def _vietnam(instant: datetime) -> str:
    return instant.astimezone(VIETNAM).isoformat(timespec="microseconds")
