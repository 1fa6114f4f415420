"""Steps of a feedback that national offices take: taken up, answered, declined, forwarded, closed (Art. 17.2, 18.1)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import Json
from services.gateway.feedback import handling
from services.gateway.feedback.handling import Taken
from services.gateway.feedback.routes.feedback import HANDLER, ONE, REFUSES, FeedbackPath
from services.gateway.feedback.schemas.feedback import Feedback, FeedbackNoteAsked, FeedbackWordsAsked, ForwardingAsked
from services.gateway.http.answers import created
from services.gateway.http.openapi_responses import records
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from shared.audit import Actor

router = resource("feedback")


def taken(action: str, asked: FeedbackNoteAsked | FeedbackWordsAsked, *, forwarded_to: str | None = None) -> Taken:
    """A step as a body of a request says it."""
    return Taken(action, asked.text, asked.model_dump()["evidence"], forwarded_to)


@router.post(ONE + "/acceptances", **records(FeedbackNoteAsked, Feedback, refuses=[*REFUSES, 409]))
async def post_feedback_acceptance(
    request: Request,
    feedback: FeedbackPath,
    actor: Annotated[Actor, Depends(HANDLER)],
    asked: Annotated[FeedbackNoteAsked, Depends(Json(FeedbackNoteAsked))],
) -> Response:
    """Take it up; nobody does about the body they belong to."""
    return await _after(request, actor, feedback, taken("accept", asked))


@router.post(ONE + "/answers", **records(FeedbackWordsAsked, Feedback, refuses=[*REFUSES, 409]))
async def post_feedback_answer(
    request: Request,
    feedback: FeedbackPath,
    actor: Annotated[Actor, Depends(HANDLER)],
    asked: Annotated[FeedbackWordsAsked, Depends(Json(FeedbackWordsAsked))],
) -> Response:
    """Answer it; nobody answers about the body they belong to."""
    return await _after(request, actor, feedback, taken("answer", asked))


@router.post(ONE + "/declines", **records(FeedbackWordsAsked, Feedback, refuses=[*REFUSES, 409]))
async def post_feedback_decline(
    request: Request,
    feedback: FeedbackPath,
    actor: Annotated[Actor, Depends(HANDLER)],
    asked: Annotated[FeedbackWordsAsked, Depends(Json(FeedbackWordsAsked))],
) -> Response:
    """Decline it, with the reason."""
    return await _after(request, actor, feedback, taken("decline", asked))


@router.post(ONE + "/forwardings", **records(ForwardingAsked, Feedback, refuses=[*REFUSES, 409]))
async def post_feedback_forwarding(
    request: Request,
    feedback: FeedbackPath,
    actor: Annotated[Actor, Depends(HANDLER)],
    asked: Annotated[ForwardingAsked, Depends(Json(ForwardingAsked))],
) -> Response:
    """Forward it to a body, which reads it from now on and explains."""
    return await _after(request, actor, feedback, taken("forward", asked, forwarded_to=asked.agency))


@router.post(ONE + "/reopenings", **records(FeedbackWordsAsked, Feedback, refuses=[*REFUSES, 409]))
async def post_feedback_reopening(
    request: Request,
    feedback: FeedbackPath,
    actor: Annotated[Actor, Depends(HANDLER)],
    asked: Annotated[FeedbackWordsAsked, Depends(Json(FeedbackWordsAsked))],
) -> Response:
    """Reopen it for an organisation or individual who is not content, with their reason."""
    return await _after(request, actor, feedback, taken("reopen", asked))


@router.post(ONE + "/closures", **records(FeedbackNoteAsked, Feedback, refuses=[*REFUSES, 409]))
async def post_feedback_closure(
    request: Request,
    feedback: FeedbackPath,
    actor: Annotated[Actor, Depends(HANDLER)],
    asked: Annotated[FeedbackNoteAsked, Depends(Json(FeedbackNoteAsked))],
) -> Response:
    """Close what was answered or declined."""
    return await _after(request, actor, feedback, taken("close", asked))


async def _after(request: Request, actor: Actor, feedback: str, step: Taken) -> Response:
    """The feedback after the step, which stands under its own id."""
    content = await handling.take(runtime(request), actor, feedback, step)
    return created(content, path=f"/feedback/{feedback}")
