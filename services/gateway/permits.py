"""Who may call a route, what its query may hold, and its JSON body: read in this order, authentication first.

Annotations are evaluated here on purpose: the framework reads those of a callable object.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from fastapi import Request
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from pydantic import BaseModel, ValidationError

from services.gateway.auth import authenticate
from services.gateway.errors import ReasonMissing
from services.gateway.refusals import faults_of
from services.gateway.runtime import runtime
from services.gateway.tenancy import AGENCY_ROLES
from shared.audit import Actor
from shared.errors import Fault, InputInvalid, NotAllowed, NotFound
from shared.problems import ContentTooLarge, Malformed, MediaTypeUnsupported

Body = TypeVar("Body", bound=BaseModel)

BEARER = BearerModel(bearerFormat="bd_<key id>_<secret>", description="API key, made with `bangdiem key create`.")


class Public:
    """Everybody. An Authorization header is not even looked at, so no answer depends on it."""

    roles: frozenset[str] = frozenset()

    async def __call__(self, request: Request) -> None:
        refuse_unknown_query(request)


class Permit(SecurityBase):
    """Holders of a key with one of these roles."""

    def __init__(self, roles: Iterable[str]) -> None:
        self.roles = frozenset(roles)
        self.model = BEARER
        self.scheme_name = "apiKey"

    async def __call__(self, request: Request) -> Actor:
        """Raises Unauthenticated or NotAllowed."""
        given = runtime(request)
        actor = await authenticate(
            given.database, pepper=given.pepper, authorization=request.headers.get("authorization"), now=given.clock()
        )
        self._require_role(actor)
        refuse_unknown_query(request)
        return actor

    def _require_role(self, actor: Actor) -> None:
        if not self.roles & actor.roles:
            wanted = " or ".join(sorted(self.roles))
            raise NotAllowed(f"this needs the role {wanted}", hint="Ask the system administrator for a key with that role.")


class Within(Permit):
    """Holders of a role inside the body that the path names (`{agency}`), or of a national role among ``national``.

    Of another body nothing is said, not even that it exists: NotFound (SEC-01).
    """

    def __init__(self, roles: Iterable[str], *, national: Iterable[str] = ()) -> None:
        super().__init__((*roles, *national))

    async def __call__(self, request: Request) -> Actor:
        """Raises Unauthenticated, NotFound or NotAllowed."""
        given = runtime(request)
        actor = await authenticate(
            given.database, pepper=given.pepper, authorization=request.headers.get("authorization"), now=given.clock()
        )
        if actor.roles & set(AGENCY_ROLES) and not is_own(actor, request.path_params["agency"]):
            raise NotFound("there is no such thing for this key")
        self._require_role(actor)
        refuse_unknown_query(request)
        return actor


def is_own(actor: Actor, agency: str) -> bool:
    """Whether the body named is the actor's own."""
    return actor.agency == agency


PUBLIC = Public()
READER = Permit(("reader", "operator", "publisher", "auditor"))
OPERATOR = Permit(("operator",))
PUBLISHER = Permit(("publisher",))
OPERATOR_OR_PUBLISHER = Permit(("operator", "publisher"))


def refuse_unknown_query(request: Request) -> None:
    """A misspelt parameter would be one silently ignored: ?verion=1 must not answer with the latest version."""
    if not request.scope["query_string"]:
        return
    route = request.scope["route"]
    known = [field.alias for field in route.dependant.query_params] if isinstance(route, APIRoute) else []
    names = [name for name, _ in request.query_params.multi_items()]
    faults = [
        Fault("?" + name[:40].encode("ascii", "backslashreplace").decode(), message, expected=", ".join(known) or "none")
        for name, message in (
            *((name, "no such parameter") for name in dict.fromkeys(names) if name not in known),
            *((name, "given twice") for name in known if names.count(name) > 1),
        )
    ]
    if faults:
        raise InputInvalid("the query holds parameters that this resource does not have", faults=faults)


@dataclass(frozen=True)
class Json(Generic[Body]):
    """The request's body as a model. Raises MediaTypeUnsupported, ContentTooLarge, Malformed or InputInvalid."""

    model: type[Body]

    async def __call__(self, request: Request) -> Body:
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type != "application/json":
            raise MediaTypeUnsupported("the body must be JSON", hint="Send Content-Type: application/json.")
        body = await _read(request, runtime(request).max_body_bytes)
        try:
            return self.model.model_validate_json(body, strict=True)
        except ValidationError as error:
            raise _refusal(error) from error


def _refusal(error: ValidationError) -> Malformed | InputInvalid:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return Malformed("the body is no JSON document", hint="Send one JSON object in UTF-8.")
    faults = faults_of(found)
    if any(fault.place == "/reason" for fault in faults):
        return ReasonMissing("a reason is needed", faults=faults, hint="Say why in one line; it is kept in the audit log.")
    return InputInvalid("the body does not say what is needed", faults=faults)


async def _read(request: Request, limit: int) -> bytes:
    too_large = ContentTooLarge(f"bodies are at most {limit} bytes")
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise too_large
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > limit:
            raise too_large
    return bytes(parts)
