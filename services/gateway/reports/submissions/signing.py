"""Signing: the step, the acceptance, the receipt and the audit rows, all or nothing (INT-08, INT-10)."""

from __future__ import annotations

import asyncio
from datetime import datetime

from services.gateway.reports import receipts
from services.gateway.reports.form.canonical_report import document_of
from services.gateway.reports.form.form import form_named
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.keyring import Keyring
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.store.records import Acceptance
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.refused import DigestDiffers, PeriodNotOver, TestNotSigned
from services.gateway.reports.submissions.signatures import Offered, judge, keep, require_mandate
from services.gateway.reports.submissions.standing import Standing, WithContent
from services.gateway.reports.submissions.steps import Step, agree, lapsed, require_move
from services.gateway.reports.submissions.stored import unpack_sent
from services.gateway.reports.workflow.machine import ReportMove
from shared.calendar import deadline_of, enter_gate
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Connection
from shared.tables.intake import acceptance


async def sign(desk: Desk, sequence: int, *, digest: str, statement: str | None, offered: Offered | None = None) -> Standing:
    """The submission as accepted. The signer names the digest they agree to, and may sign it with a certificate.

    Raises TestNotSigned, DigestDiffers, StepRefused, SamePerson, ApprovalLapsed, FindingsOpen, ValidationOutdated,
    NoSigningKey, SignatureRequired or what is wrong with the signature; then nothing counts.
    """
    read, content = await prepared(desk, sequence)
    verified = None if offered is None or content is None else await judge(desk, read, content, offered)
    async with desk.transaction() as connection:
        # A freeze waits for everybody inside, so the clock is read after the gate and never before.
        await enter_gate(connection, desk.period)
        submitted_at = desk.now
        await desk.lock(connection)
        found = await desk.find(connection, sequence)
        # What lapsed is no longer there to be signed: of whatever else is wrong, that is said first.
        gone = found.awaits_record
        move = None if gone else await _require_signable(connection, desk, found, digest)
        mandate = None if gone else await require_mandate(connection, desk, verified)
        lapse = await agree(connection, desk, found, Step("sign", statement), move=move)
        if lapse is None:
            refuse_before_end(desk)
            if content is None or sha256_hex(content) != digest:
                raise DigestDiffers("the content is not the one that was approved", digest=found.digest)
            accepted = await _accept(connection, desk, WithContent(**vars(found)), content=content, submitted_at=submitted_at)
            kept = None
            if offered is not None and verified is not None and mandate is not None:
                kept = await keep(connection, desk, found, content=content, offered=offered, verified=verified, mandate=mandate)
            await receipts.issue(
                connection,
                keyring=desk.given.part(Keyring),
                form=found.form,
                acceptance=accepted,
                signature_digest=kept,
                now=submitted_at,
            )
        after = await desk.find(connection, sequence)
    if lapse is not None:
        raise lapsed(sequence, lapse)
    return after


def refuse_before_end(desk: Desk) -> None:
    """Raises PeriodNotOver: facts of a month still running may not have happened yet."""
    if desk.now < desk.period.end:
        ends = desk.period.end.isoformat()
        hint = "Keep the draft, and sign it once the month is over."
        raise PeriodNotOver(f"{desk.period} ends at {ends}", hint=hint, ends_at=ends)


async def _require_signable(connection: Connection, desk: Desk, found: Standing, digest: str) -> ReportMove:
    move = await require_move(connection, desk, found, "sign")
    if found.test:
        raise TestNotSigned(f"submission {found.sequence} is a test", hint="Begin one that is none.")
    if found.digest != digest:
        hint = "Read the report again and sign the digest it has."
        raise DigestDiffers("the digest named is not the approved report's", hint=hint, digest=found.digest)
    return move


async def prepared(desk: Desk, sequence: int) -> tuple[Standing, bytes | None]:
    """The submission and the RFC 8785 bytes of its latest revision's report, None where it cannot be read.

    Made before the transaction: that is work, and others wait for it. Raises NotFound.
    """
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        if found.revision is None:
            return found, None
        kept = await stored.require_revision(connection, found.submission_id, found.revision)
    return found, await asyncio.to_thread(_bytes_of, kept.assembled, found.form)


def _bytes_of(assembled: bytes, form: str) -> bytes | None:
    report, _ = understand(unpack_sent(assembled), form_named(form))
    return None if report is None else canonical_bytes(document_of(report))


async def _accept(
    connection: Connection, desk: Desk, found: WithContent, *, content: bytes, submitted_at: datetime
) -> Acceptance:
    deadline = await deadline_of(connection, desk.period, desk.agency)
    approved = await stored.last_transition(connection, found.submission_id, "approve")
    if approved is None:
        raise RuntimeError(f"{found.submission_id} is signed without an approval")
    made = Acceptance(
        submission_id=found.submission_id,
        agency=found.agency,
        period=found.period,
        sequence=found.sequence,
        revision=found.revision,
        digest=sha256_hex(content),
        file_digest=found.file_digest,
        content=content,
        submitted_at=submitted_at,
        deadline=deadline.falls_at,
        late=submitted_at >= deadline.falls_at,
        approved_by=approved.actor,
        signed_by=desk.actor.id,
    )
    await stored.insert(connection, acceptance, vars(made))
    return made
