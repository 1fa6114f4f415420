"""A certificate's signature on a report: judged before the transaction, kept with its mandate in the one that accepts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.standing import Standing
from services.gateway.signatures.mandates import row_of
from services.gateway.signatures.store import mandates as stored
from shared.audit import record
from shared.canonical import sha256_hex
from shared.database import Connection
from shared.errors import Conflict, Fault, InputInvalid
from shared.signature import payloads
from shared.signature.mandates import Mandate, mandate_of
from shared.signature.refused import SignatureDiffers
from shared.signature.verifier import Verified

Signs = Literal["report", "file"]


class SignatureRequired(Conflict):
    """Reports of this body need a certificate's signature (`jws`); the digest alone is not enough."""

    slug = "signature-required"
    title_vi = "Báo cáo của cơ quan này phải được ký số bằng chứng thư"
    title_en = "Certificate signature required"


@dataclass(frozen=True)
class Offered:
    """A detached JWS over the report's RFC 8785 bytes, or over the words about the file that was sent (payloads.of_file)."""

    jws: str
    signs: Signs = "report"


def payload_of(found: Standing, content: bytes, signs: Signs) -> bytes:
    """What is signed of a submission with its report's canonical bytes. Raises InputInvalid where there is no one file."""
    if signs == "report":
        return payloads.of_report(content)
    if found.scope != "whole":
        fault = Fault("/signs", "the report was put together from several files", seen="file", expected="report")
        raise InputInvalid("there is no one file to sign", faults=[fault])
    return payloads.of_file(str(found.file_digest), agency=found.agency, period=found.period)


async def judge(desk: Desk, found: Standing, content: bytes, offered: Offered) -> Verified:
    """Whether the signature is good, whoever made it. Raises as SignatureVerifier.verify."""
    payload = payload_of(found, content, offered.signs)
    return await asyncio.to_thread(desk.given.verifier.verify, payload, jws=offered.jws, received_at=desk.now)


async def require_mandate(connection: Connection, desk: Desk, verified: Verified | None) -> Mandate | None:
    """The mandate a signature rests on, as the database has it now; without a signature None, where none is demanded.

    Raises SignatureRequired, AgencyDiffers, MandateMissing, MandateNotBegun or MandateEnded.
    """
    if verified is not None:
        approved = await stored.approved_mandates(connection, agency=desk.agency)
        return mandate_of(verified, agency=desk.agency, mandates=approved)
    if await stored.is_demanded(connection, agency=desk.agency):
        hint = "Sign GET …/signing-payload with a mandated certificate and send the detached JWS as jws."
        raise SignatureRequired(f"reports of {desk.agency} are signed with a certificate", hint=hint)
    return None


async def keep(
    connection: Connection,
    desk: Desk,
    found: Standing,
    *,
    content: bytes,
    offered: Offered,
    verified: Verified,
    mandate: Mandate,
) -> str:
    """The digest of the JWS that is kept beside the acceptance. Raises SignatureDiffers when the content has changed since."""
    if sha256_hex(payload_of(found, content, offered.signs)) != verified.payload_digest:
        raise SignatureDiffers("the content is not the one that was signed", hint="Read it again and sign it.")
    values = {"submission_id": found.submission_id, "signs": offered.signs, **row_of(verified, mandate, actor=desk.actor.id)}
    await stored.insert_signature(connection, values)
    detail = {"jws": verified.jws.digest, "mandate": mandate.mandate_id, "certificate": verified.signer.as_dict()}
    await record(connection, desk.actor.id, "signature.keep", found.submission_id, detail=detail)
    return verified.jws.digest
