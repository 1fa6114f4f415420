"""Evidence of a report: files with a declared digest, of known types, scanned, while it is a draft (INT-14)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from services.gateway.reports.attachment_policy import check_content, check_digest, name_of
from services.gateway.reports.classification.markers import Classified
from services.gateway.reports.scanner import Scanner
from services.gateway.reports.store import attachments as stored
from services.gateway.reports.store.records import Attachment, AttachmentHeader
from services.gateway.reports.submissions.contents import record_refusal
from services.gateway.reports.submissions.desk import Desk, held
from services.gateway.reports.submissions.refused import ContentLocked
from services.gateway.reports.submissions.standing import Standing
from services.gateway.reports.submissions.steps import settled
from shared.audit import record
from shared.canonical import sha256_hex
from shared.database import Connection
from shared.errors import Conflict, NotFound
from shared.ids import new_id

MOST = 100


class TooManyAttachments(Conflict):
    """A submission holds so many files and no more."""

    slug = "too-many-attachments"
    title_vi = "Báo cáo đã có quá nhiều tệp đính kèm"
    title_en = "Too many attachments"


@dataclass(frozen=True)
class File:
    """As it was sent: ``content_digest`` is the header, ``media_type`` one of the policy's."""

    section: str
    name: str
    media_type: str
    content_digest: str
    body: bytes


async def attach(desk: Desk, sequence: int, file: File) -> AttachmentHeader:
    """What is told of the file once it is kept.

    Raises NotFound, ContentLocked, TooManyAttachments, DigestMismatch, NotOfItsType, Classified (of which a record is kept,
    and no more), MaliciousFile, ScannerUnavailable or InputInvalid.
    """
    async with desk.read() as connection:
        await _require_open(connection, desk, sequence)
    try:
        name = await asyncio.to_thread(_examine, file)
    except Classified as error:
        await record_refusal(desk, error)
        raise
    scan = await desk.given.part(Scanner).scan(file.body)
    async with desk.transaction() as connection:
        await desk.lock(connection)
        found = await settled(connection, desk, await _require_open(connection, desk, sequence))
        about: dict[str, Any] = {
            "attachment_id": new_id("att"),
            "submission_id": found.submission_id,
            "agency": desk.agency,
            "section": file.section,
            "name": name,
            "media_type": file.media_type,
            "size": len(file.body),
            "sha256": sha256_hex(file.body),
            "scan": scan,
            "author": desk.actor.id,
        }
        written = await stored.insert_attachment(connection, about | {"body": file.body})
        await record(connection, desk.actor.id, "attachment.add", about["attachment_id"], detail=about)
    return written


async def list_of(desk: Desk, sequence: int, *, after: str | None, limit: int) -> list[AttachmentHeader]:
    """Raises NotFound."""
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        return await stored.list_attachments(connection, found.submission_id, after=after, limit=limit)


async def find(desk: Desk, sequence: int, attachment_id: str) -> Attachment:
    """With its bytes. Raises NotFound."""
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        attachment = await stored.find_attachment(connection, found.submission_id, attachment_id)
    if attachment is None:
        raise NotFound(f"submission {sequence} has no attachment {attachment_id}")
    return attachment


def _examine(file: File) -> str:
    name = name_of(file.name, file.media_type)
    check_digest(file.content_digest, file.body)
    check_content(file.media_type, file.body)
    return name


async def _require_open(connection: Connection, desk: Desk, sequence: int) -> Standing:
    found = await desk.find(connection, sequence)
    if found.state != "draft":
        state = held(found)
        raise ContentLocked(f"submission {sequence} is {found.state} and held by {state['holder']}", **state)
    if await stored.count_attachments(connection, found.submission_id) >= MOST:
        raise TooManyAttachments(f"a submission holds at most {MOST} files")
    return found
