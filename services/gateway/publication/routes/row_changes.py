"""The frozen rows behind an indicator that changed between two versions: a body its own, national readers all."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.responses import Response

from services.gateway.access.tenancy import read
from services.gateway.http.answers import CLOSED, document, keys_cursor, page_of, table
from services.gateway.http.edge import CSV, JSON
from services.gateway.http.openapi_responses import LINK, reads_formats, ref
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Limit, PeriodPath, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.routes.changes import FromVersion, Month, ToInstant, ToVersion
from services.gateway.publication.routes.rows import OWN_ROWS, CodePath, RowCursor
from services.gateway.publication.routes.scores import FormatQuery, media_type_of
from services.gateway.publication.row_changes import ChangedRow, RowChanges, row_changes, words_of
from services.gateway.publication.row_tables import changes_as_csv
from services.gateway.publication.rows import basis_of
from services.gateway.publication.schemas.row_changes import IndicatorRowChanges
from services.gateway.publication.which import which_of
from shared.audit import Actor

router = resource("scores")

FromPeriod = Annotated[
    Month | Unset,
    Query(description="The month that `from` is a version of, its latest one or that of `as_of` without `from`."),
]
TABLE = {
    "type": "string",
    "description": "UTF-8 with a byte order mark, one line a changed row, each column before and after, RFC 4180.",
}
FORMATS = {JSON: ref(IndicatorRowChanges), CSV: TABLE}


@router.get(
    "/periods/{period}/scores/{agency}/indicators/{code}/row-changes",
    **reads_formats(FORMATS, refuses=[401, 403, 404, 422], beside=LINK),
)
async def list_row_changes(
    request: Request,
    actor: Annotated[Actor, Depends(OWN_ROWS)],
    period: PeriodPath,
    agency: AgencyPath,
    code: CodePath,
    earlier: FromVersion = None,
    later: ToVersion = None,
    as_of: ToInstant = None,
    from_period: FromPeriod = None,
    cursor: RowCursor = None,
    limit: Limit = PAGE,
    wanted_format: FormatQuery = None,
) -> Response:
    """The rows behind an indicator of one body that are there in one of two versions alone, or otherwise in both."""
    given = runtime(request)
    to = await which_of(given, period, later, as_of, called="?to")
    since = await which_of(given, from_period or period, earlier, None if earlier else as_of)
    answer = ChangesAnswer(request, media_type_of(request, wanted_format), cursor, limit)
    async with read(given.database, actor) as connection:
        after = await basis_of(connection, period=to.period, version=to.version)
        number = since.version if earlier or since.period != to.period else max((after.run.version or 1) - 1, 1)
        before = await basis_of(connection, period=since.period, version=number)
        changes = await row_changes(connection, before, after, agency=agency, code=code)
        found = await changes.read(connection, after=answer.after, limit=limit + 1)
    return answer.page(found, changes)


class ChangesAnswer:
    """One page in the format that was asked for; ``after`` are the keys that the cursor names."""

    def __init__(self, request: Request, media_type: str, cursor: str | None, limit: int) -> None:
        """Raises InputInvalid for a cursor of another list."""
        self.request, self.media_type, self.limit = request, media_type, limit
        self.after = None if cursor is None else keys_cursor(cursor)

    def page(self, found: list[ChangedRow], whole: RowChanges) -> Response:
        content, headers = page_of(self.request, found, limit=self.limit, key=lambda each: each.key)
        headers |= {"vary": "Accept"}
        changed: list[ChangedRow] = content["items"]
        if self.media_type == CSV:
            after = whole.after
            name = f"row-changes-{after.basis.run.period}-{after.agency}-{after.code}.csv"
            return table(self.request, changes_as_csv(whole, changed), name=name, headers=headers)
        content |= {**whole.document(), "items": [each.shown() for each in changed], "verdicts": words_of(changed)}
        return document(self.request, content, cache=CLOSED, headers=headers)
