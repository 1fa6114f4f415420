"""Files that evidence a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.reports.store.records import Attachment, AttachmentHeader
from shared.database import every, insert_record, one
from shared.tables.intake import attachment

_ABOUT = [column for column in attachment.columns if column.name != "body"]


async def insert_attachment(connection: AsyncConnection, values: Mapping[str, Any]) -> AttachmentHeader:
    return await insert_record(connection, attachment, AttachmentHeader, values)


async def count_attachments(connection: AsyncConnection, submission_id: str) -> int:
    asked = select(func.count()).select_from(attachment).where(attachment.c.submission_id == submission_id)
    return int(await connection.scalar(asked) or 0)


async def list_attachments(
    connection: AsyncConnection, submission_id: str, *, after: str | None, limit: int
) -> list[AttachmentHeader]:
    """In the order they came, without the bytes."""
    asked = select(*_ABOUT).where(attachment.c.submission_id == submission_id)
    if after is not None:
        asked = asked.where(attachment.c.attachment_id > after)
    return await every(connection, AttachmentHeader, asked.order_by(attachment.c.attachment_id).limit(limit))


async def find_attachment(connection: AsyncConnection, submission_id: str, attachment_id: str) -> Attachment | None:
    """With its bytes."""
    named = (attachment.c.submission_id == submission_id, attachment.c.attachment_id == attachment_id)
    return await one(connection, Attachment, select(attachment).where(*named))
