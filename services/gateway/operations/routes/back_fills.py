"""Back-fills: a range of months frozen and scored by one request, with a status for every month."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER, SCORER, Json
from services.gateway.http.answers import CLOSED, RETRY_AFTER_SECONDS, accepted, all_but, document, page, text_cursor
from services.gateway.http.negotiation import choose_language
from services.gateway.http.openapi_responses import follows, lists, queues
from services.gateway.http.routes.parameters import PAGE, CommandPath, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations import back_fills
from services.gateway.operations.back_fills import ENDED, Month, Whole, freeze_state, score_state
from services.gateway.operations.progress import problem_of
from services.gateway.operations.schemas.bodies import BackFillAsked
from services.gateway.operations.schemas.operations import Accepted, BackFill, BackFillPage
from services.gateway.operations.store.back_fills import Step
from shared.audit import Actor

router = resource("back-fills")


@router.post("/back-fills", **queues(BackFillAsked, Accepted, refuses=[401, 403]))
async def post_back_fill(
    request: Request,
    actor: Annotated[Actor, Depends(SCORER)],
    asked: Annotated[BackFillAsked, Depends(Json(BackFillAsked))],
) -> Response:
    """Freeze what is missing of every month of a range, and score each; what is frozen stays, and nothing is published. While a
    back-fill of the same range has not ended, its address is the answer."""
    given = runtime(request)
    about = {"first": asked.first, "last": asked.last, "reason": asked.reason}
    command_id = await back_fills.request_back_fill(given.database, queue=given.queue, actor=actor, clock=given.clock, **about)
    return accepted(request, command_id, status_path=f"/back-fills/{command_id}")


@router.get("/back-fills", dependencies=[Depends(READER)], **lists(BackFillPage, refuses=[401, 403]))
async def list_back_fills(request: Request, cursor: Cursor = None, limit: Limit = PAGE) -> Response:
    """Back-fills in the order they were asked for."""
    found = await back_fills.list_back_fills(runtime(request).database, after=text_cursor(cursor), limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.asked.command_id, show=lambda each: _shown(request, each))


@router.get("/back-fills/{command}", dependencies=[Depends(READER)], **follows(BackFill, refuses=[401, 403, 404]))
async def get_back_fill(request: Request, command: CommandPath) -> Response:
    """What was done of every month: what was frozen now or before, what failed and why, and the run."""
    whole = await back_fills.find_back_fill(runtime(request).database, command)
    headers = {"vary": "Accept-Language"}
    if whole.state not in ENDED:
        headers["retry-after"] = str(RETRY_AFTER_SECONDS)
    return document(request, _shown(request, whole), cache=CLOSED, headers=headers)


def _shown(request: Request, whole: Whole) -> dict[str, Any]:
    asked = whole.asked
    said = {"from": asked.first_period, "to": asked.last_period, "state": whole.state}
    months = [_month(request, month) for month in whole.months]
    return {**all_but(asked, "first_period", "last_period"), **said, "months": months}


def _month(request: Request, month: Month) -> dict[str, Any]:
    def step(each: Step) -> dict[str, Any]:
        language = choose_language(request.headers.get("accept-language"))
        problem = problem_of(each.problem, language, runtime(request).public_url)
        return {"state": each.state, "command_id": each.command_id, "problem": problem}

    freezes = [
        {**step(each), "source": each.source, "state": freeze_state(each), "snapshot": each.made} for each in month.freezes
    ]
    looks = [{**step(each), "source": each.source} for each in month.looks]
    of = month.score
    score = {**step(of), "state": score_state(of), "run": of.made, "provisional": of.provisional, "agrees": of.agrees}
    return {"period": month.period, "state": month.state, "freezes": freezes, "second_looks": looks, "score": score}
