"""A body's feedback about data: what it sent, and what was forwarded to it to explain (Art. 17.2, 18.1)."""

from __future__ import annotations

from operator import itemgetter
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import Json, RequireAgencyRole
from services.gateway.access.tenancy import WHOLE_BODY_ROLES, read
from services.gateway.feedback import handling
from services.gateway.feedback.handling import Sent, Taken
from services.gateway.feedback.machine import EXPLAINER, SENDERS
from services.gateway.feedback.routes.feedback import REFUSES, FeedbackPath, KindQuery, StateQuery
from services.gateway.feedback.routes.feedback_steps import taken
from services.gateway.feedback.schemas.feedback import (
    Feedback,
    FeedbackNoteAsked,
    FeedbackPage,
    FeedbackWordsAsked,
    OwnFeedbackAsked,
)
from services.gateway.feedback.store import feedback as stored
from services.gateway.feedback.views import shown, shown_one
from services.gateway.http.answers import CLOSED, created, document, page, text_cursor
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from shared.audit import Actor

router = resource("feedback")

ALL: Final = "/agencies/{agency}/feedback"
OWN: Final = ALL + "/{feedback}"
INSIDE = RequireAgencyRole(WHOLE_BODY_ROLES)
SENDER = RequireAgencyRole(SENDERS)
EXPLAINING = RequireAgencyRole(EXPLAINER)


@router.post(ALL, **records(OwnFeedbackAsked, Feedback, refuses=REFUSES))
async def post_own_feedback(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(SENDER)],
    asked: Annotated[OwnFeedbackAsked, Depends(Json(OwnFeedbackAsked))],
) -> Response:
    """Send a feedback, a proposal, or a request that figures be verified."""
    sent = Sent(asked.model_dump(), "agency", "system", agency=agency)
    made = await handling.receive(runtime(request), actor, sent)
    return created(made, path=f"/agencies/{agency}/feedback/{made['feedback_id']}")


@router.get(ALL, **lists(FeedbackPage, refuses=REFUSES))
async def list_own_feedback(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(INSIDE)],
    state: StateQuery = None,
    kind: KindQuery = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """What the body sent and what was forwarded to it, in the order it came in."""
    given, after = runtime(request), text_cursor(cursor)
    async with read(given.database, actor) as connection:
        found = await stored.list_feedback(connection, limit=limit + 1, agency=agency, state=state, kind=kind, after=after)
        documents = await shown(connection, given, actor, found)
    return page(request, documents, limit=limit, key=itemgetter("feedback_id"), show=dict)


@router.get(OWN, **reads(Feedback, refuses=REFUSES))
async def get_own_feedback(
    request: Request, agency: AgencyPath, feedback: FeedbackPath, actor: Annotated[Actor, Depends(INSIDE)]
) -> Response:
    """One feedback with every step, and what you may do."""
    given = runtime(request)
    async with read(given.database, actor) as connection:
        content = await shown_one(connection, given, actor, await handling.found(connection, feedback, agency))
    return document(request, content, cache=CLOSED)


@router.post(OWN + "/reopenings", **records(FeedbackWordsAsked, Feedback, refuses=[*REFUSES, 409]))
async def post_own_feedback_reopening(
    request: Request,
    agency: AgencyPath,
    feedback: FeedbackPath,
    actor: Annotated[Actor, Depends(SENDER)],
    asked: Annotated[FeedbackWordsAsked, Depends(Json(FeedbackWordsAsked))],
) -> Response:
    """Say why the answer is not enough; it is dealt with again."""
    return await _after(request, actor, agency, feedback, taken("reopen", asked))


@router.post(OWN + "/closures", **records(FeedbackNoteAsked, Feedback, refuses=[*REFUSES, 409]))
async def post_own_feedback_closure(
    request: Request,
    agency: AgencyPath,
    feedback: FeedbackPath,
    actor: Annotated[Actor, Depends(SENDER)],
    asked: Annotated[FeedbackNoteAsked, Depends(Json(FeedbackNoteAsked))],
) -> Response:
    """Be content with the answer."""
    return await _after(request, actor, agency, feedback, taken("close", asked))


@router.post(OWN + "/explanations", **records(FeedbackWordsAsked, Feedback, refuses=[*REFUSES, 409]))
async def post_own_feedback_explanation(
    request: Request,
    agency: AgencyPath,
    feedback: FeedbackPath,
    actor: Annotated[Actor, Depends(EXPLAINING)],
    asked: Annotated[FeedbackWordsAsked, Depends(Json(FeedbackWordsAsked))],
) -> Response:
    """Explain, with evidence, what was forwarded to the body (Art. 18.1)."""
    return await _after(request, actor, agency, feedback, taken("explain", asked))


async def _after(request: Request, actor: Actor, agency: str, feedback: str, step: Taken) -> Response:
    content = await handling.take(runtime(request), actor, feedback, step, agency=agency)
    return created(content, path=f"/agencies/{agency}/feedback/{feedback}")
