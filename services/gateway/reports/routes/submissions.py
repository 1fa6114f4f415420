"""Submissions: a body's reports of a month, numbered, each with its own workflow (INT-01)."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import Json
from services.gateway.http.answers import API, CLOSED, created, document, no_store, number_cursor, page, page_of
from services.gateway.http.openapi_responses import lists, reads, records, tells
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit, PeriodPath, SequencePath, StepPath
from services.gateway.http.routing import resource
from services.gateway.reports.routes.reporting import CHECKED, DRAFTER, ONE, REFUSES, SIGNED, SUBMISSIONS, desk_of
from services.gateway.reports.schemas.intake import Submission, SubmissionPage, Transition, TransitionPage
from services.gateway.reports.schemas.intake_bodies import SubmissionAsked
from services.gateway.reports.schemas.report_in_force import ReportInForce
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.submissions.drafting import begin
from services.gateway.reports.submissions.refused import ReportMissing
from services.gateway.reports.submissions.views import shown, shown_one, transition_shown
from shared.audit import Actor
from shared.errors import NotFound

router = resource("submissions")

_IN_FORCE = (
    "submission_id", "agency", "period", "sequence", "digest", "file_digest", "submitted_at", "deadline", "late",
    "counts", "approved_by", "signed_by", "receipt_number",
)  # fmt: skip


@router.post(SUBMISSIONS, **records(SubmissionAsked, Submission, refuses=[*REFUSES, 409]))
async def post_submission(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    actor: Annotated[Actor, Depends(DRAFTER)],
    asked: Annotated[SubmissionAsked, Depends(Json(SubmissionAsked))],
) -> Response:
    """Begin the next submission of a month: a draft, pinned to the month's form."""
    desk = desk_of(request, actor, agency, period)
    found = await begin(desk, test=asked.test)
    async with desk.read() as connection:
        content = await shown_one(connection, desk, found)
    return created(content, path=desk.path(found.sequence))


@router.get(SUBMISSIONS, **tells(SubmissionPage, refuses=REFUSES))
async def list_submissions(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    actor: Annotated[Actor, Depends(SIGNED)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Every attempt of a month by number; callers of national offices see what was signed."""
    desk, after = desk_of(request, actor, agency, period), number_cursor(cursor) or 0
    async with desk.read() as connection:
        found = await stored.list_of_month(
            connection, agency=agency, period=period, accepted_only=not desk.inside, after=after, limit=limit + 1
        )
        documents = await shown(connection, desk, found)
    content, headers = page_of(request, documents, limit=limit, key=itemgetter("sequence"), show=dict)
    return no_store(content, headers=headers)


@router.get(ONE, **tells(Submission, refuses=REFUSES))
async def get_submission(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(SIGNED)],
) -> Response:
    """One submission: its state, whose turn it is, what you may do, and how much time is left."""
    desk = desk_of(request, actor, agency, period)
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        content = await shown_one(connection, desk, found)
    return no_store(content)


@router.get(ONE + "/transitions", **lists(TransitionPage, refuses=REFUSES))
async def list_transitions(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(CHECKED)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """The submission's history: every step with its author, time and reason."""
    desk, after = desk_of(request, actor, agency, period), number_cursor(cursor) or 0
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        steps = await stored.list_transitions(connection, found.submission_id, after=after, limit=limit + 1)
    return page(request, steps, limit=limit, key=lambda each: each.number, show=partial(transition_shown, desk=desk))


@router.get(ONE + "/transitions/{step}", **reads(Transition, refuses=REFUSES))
async def get_transition(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    step: StepPath,
    actor: Annotated[Actor, Depends(CHECKED)],
) -> Response:
    """One step."""
    desk = desk_of(request, actor, agency, period)
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        steps = await stored.list_transitions(connection, found.submission_id, after=step - 1, limit=1)
    if not steps:
        raise NotFound(f"submission {sequence} has no step {step}")
    return document(request, transition_shown(steps[0], desk=desk), cache=CLOSED)


@router.get("/agencies/{agency}/periods/{period}/report", **reads(ReportInForce, refuses=REFUSES))
async def get_report_in_force(
    request: Request, agency: AgencyPath, period: PeriodPath, actor: Annotated[Actor, Depends(SIGNED)]
) -> Response:
    """The signed report that counts: the latest in time, or late and let count; else the last late one, `counts` false."""
    desk = desk_of(request, actor, agency, period)
    async with desk.read() as connection:
        found = await stored.report_in_force(connection, agency=agency, period=period)
    if found is None:
        raise ReportMissing(f"{agency} has no signed report of {period}")
    own = f"{API}{desk.path(found.sequence)}"
    links = {"submission": own, "content": f"{own}/content", "receipt": f"{own}/receipt"}
    return document(request, {**{name: getattr(found, name) for name in _IN_FORCE}, "links": links}, cache=CLOSED)
