"""Signatures of bodies under official files, and which body signs those of a source."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER, Json, Permit
from services.gateway.access.tenancy import read
from services.gateway.http.answers import CLOSED, created, document, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, Cursor, Limit, SnapshotPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.signatures.countersigning import payload_of
from services.gateway.signatures.file_signatures import demand_files_signed
from services.gateway.signatures.schemas.signatures import (
    FileDemandAsked,
    FileSignatureDemand,
    FileSignatureDemandPage,
    FileSignatureSet,
)
from services.gateway.signatures.store import file_signatures as stored
from services.gateway.signatures.store import records as kept
from shared.audit import Actor

router = resource("snapshots")

DEMANDS: Final = "/file-signature-demands"
REFUSES: Final = (401, 403, 404)
_DEMANDER: Final = Permit(("system_administrator",))
_WATCHER: Final = Permit(("system_administrator", "operator", "auditor"))


@router.get("/snapshots/{snapshot}/file-signatures", **reads(FileSignatureSet, refuses=REFUSES))
async def get_snapshot_file_signatures(
    request: Request, snapshot: SnapshotPath, actor: Annotated[Actor, Depends(READER)]
) -> Response:
    """How a body signed the official files that the snapshot was made from; empty where nobody signed any."""
    database = runtime(request).database
    await payload_of(database, snapshot)
    async with read(database, actor) as connection:
        return document(request, {"items": await stored.of_snapshot(connection, snapshot)}, cache=CLOSED)


@router.get(DEMANDS, **lists(FileSignatureDemandPage, refuses=REFUSES))
async def list_file_signature_demands(
    request: Request, actor: Annotated[Actor, Depends(_WATCHER)], cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    """Which body signs the official files of which source, the oldest first; the last one of a source holds."""
    after = number_cursor(cursor)
    async with read(runtime(request).database, actor) as connection:
        found = await stored.list_demands(connection, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=_shown)


@router.post(DEMANDS, **records(FileDemandAsked, FileSignatureDemand, refuses=REFUSES))
async def post_file_signature_demand(
    request: Request,
    actor: Annotated[Actor, Depends(_DEMANDER)],
    asked: Annotated[FileDemandAsked, Depends(Json(FileDemandAsked))],
) -> Response:
    """Demand a body's signature under official files of a source from now on, or leave it optional again."""
    given = runtime(request)
    made = await demand_files_signed(given.database, actor=actor, **asked.model_dump(), now=given.clock())
    return created(_shown(made), path=DEMANDS)


def _shown(found: kept.FileSignatureDemand) -> dict[str, Any]:
    return {name: value for name, value in vars(found).items() if name != "sequence"}
