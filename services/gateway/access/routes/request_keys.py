"""Public keys with which the holder of an API key signs its requests (RFC 9421, SEC-03)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access import request_keys
from services.gateway.access.auth import ROLES
from services.gateway.access.permits import Json, Permit
from services.gateway.access.schemas.request_keys import RequestKey, RequestKeyAsked, RequestKeyEndAsked, RequestKeySet
from services.gateway.access.store import records as kept
from services.gateway.http.answers import CLOSED, all_but, created, document
from services.gateway.http.openapi_responses import reads, records
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from shared.audit import Actor

router = resource("request-keys")

ALL: Final = "/request-keys"
REFUSES: Final = (401, 403)
RequestKeyPath = Annotated[str, Path(pattern="^rqk_[0-9a-z]{26}$", description="A request key.")]

_ANYBODY: Final = Permit(ROLES)


@router.get(ALL, **reads(RequestKeySet, refuses=REFUSES))
async def list_request_keys(request: Request, actor: Annotated[Actor, Depends(_ANYBODY)]) -> Response:
    """The caller's own request keys, the oldest first, also those that were ended."""
    found = await request_keys.list_own(runtime(request).database, actor=actor)
    return document(request, {"items": [_shown(each) for each in found]}, cache=CLOSED)


@router.post(ALL, **records(RequestKeyAsked, RequestKey, refuses=REFUSES))
async def post_request_key(
    request: Request,
    actor: Annotated[Actor, Depends(_ANYBODY)],
    asked: Annotated[RequestKeyAsked, Depends(Json(RequestKeyAsked))],
) -> Response:
    """Register a public key; from then on every write under the caller's API key must be signed with one."""
    jwk = asked.jwk.model_dump()
    made = await request_keys.register(runtime(request).database, actor=actor, jwk=jwk, proof=asked.proof, reason=asked.reason)
    return created(_shown(made), path=ALL)


@router.post(ALL + "/{request_key}/ends", **records(RequestKeyEndAsked, RequestKey, refuses=(*REFUSES, 404, 409)))
async def post_request_key_end(
    request: Request,
    request_key: RequestKeyPath,
    actor: Annotated[Actor, Depends(_ANYBODY)],
    asked: Annotated[RequestKeyEndAsked, Depends(Json(RequestKeyEndAsked))],
) -> Response:
    """End one of the caller's own request keys, for ever and at once."""
    database = runtime(request).database
    done = await request_keys.end(database, actor=actor, request_key_id=request_key, reason=asked.reason)
    return created(_shown(done), path=ALL)


def _shown(found: kept.RequestKey) -> dict[str, Any]:
    return all_but(found, "key_id", "actor")
