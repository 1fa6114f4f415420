"""The register of feedback about data, and what offices enter for organisations and individuals (Art. 17.2)."""

from __future__ import annotations

from operator import itemgetter
from typing import Annotated, Final

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from services.gateway.access.permits import Json, Permit
from services.gateway.access.tenancy import read
from services.gateway.feedback import handling
from services.gateway.feedback.handling import Sent
from services.gateway.feedback.machine import HANDLERS
from services.gateway.feedback.schemas.feedback import Feedback, FeedbackAsked, FeedbackPage, FeedbackStatistics, Kind, State
from services.gateway.feedback.store import feedback as stored
from services.gateway.feedback.views import shown, shown_one, statistics
from services.gateway.http.answers import CLOSED, created, document, no_store, page, text_cursor
from services.gateway.http.openapi_responses import lists, reads, records, tells
from services.gateway.http.periods import asked_period
from services.gateway.http.routes.parameters import PAGE, AgencyQuery, Cursor, Limit, PeriodQuery, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from shared.audit import Actor

router = resource("feedback")

ONE: Final = "/feedback/{feedback}"
REFUSES: Final = (401, 403, 404)
WATCHER = Permit(("reader", "operator", "publisher", "auditor", "officer", "assessor"))
HANDLER = Permit(HANDLERS)
_CONTACT: Final = ("name", "address", "phone", "mail")
FeedbackPath = Annotated[str, Path(pattern="^(fb)_[0-9a-z]{26}$", description="A feedback.")]
StateQuery = Annotated[State | Unset, Query(description="Only in this state.")]
KindQuery = Annotated[Kind | Unset, Query(description="Only of this kind.")]


@router.post("/feedback", **records(FeedbackAsked, Feedback, refuses=REFUSES))
async def post_feedback(
    request: Request,
    actor: Annotated[Actor, Depends(HANDLER)],
    asked: Annotated[FeedbackAsked, Depends(Json(FeedbackAsked))],
) -> Response:
    """Enter what an organisation or individual wrote or said, with the way it came."""
    said = asked.model_dump(exclude={"sender", "channel", *_CONTACT})
    contact = asked.model_dump(include=set(_CONTACT))
    made = await handling.receive(runtime(request), actor, Sent(said, asked.sender, asked.channel, contact=contact))
    return created(made, path=f"/feedback/{made['feedback_id']}")


@router.get("/feedback", **lists(FeedbackPage, refuses=REFUSES))
async def list_feedback(
    request: Request,
    actor: Annotated[Actor, Depends(WATCHER)],
    state: StateQuery = None,
    kind: KindQuery = None,
    period: PeriodQuery = None,
    about: AgencyQuery = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """All feedback in the order it came in."""
    given, after = runtime(request), text_cursor(cursor)
    month = asked_period(period, now=given.clock())
    async with read(given.database, actor) as connection:
        found = await stored.list_feedback(
            connection, limit=limit + 1, state=state, kind=kind, period=month, about=about, after=after
        )
        documents = await shown(connection, given, actor, found)
    return page(request, documents, limit=limit, key=itemgetter("feedback_id"), show=dict)


@router.get("/feedback-statistics", **tells(FeedbackStatistics, refuses=REFUSES))
async def get_feedback_statistics(request: Request, actor: Annotated[Actor, Depends(WATCHER)]) -> Response:
    """How many there are in each state, and how many should have been answered by now."""
    given = runtime(request)
    async with read(given.database, actor) as connection:
        return no_store(await statistics(connection, given))


@router.get(ONE, **reads(Feedback, refuses=REFUSES))
async def get_feedback(request: Request, feedback: FeedbackPath, actor: Annotated[Actor, Depends(WATCHER)]) -> Response:
    """One feedback with every step, and what you may do."""
    given = runtime(request)
    async with read(given.database, actor) as connection:
        found = await handling.found(connection, feedback, None)
        content = await shown_one(connection, given, actor, found)
    return document(request, content, cache=CLOSED)
