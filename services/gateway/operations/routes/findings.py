"""Findings: what a pull noticed about a source's answer, for those who have to do something about it."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER
from services.gateway.http.answers import number_cursor, page
from services.gateway.http.negotiation import choose_language
from services.gateway.http.openapi_responses import lists
from services.gateway.http.periods import asked_period, asked_source
from services.gateway.http.routes.parameters import PAGE, Cursor, Limit, PeriodQuery, SourceQuery
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.messages.telling import outcome
from services.gateway.operations.schemas.operations import FindingPage
from services.gateway.operations.store import evidence
from services.gateway.operations.store.records import Finding
from shared.problems import Language

router = resource("findings")
# The code of a pull that ended in a problem (services.ingest.findings), whose detail is that problem.
FAILED = "ING-FAILED"


@router.get("/findings", dependencies=[Depends(READER)], **lists(FindingPage, refuses=[401, 403, 404]))
async def list_findings(
    request: Request,
    period: PeriodQuery = None,
    source: SourceQuery = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Findings in the order they were recorded, those of rehearsals too."""
    given, after = runtime(request), number_cursor(cursor)
    asked = {"period": asked_period(period, now=given.clock()), "source": asked_source(source)}
    async with given.database.read() as connection:
        found = await evidence.list_findings(connection, **asked, after=after, limit=limit + 1)
    language = choose_language(request.headers.get("accept-language"))
    shown = partial(_shown, language=language)
    answer = page(request, found, limit=limit, key=lambda each: each.finding_id, show=shown)
    answer.headers["vary"] = "Accept-Language"
    return answer


def _shown(found: Finding, *, language: Language) -> dict[str, Any]:
    """What is wrong with a source's answer is a problem, and worded as one."""
    if found.code != FAILED:
        return dict(vars(found))
    return {**vars(found), "detail": outcome(found.detail, language)}
