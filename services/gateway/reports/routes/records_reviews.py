"""The Ministry of Public Security's words on reported C1 figures: what awaits one, and what was said (C-2, C-3)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from services.gateway.access.permits import Json, Permit, RequireAgencyRole
from services.gateway.access.tenancy import WHOLE_BODY_ROLES, read
from services.gateway.deadlines.schemas.deadline_bodies import RecordsReviewAsked
from services.gateway.deadlines.schemas.deadlines import RecordsReview, RecordsReviewPage, ReportedFigurePage
from services.gateway.http.answers import CLOSED, created, document, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.periods import closed_last, known_period
from services.gateway.http.routes.parameters import PAGE, AgencyPath, AgencyQuery, Cursor, Limit, PeriodPath, PeriodQuery, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.reports.reviews import review_records
from services.gateway.reports.store import reviews as stored
from services.gateway.reports.store.records import ReportedFigure
from shared.audit import Actor
from shared.errors import NotFound

router = resource("records-reviews")

OF_A_BODY = "/agencies/{agency}/periods/{period}/records-reviews"
WATCHING = ("reader", "operator", "publisher", "auditor", "records_reviewer")
WATCHER = Permit(WATCHING)
ANYBODY = RequireAgencyRole(WHOLE_BODY_ROLES, national=WATCHING)
REVIEWER = RequireAgencyRole((), national=("records_reviewer",))
ReviewPath = Annotated[str, Path(pattern="^(rev)_[0-9a-z]{26}$", description="A word on a figure.")]
State = Annotated[
    Literal["open", "confirmed", "refused"] | Unset, Query(description="Only figures in this state; `open` awaits a word.")
]


@router.get("/records-reviews", **lists(ReportedFigurePage, refuses=[401, 403, 404]))
async def list_reported_figures(
    request: Request,
    actor: Annotated[Actor, Depends(WATCHER)],
    period: PeriodQuery = None,
    agency: AgencyQuery = None,
    state: State = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Reported databases of the reports in force, with the automatic figure and the word that holds; without a period, of
    the month that closed last."""
    given = runtime(request)
    now, after = given.clock(), number_cursor(cursor)
    month = known_period(period, now=now) if period else closed_last(now)
    async with read(given.database, actor) as connection:
        found = await stored.list_figures(
            connection, period=str(month), agency=agency, state=state, after=after, limit=limit + 1
        )
    return page(request, found, limit=limit, key=lambda each: each.ordinal, show=_without_ordinal)


@router.get(OF_A_BODY, **lists(RecordsReviewPage, refuses=[401, 403, 404]))
async def list_records_reviews(
    request: Request,
    actor: Annotated[Actor, Depends(ANYBODY)],
    agency: AgencyPath,
    period: PeriodPath,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Every word on a body's figures, in the order they were given; the latest on a submission's database holds."""
    given = runtime(request)
    known_period(period, now=given.clock())
    after = number_cursor(cursor)
    async with read(given.database, actor) as connection:
        found = await stored.list_reviews(connection, agency=agency, period=period, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence)


@router.get(OF_A_BODY + "/{review}", **reads(RecordsReview, refuses=[401, 403, 404]))
async def get_records_review(
    request: Request, actor: Annotated[Actor, Depends(ANYBODY)], agency: AgencyPath, period: PeriodPath, review: ReviewPath
) -> Response:
    """One word on one figure."""
    async with read(runtime(request).database, actor) as connection:
        found = await stored.find_review(connection, agency=agency, period=period, review_id=review)
    if found is None:
        raise NotFound(f"no word on figures of {agency} for {period} has the id {review}")
    return document(request, found, cache=CLOSED)


@router.post(OF_A_BODY, **records(RecordsReviewAsked, RecordsReview, refuses=[401, 403, 404]))
async def post_records_review(
    request: Request,
    actor: Annotated[Actor, Depends(REVIEWER)],
    agency: AgencyPath,
    period: PeriodPath,
    asked: Annotated[RecordsReviewAsked, Depends(Json(RecordsReviewAsked))],
) -> Response:
    """Confirm or refuse one reported figure, also after the deadline; never one of the reviewer's own body."""
    given = runtime(request)
    written = await review_records(
        given.database,
        actor=actor,
        clock=given.clock,
        agency=agency,
        period=known_period(period, now=given.clock()),
        sequence=asked.sequence,
        reported=asked.database,
        new_records=asked.new_records,
        verdict=asked.verdict,
        reason=asked.reason,
        document=asked.document,
    )
    return created(written, path=f"/agencies/{agency}/periods/{period}/records-reviews/{written.review_id}")


def _without_ordinal(line: ReportedFigure) -> dict[str, Any]:
    return {name: value for name, value in vars(line).items() if name != "ordinal"}
