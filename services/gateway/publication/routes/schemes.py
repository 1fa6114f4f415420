"""The law as data, with its citations (EXP-04)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import OPEN, document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.publication.schemas.documents import SchemeDocument, SchemePage
from shared.errors import NotFound
from shared.law.revisions import Revision, revised_digest
from shared.law.scheme import Scheme, packaged_schemes
from shared.law_store import revisions_in_force

router = resource("schemes", dependencies=[Depends(PUBLIC)])

SchemeId = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,40}$", examples=["qd-4585"])]


@router.get("/schemes", **reads(SchemePage))
async def list_schemes(request: Request) -> Response:
    """Every scheme, by its first period."""
    items = [_summary(scheme) for scheme in packaged_schemes()]
    return document(request, {"items": items, "next": None}, cache=OPEN)


@router.get("/schemes/{scheme}", **reads(SchemeDocument, refuses=[404]))
async def get_scheme(request: Request, scheme: SchemeId) -> Response:
    """One scheme: every weight, maximum, bound and reading, beside the passage it comes from, and its revisions in force."""
    found = next((each for each in packaged_schemes() if each.id == scheme), None)
    if found is None:
        raise NotFound(f"no scheme has the id {scheme!r}")
    async with runtime(request).database.read() as connection:
        revisions = await revisions_in_force(connection, found.id)
    content = {"id": found.id, "digest": found.digest, "content": dict(found.content)}
    return document(request, content | {"revisions": [_revision(found, each) for each in revisions]}, cache=OPEN)


def _revision(scheme: Scheme, revision: Revision) -> dict[str, Any]:
    said = {"number": revision.number, "first_period": str(revision.first_period), "document": revision.document}
    return {**said, "readings": dict(revision.readings), "digest": revised_digest(scheme, revision)}


def _summary(scheme: Scheme) -> dict[str, str]:
    period = str(scheme.first_period)
    return {"id": scheme.id, "decision": scheme.decision.number, "first_period": period, "digest": scheme.digest}
