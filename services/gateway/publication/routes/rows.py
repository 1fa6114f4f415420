"""The frozen rows behind a figure: a body its own, national readers all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.access.permits import READER, Permit, RequireAgencyRole
from services.gateway.access.tenancy import AGENCY_ROLES, WHOLE_BODY_ROLES, read
from services.gateway.http.answers import CLOSED, document, keys_cursor, page_of, table
from services.gateway.http.edge import CSV, JSON
from services.gateway.http.openapi_responses import LINK, reads_formats, ref
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Limit, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.proofs import Prover
from services.gateway.publication.routes.scores import FormatQuery, media_type_of
from services.gateway.publication.row_lists import Asked, RowList, ShownRow
from services.gateway.publication.row_tables import as_csv
from services.gateway.publication.rows import basis_of, indicator_rows, proofs_of, verdict_words
from services.gateway.publication.schemas.rows import IndicatorRows
from services.gateway.publication.which import WhichVersion
from shared.audit import Actor
from shared.errors import Fault, InputInvalid, NotFound
from shared.measures.verdicts import VERDICTS

router = resource("scores")

# Who reads a body's figures whole, and who reads all bodies'.
_NATIONAL = tuple(sorted(READER.roles))
OWN_ROWS = RequireAgencyRole(WHOLE_BODY_ROLES, national=_NATIONAL)
ROWS_READER = Permit((*WHOLE_BODY_ROLES, *_NATIONAL))

CodePath = Annotated[str, Path(pattern="^([A-E][1-9]|bonus)$", description="An indicator.", examples=["A1"])]
RunText = Annotated[str, Field(pattern="^run_[0-9a-z]{26}$")]
RunQuery = Annotated[RunText | Unset, Query(description="A run of the month; not beside `version` or `as_of`.")]
_Word = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,39}$")]
VerdictQuery = Annotated[_Word | Unset, Query(description="Only rows with this verdict.", examples=["late"])]
DatasetQuery = Annotated[_Word | Unset, Query(description="Only rows of this dataset.", examples=["task_assignments"])]
_Cursor = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,2000}$")]
RowCursor = Annotated[_Cursor | Unset, Query(description="The former page's `next`; only lists give them.")]
ProofQuery = Annotated[
    Literal["true", "false"], Query(description="`true`: with each row its way to the snapshot's root; JSON only.")
]

ROWS_TABLE = {
    "type": "string",
    "description": "UTF-8 with a byte order mark, one line a frozen row, the columns of all its datasets, RFC 4180.",
}


@router.get(
    "/periods/{period}/scores/{agency}/indicators/{code}/rows",
    **reads_formats({JSON: ref(IndicatorRows), CSV: ROWS_TABLE}, refuses=[401, 403, 404, 422], beside=LINK),
)
async def list_indicator_rows(
    request: Request,
    actor: Annotated[Actor, Depends(OWN_ROWS)],
    which: WhichVersion,
    agency: AgencyPath,
    code: CodePath,
    run: RunQuery = None,
    verdict: VerdictQuery = None,
    cursor: RowCursor = None,
    limit: Limit = PAGE,
    proof: ProofQuery = "false",
    wanted_format: FormatQuery = None,
) -> Response:
    """The frozen rows that an indicator of one body was counted from, with the verdict of the statement that counted them.

    A body is answered for published versions; a run is named by national readers.
    """
    period = which.period
    asked = asked_rows(agency, verdict, cursor, limit)
    answer = RowsAnswer(request, media_type_of(request, wanted_format), limit, proven=proof == "true")
    if run is not None and which.version is not None:
        fault = Fault("?run", "stands beside ?version or ?as_of", seen=run, expected="one of the three")
        raise InputInvalid("rows are asked for of a run or of a version", faults=[fault])
    if run is not None and actor.roles & set(AGENCY_ROLES):
        raise NotFound(f"{period} has no published run {run}")
    async with read(runtime(request).database, actor) as connection:
        basis = await basis_of(connection, period=period, version=which.version, run_id=run)
        found = await indicator_rows(connection, basis, agency=agency, code=code)
        rows = await found.rows.read(connection, asked)
    return await answer.page(rows, found.rows, found.document(), name=f"rows-{period}-{agency}-{code}.csv")


def asked_rows(agency: str | None, verdict: str | None, cursor: str | None, limit: int) -> Asked:
    """One row more than the page holds. Raises InputInvalid for a cursor of another list, and for what is no verdict."""
    if verdict is not None and verdict not in VERDICTS:
        fault = Fault("?verdict", "is no verdict", seen=verdict, expected=", ".join(VERDICTS))
        raise InputInvalid("rows are asked for by a verdict that none has", faults=[fault])
    after = None if cursor is None else keys_cursor(cursor)
    return Asked(agency, verdict, after, limit + 1)


class RowsAnswer:
    """One page in the format that was asked for."""

    def __init__(self, request: Request, media_type: str, limit: int, *, proven: bool) -> None:
        """Raises InputInvalid for a proof in a table."""
        if proven and media_type != JSON:
            fault = Fault("?proof", "a table has no place for it", seen="true", expected="false, or JSON")
            raise InputInvalid("proofs are given as JSON only", faults=[fault])
        self.request, self.media_type, self.limit, self.proven = request, media_type, limit, proven

    async def page(self, rows: Sequence[ShownRow], whole: RowList, beside: dict[str, Any], *, name: str) -> Response:
        content, headers = page_of(self.request, rows, limit=self.limit, key=lambda each: each.key)
        headers |= {"vary": "Accept"}
        shown: list[ShownRow] = content["items"]
        if self.media_type == CSV:
            return table(self.request, as_csv(whole, shown), name=name, headers=headers)
        given = runtime(self.request)
        proofs = await proofs_of(given.part(Prover), given.database, shown) if self.proven else {}
        items = [each.shown(proofs.get(each.part.dataset.name)) for each in shown]
        content |= {**beside, "items": items, "verdicts": verdict_words(shown)}
        content |= {"proofs": [each.document for each in proofs.values()]} if self.proven else {}
        return document(self.request, content, cache=CLOSED, headers=headers)
