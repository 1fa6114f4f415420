"""The law as data, with its citations (EXP-04)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import OPEN, document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.routing import resource
from services.gateway.publication.schemas.documents import SchemeDocument, SchemePage
from shared.errors import NotFound
from shared.law.scheme import Scheme, packaged_schemes

router = resource("schemes", dependencies=[Depends(PUBLIC)])

SchemeId = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,40}$", examples=["qd-4585"])]


@router.get("/schemes", **reads(SchemePage))
async def list_schemes(request: Request) -> Response:
    """Every scheme, by its first period."""
    items = [_summary(scheme) for scheme in packaged_schemes()]
    return document(request, {"items": items, "next": None}, cache=OPEN)


@router.get("/schemes/{scheme}", **reads(SchemeDocument, refuses=[404]))
async def get_scheme(request: Request, scheme: SchemeId) -> Response:
    """One scheme: every weight, maximum, bound and reading, beside the passage it comes from."""
    found = next((each for each in packaged_schemes() if each.id == scheme), None)
    if found is None:
        raise NotFound(f"no scheme has the id {scheme!r}")
    content = {"id": found.id, "digest": found.digest, "content": dict(found.content)}
    return document(request, content, cache=OPEN)


def _summary(scheme: Scheme) -> dict[str, str]:
    period = str(scheme.first_period)
    return {"id": scheme.id, "decision": scheme.decision.number, "first_period": period, "digest": scheme.digest}
