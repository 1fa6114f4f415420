"""Why a run says what it says, and what it would change, published or not: for those who read runs."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.responses import Response

from services.gateway.access.permits import READER, RequireAgencyRole
from services.gateway.access.tenancy import read
from services.gateway.http.answers import CLOSED, document
from services.gateway.http.openapi_responses import LINK, reads, reads_formats
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Limit, RunPath, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.changes import compare, two_runs
from services.gateway.publication.explanations import explain_run
from services.gateway.publication.routes.explanations import ReadingQuery
from services.gateway.publication.routes.row_changes import FORMATS, ChangesAnswer
from services.gateway.publication.routes.rows import CodePath, RowCursor, RunText
from services.gateway.publication.routes.scores import FormatQuery, media_type_of
from services.gateway.publication.row_changes import row_changes
from services.gateway.publication.rows import basis_of, basis_of_run
from services.gateway.publication.schemas.changes import Changes
from services.gateway.publication.schemas.explanations import RunExplanation
from services.gateway.publication.sheets import read_otherwise, run_sheet
from shared.audit import Actor

router = resource("score-runs")

# A body is told of published versions alone.
OF_A_BODY = RequireAgencyRole((), national=tuple(sorted(READER.roles)))

FromRun = Annotated[
    RunText | Unset, Query(alias="from", description="The earlier run; without it, that of the month's latest version.")
]


@router.get(
    "/score-runs/{run}/scores/{agency}/explanation",
    dependencies=[Depends(OF_A_BODY)],
    **reads(RunExplanation, refuses=[401, 403, 404, 422]),
)
async def get_run_explanation(request: Request, run: RunPath, agency: AgencyPath, readings: ReadingQuery) -> Response:
    """Why a run gives one body its points, as for a published version."""
    async with runtime(request).database.read() as connection:
        found = await run_sheet(connection, run)
    content = await asyncio.to_thread(lambda: explain_run(read_otherwise(found, readings), agency))
    return document(request, content, cache=CLOSED)


@router.get(
    "/score-runs/{run}/scores/{agency}/indicators/{code}/row-changes",
    **reads_formats(FORMATS, refuses=[401, 403, 404, 422], beside=LINK),
)
async def list_run_row_changes(
    request: Request,
    actor: Annotated[Actor, Depends(OF_A_BODY)],
    run: RunPath,
    agency: AgencyPath,
    code: CodePath,
    earlier: FromRun = None,
    cursor: RowCursor = None,
    limit: Limit = PAGE,
    wanted_format: FormatQuery = None,
) -> Response:
    """The rows behind an indicator of one body that a run changes against another one."""
    answer = ChangesAnswer(request, media_type_of(request, wanted_format), cursor, limit)
    async with read(runtime(request).database, actor) as connection:
        after = await basis_of_run(connection, run)
        if earlier is None:
            before = await basis_of(connection, period=after.run.period)
        else:
            before = await basis_of_run(connection, earlier)
        changes = await row_changes(connection, before, after, agency=agency, code=code)
        found = await changes.read(connection, after=answer.after, limit=limit + 1)
    return answer.page(found, changes)


@router.get("/score-runs/{run}/changes", dependencies=[Depends(READER)], **reads(Changes, refuses=[401, 403, 404, 422]))
async def get_run_changes(request: Request, run: RunPath, earlier: FromRun = None) -> Response:
    """What a run changes against another one, of the same month or not, body by body, and through which cause."""
    async with runtime(request).database.read() as connection:
        before, after = await two_runs(connection, earlier=earlier, later=run)
    return document(request, await asyncio.to_thread(compare, before, after), cache=CLOSED)
