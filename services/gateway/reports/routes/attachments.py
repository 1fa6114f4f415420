"""Files that evidence a report: sent while it is a draft, read by the body itself and by national auditors (INT-14)."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Header, Path, Query, Request
from starlette.responses import Response

from services.gateway.access.permits import RequireAgencyRole, read_body
from services.gateway.access.tenancy import WHOLE_BODY_ROLES
from services.gateway.http.answers import CLOSED, created, page, text_cursor
from services.gateway.http.negotiation import matches
from services.gateway.http.openapi_responses import downloads, lists, takes
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit, PeriodPath, SequencePath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.http.words import PRINTABLE
from services.gateway.reports import attachments
from services.gateway.reports.attachment_policy import CONTENT_DIGEST, KINDS, LONGEST_NAME, media_type_of
from services.gateway.reports.form.report import SECTIONS
from services.gateway.reports.routes.reporting import BINARY, DRAFTER, ONE, REFUSES, desk_of
from services.gateway.reports.schemas.receipts import Attachment, AttachmentPage
from services.gateway.reports.store.records import AttachmentHeader
from shared.audit import Actor

router = resource("attachments")

ALL = ONE + "/attachments"
_READERS = RequireAgencyRole(WHOLE_BODY_ROLES, national=("reader", "auditor"))
_FILES = dict.fromkeys(KINDS, BINARY)
# Whatever a file holds, a browser saves it and runs none of it.
_SAFE = {"content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff"}

AttachmentPath = Annotated[str, Path(pattern="^att_[0-9a-z]{26}$", description="An attachment.")]
Section = Annotated[
    str, Query(pattern=f"^({'|'.join(SECTIONS)})$", description="The section it evidences.", examples=["registered_tasks"])
]
Name = Annotated[
    str,
    Query(min_length=1, max_length=LONGEST_NAME, pattern=PRINTABLE, description="The file's name.", examples=["bien-ban.pdf"]),
]
ContentDigest = Annotated[
    str, Header(alias="Content-Digest", pattern=CONTENT_DIGEST, description="RFC 9530, with sha-256; compared with the bytes.")
]


class Evidence:
    """A file as the request's body. Raises MediaTypeUnsupported or ContentTooLarge."""

    async def __call__(self, request: Request) -> tuple[str, bytes]:
        media_type = media_type_of(request.headers.get("content-type", ""))
        return media_type, await read_body(request, runtime(request).max_attachment_bytes)


@router.post(ALL, **takes(_FILES, Attachment, refuses=[*REFUSES, 409]))
async def post_attachment(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(DRAFTER)],
    sent: Annotated[tuple[str, bytes], Depends(Evidence())],
    section: Section,
    name: Name,
    content_digest: ContentDigest,
) -> Response:
    """Add a file to a draft's section; its digest, type and size are checked, and the scanner looks at it."""
    desk = desk_of(request, actor, agency, period)
    media_type, body = sent
    file = attachments.File(section, name, media_type, content_digest, body)
    written = await attachments.attach(desk, sequence, file)
    return created(_shown(written), path=f"{desk.path(sequence)}/attachments/{written.attachment_id}")


@router.get(ALL, **lists(AttachmentPage, refuses=REFUSES))
async def list_attachments(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(_READERS)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """What is told of a submission's files, in the order they came; national offices see those of accepted ones."""
    desk = desk_of(request, actor, agency, period)
    found = await attachments.list_of(desk, sequence, after=text_cursor(cursor), limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.attachment_id, show=_shown)


@router.get(ALL + "/{attachment}", **downloads(_FILES, refuses=REFUSES))
async def get_attachment(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    attachment: AttachmentPath,
    actor: Annotated[Actor, Depends(_READERS)],
) -> Response:
    """The file itself, to be saved: no browser shows or runs it."""
    desk = desk_of(request, actor, agency, period)
    found = await attachments.find(desk, sequence, attachment)
    etag = f'"{found.sha256}"'
    headers = {"etag": etag, "cache-control": CLOSED, **_SAFE}
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    return Response(found.body, media_type=found.media_type, headers=headers)


def _shown(found: AttachmentHeader) -> dict[str, object]:
    return {name: getattr(found, name) for name in Attachment.model_fields}
