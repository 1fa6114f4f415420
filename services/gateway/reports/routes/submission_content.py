"""The content of a submission: sent whole or by section in one of four formats, and read back (INT-02, INT-04, INT-07)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.http.answers import API, CLOSED, RETRY_AFTER_SECONDS, document, encoded
from services.gateway.http.negotiation import choose_media_type, matches
from services.gateway.http.openapi_responses import BEGUN_ETAG, reads, reads_formats, replaces
from services.gateway.http.routes.parameters import AgencyPath, DryRun, PeriodPath, SequencePath
from services.gateway.http.routing import resource
from services.gateway.reports.form.json_schema import SENT_REPORT, SENT_SECTION, reference
from services.gateway.reports.form.report import SECTIONS
from services.gateway.reports.formats.media_types import CSV, FORMATS, JSON, NDJSON, WORKBOOK
from services.gateway.reports.routes.reporting import (
    DRAFTER,
    INSIDE,
    ONE,
    REFUSES,
    REPORT_BODY,
    REPORT_FORMATS,
    SIGNED,
    Sent,
    desk_of,
)
from services.gateway.reports.schemas.intake import ContentTaken
from services.gateway.reports.schemas.prefill import Prefill
from services.gateway.reports.submissions.checking import summary_of
from services.gateway.reports.submissions.contents import Sending, Taken, rehearse, replace
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.reading import content_of, prefill_of
from services.gateway.reports.submissions.views import finding_shown, shown_one
from shared.audit import Actor

_Section = Annotated[str, Field(json_schema_extra={"enum": list(SECTIONS)})]
SectionPath = Annotated[_Section, Path(description="A section of the report.", examples=["registered_tasks"])]

# As they are sent; what is read back may hold cells at fault, and before anything was sent lacks sections.
_WHOLE = REPORT_FORMATS | {JSON: reference(SENT_REPORT)}
_ALONE = REPORT_FORMATS | {JSON: reference(SENT_SECTION)}

router = resource("submissions")

FIRST_FINDINGS = 20
_SUFFIXES = {JSON: "json", NDJSON: "ndjson", CSV: "csv", WORKBOOK: "xlsx"}


@router.get(ONE + "/content", **reads_formats(REPORT_FORMATS, refuses=[*REFUSES, 409], etag=BEGUN_ETAG))
async def get_submission_content(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(SIGNED)],
) -> Response:
    """The report as it stands; before anything was sent, what is known of it beforehand."""
    desk = desk_of(request, actor, agency, period)
    media_type = choose_media_type(",".join(request.headers.getlist("accept")) or None, FORMATS)
    written = await content_of(desk, sequence, media_type)
    etag = f'"{written.tag}"'
    headers = {"etag": etag, "cache-control": CLOSED, "vary": "Accept"}
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    name = f"{agency}-{period}-{sequence}.{_SUFFIXES[media_type]}"
    headers |= {} if media_type == JSON else {"content-disposition": f'attachment; filename="{name}"'}
    return Response(written.body, media_type=media_type, headers=headers)


@router.put(ONE + "/content", **replaces(ContentTaken, formats=_WHOLE, refuses=[*REFUSES, 409]))
async def put_submission_content(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(DRAFTER)],
    sent: Annotated[Sent, Depends(REPORT_BODY)],
    dry_run: DryRun = "false",
) -> Response:
    """Send the whole report; every finding is kept with it, and bad cells never lose the draft."""
    sending = Sending(sent.body, sent.media_type, request.headers.get("if-match"))
    return await _put(desk_of(request, actor, agency, period), sequence, sending, dry_run)


@router.put(ONE + "/content/{section}", **replaces(ContentTaken, formats=_ALONE, refuses=[*REFUSES, 409]))
async def put_submission_section(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    section: SectionPath,
    actor: Annotated[Actor, Depends(DRAFTER)],
    sent: Annotated[Sent, Depends(REPORT_BODY)],
    dry_run: DryRun = "false",
) -> Response:
    """Send one section; every other one, and its digest, stays as it is."""
    sending = Sending(sent.body, sent.media_type, request.headers.get("if-match"), section)
    return await _put(desk_of(request, actor, agency, period), sequence, sending, dry_run)


@router.get(ONE + "/prefill", **reads(Prefill, refuses=REFUSES))
async def get_prefill(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(INSIDE)],
) -> Response:
    """What is known before anything is sent: counted figures with their snapshot, tasks of the year's earlier reports."""
    return document(request, await prefill_of(desk_of(request, actor, agency, period), sequence), cache=CLOSED)


async def _put(desk: Desk, sequence: int, sending: Sending, dry_run: str) -> Response:
    if dry_run == "true":
        taken = await rehearse(desk, sequence, sending)
    else:
        taken = await replace(desk, sequence, sending)
    async with desk.read() as connection:
        actions = (await shown_one(connection, desk, taken.found))["allowed_actions"]
    headers = {"cache-control": "no-store"}
    if taken.tag is not None:
        headers["etag"] = taken.tag
    if taken.queued is not None:
        own = f"{API}{desk.path(sequence)}"
        headers |= {"location": f"{own}/validations/{taken.queued}", "retry-after": str(RETRY_AFTER_SECONDS)}
    content = taken_shown(desk, sequence, taken, actions)
    status = 202 if taken.queued else 200
    return Response(encoded(content), status_code=status, media_type="application/json", headers=headers)


def taken_shown(desk: Desk, sequence: int, taken: Taken, actions: list[str]) -> dict[str, Any]:
    """What became of content that was sent."""
    own = f"{API}{desk.path(sequence)}"
    validation = taken.validation.validation_id if taken.validation else taken.queued
    findings = taken.checked.findings[:FIRST_FINDINGS] if taken.checked else ()
    return {
        "dry_run": taken.revision is None,
        "revision": taken.revision.number if taken.revision else None,
        "etag": taken.tag,
        "validation": validation,
        "file_digest": taken.digests.file,
        "digest": taken.digests.report,
        "section_digests": taken.digests.sections,
        "catalogue": taken.known.catalogue.id,
        "catalogue_digest": taken.known.catalogue.digest,
        "summary": summary_of(taken.checked) if taken.checked else None,
        "findings": [finding_shown(each, frozenset()) for each in findings],
        "allowed_actions": actions,
        "links": {"submission": own, "content": f"{own}/content", "findings": f"{own}/findings"},
    }
