"""Findings about a report, the checks that found them, and their confirmations (INT-05, INT-06, INT-13, DQ-07)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from starlette.responses import Response

from services.gateway.access.permits import Json
from services.gateway.http.answers import (
    API,
    CLOSED,
    RETRY_AFTER_SECONDS,
    created,
    document,
    encoded,
    number_cursor,
    page,
    text_cursor,
)
from services.gateway.http.negotiation import choose_media_type
from services.gateway.http.openapi_responses import checks, follows, lists, reads, reads_formats, records, ref
from services.gateway.http.routes.parameters import (
    PAGE,
    AgencyPath,
    ConfirmationPath,
    Cursor,
    DryRun,
    Limit,
    PeriodPath,
    RuleQuery,
    SequencePath,
    Unset,
    ValidationPath,
)
from services.gateway.http.routing import resource
from services.gateway.reports.form.report import Severity
from services.gateway.reports.formats.media_types import CSV, JSON, NDJSON
from services.gateway.reports.routes.reporting import CHECKED, CHECKER, DRAFTER, FOUND, ONE, REFUSES, desk_of, short_format
from services.gateway.reports.rules.findings_chosen import Choice, Place, chosen, counts
from services.gateway.reports.rules.findings_files import as_csv, as_ndjson
from services.gateway.reports.schemas.intake import Confirmation, ConfirmationPage, ReportFindingPage, Validation
from services.gateway.reports.schemas.intake_bodies import ConfirmationAsked, ValidationAsked
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.submissions import checking
from services.gateway.reports.submissions.confirming import confirm
from services.gateway.reports.submissions.reading import findings_of, validation_of
from services.gateway.reports.submissions.views import (
    confirmation_shown,
    finding_shown,
    job_shown,
    rehearsal_shown,
    validation_shown,
)
from shared.audit import Actor
from shared.canonical import sha256_hex
from shared.errors import NotFound

router = resource("submissions")

_OFFERED = (JSON, NDJSON, CSV)
_WRITERS = {NDJSON: as_ndjson, CSV: as_csv}
_FILES = {JSON: ref(ReportFindingPage), NDJSON: {"type": "string"}, CSV: {"type": "string"}}
FormatQuery = Annotated[
    Annotated[str, Query(json_schema_extra={"enum": ["json", "ndjson", "csv"]})] | Unset,
    Query(alias="format", description="Goes before Accept; ndjson and csv are complete."),
]
SeverityQuery = Annotated[Severity | Unset, Query(description="Only this severity.")]
PlaceQuery = Annotated[
    Place | Unset,
    Query(description="Only findings in this section; `whole`: about no section alone."),
]
OpenQuery = Annotated[
    Literal["true"] | Unset,
    Query(alias="open", description="Only what stands in the way of a hand-over: fatal, or to confirm and not confirmed."),
]


@router.get(ONE + "/findings", **reads_formats(_FILES, refuses=[*REFUSES, 409]))
async def list_report_findings(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(FOUND)],
    rule: RuleQuery = None,
    severity: SeverityQuery = None,
    section: PlaceQuery = None,
    only_open: OpenQuery = None,
    wanted_format: FormatQuery = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Findings of the latest check: JSON by pages, NDJSON and CSV complete; in every format all, or those asked for.

    `counts` beside a JSON page are of the complete check, whatever was asked for. A cursor is a place in the complete list:
    it goes on from there under any choice.
    """
    desk, after = desk_of(request, actor, agency, period), number_cursor(cursor) or 0
    accept = ",".join(request.headers.getlist("accept")) or None
    media_type = short_format(wanted_format, _OFFERED) if wanted_format else choose_media_type(accept, _OFFERED)
    findings, confirmed = await findings_of(desk, sequence, rule=rule)
    choice = Choice(rule, severity, section, open_only=only_open is not None)
    # There may be as many findings as cells: others are answered meanwhile.
    wanted = await asyncio.to_thread(chosen, findings, confirmed, choice)
    if media_type == JSON:
        numbered = [each for each in wanted if each[0] > after][: limit + 1]
        beside = {"counts": await asyncio.to_thread(counts, findings, confirmed)}
        answer = page(
            request,
            numbered,
            limit=limit,
            key=lambda each: each[0],
            show=lambda each: finding_shown(each[1], confirmed),
            beside=beside,
        )
        answer.headers["vary"] = "Accept"
        return answer
    body = await asyncio.to_thread(_WRITERS[media_type], [each for _, each in wanted])
    name = f"findings-{agency}-{period}-{sequence}.{'csv' if media_type == CSV else 'ndjson'}"
    headers = {"etag": f'"{sha256_hex(body)}"', "cache-control": CLOSED, "vary": "Accept"}
    headers["content-disposition"] = f'attachment; filename="{name}"'
    return Response(body, media_type=media_type, headers=headers)


@router.post(ONE + "/validations", **checks(ValidationAsked, Validation, refuses=[*REFUSES, 409]))
async def post_validation(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(CHECKER)],
    asked: Annotated[ValidationAsked, Depends(Json(ValidationAsked))],
    dry_run: DryRun = "false",
) -> Response:
    """Check the content again, against the rules and figures that hold now."""
    del asked
    desk = desk_of(request, actor, agency, period)
    if dry_run == "true":
        found, checked, known = await checking.validate(desk, sequence)
        shown = rehearsal_shown(desk, found, checked, known)
        return Response(encoded(shown), media_type="application/json", headers={"cache-control": "no-store"})
    made = await checking.request_validation(desk, sequence)
    place = f"{desk.path(sequence)}/validations/{made.validation_id}"
    if not isinstance(made, checking.Queued):
        return created(validation_shown(made), path=place)
    headers = {"location": f"{API}{place}", "retry-after": str(RETRY_AFTER_SECONDS), "cache-control": "no-store"}
    body = encoded(job_shown(made.submission_id, made.validation_id, state="waiting"))
    return Response(body, status_code=202, media_type="application/json", headers=headers)


@router.get(ONE + "/validations/{validation}", **follows(Validation, refuses=REFUSES))
async def get_validation(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    validation: ValidationPath,
    actor: Annotated[Actor, Depends(CHECKED)],
) -> Response:
    """One check: its counts once it is done, else how far its job is."""
    desk = desk_of(request, actor, agency, period)
    found, done, job = await validation_of(desk, sequence, validation)
    if done is not None:
        return document(request, validation_shown(done), cache=CLOSED)
    if job is None:
        raise NotFound(f"submission {sequence} has no validation {validation}")
    waits = job.state in ("waiting", "running")
    headers = {"retry-after": str(RETRY_AFTER_SECONDS)} if waits else {}
    shown = job_shown(found.submission_id, validation, state=job.state, problem=job.problem)
    return document(request, shown, cache=CLOSED, headers=headers)


@router.get(ONE + "/confirmations", **lists(ConfirmationPage, refuses=REFUSES))
async def list_confirmations(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(CHECKED)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Confirmations in the order they were given; they are kept for ever, also when the value changed since."""
    desk, after = desk_of(request, actor, agency, period), text_cursor(cursor)
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        lines = await stored.list_confirmations(connection, found.submission_id, after=after, limit=limit + 1)
    return page(request, lines, limit=limit, key=lambda each: each.confirmation_id, show=confirmation_shown)


@router.get(ONE + "/confirmations/{confirmation}", **reads(Confirmation, refuses=REFUSES))
async def get_confirmation(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    confirmation: ConfirmationPath,
    actor: Annotated[Actor, Depends(CHECKED)],
) -> Response:
    """One confirmation."""
    desk = desk_of(request, actor, agency, period)
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        line = await stored.find_confirmation(connection, confirmation)
    if line is None or line.submission_id != found.submission_id:
        raise NotFound(f"submission {sequence} has no confirmation {confirmation}")
    return document(request, confirmation_shown(line), cache=CLOSED)


@router.post(ONE + "/confirmations", **records(ConfirmationAsked, Confirmation, refuses=[*REFUSES, 409]))
async def post_confirmation(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(DRAFTER)],
    asked: Annotated[ConfirmationAsked, Depends(Json(ConfirmationAsked))],
) -> Response:
    """Confirm a finding as correct, with the reason; it holds for the value seen and no other."""
    desk = desk_of(request, actor, agency, period)
    written = await confirm(desk, sequence, finding_key=asked.finding_key, reason=asked.reason)
    place = f"{desk.path(sequence)}/confirmations/{written.confirmation_id}"
    return created(confirmation_shown(written), path=place)
