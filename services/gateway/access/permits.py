"""Who may call a route, what its query may hold, and its JSON body: read in this order, authentication first.

Annotations are evaluated here on purpose: the framework reads those of a callable object.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, get_origin

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security.base import SecurityBase
from pydantic import BaseModel, ValidationError

from services.gateway.access.auth import KEYS_READ, Access, authenticate
from services.gateway.access.keys_limits import Use, client_address
from services.gateway.access.missing_roles import role_missing
from services.gateway.access.request_signatures import is_signed, require_signature
from services.gateway.access.second_factor import SecondFactor, require_second_factor
from services.gateway.access.tenancy import AGENCY_ROLES
from services.gateway.http.edge import EVERY_ORIGIN, READING, Message
from services.gateway.http.errors import ReasonMissing
from services.gateway.http.exception_handlers import faults_of
from services.gateway.http.fault_words import is_blank
from services.gateway.http.idempotency import recall
from services.gateway.http.runtime import Runtime, runtime
from shared.audit import Actor
from shared.errors import Fault, InputInvalid, NotFound
from shared.problems import ContentTooLarge, Malformed, MediaTypeUnsupported

Body = TypeVar("Body", bound=BaseModel)

BEARER = BearerModel(
    bearerFormat="bd_<key id>_<secret>, or a JWT",
    description="API key, or access token of a configured identity provider.",
)


class Public:
    """Everybody. An Authorization header is not even looked at, so no answer depends on it, and pages of other origins may
    read them too, where ``every_origin``."""

    roles: frozenset[str] = frozenset()

    def __init__(self, *, every_origin: bool = True) -> None:
        self.every_origin = every_origin

    async def __call__(self, request: Request) -> None:
        if self.every_origin and request.method in READING:
            request.scope[EVERY_ORIGIN] = True
        refuse_unknown_query(request)


class Permit(SecurityBase):
    """Callers with one of these roles; where ``factor`` says so, with a second factor (SEC-04)."""

    def __init__(self, roles: Iterable[str], *, factor: SecondFactor = SecondFactor.NOT_NEEDED) -> None:
        self.roles = frozenset(roles)
        self.factor = factor
        self.model = BEARER
        self.scheme_name = "apiKey"

    async def __call__(self, request: Request) -> Actor:
        """Raises Unauthenticated, IssuerUnavailable, NotFound or NotAllowed."""
        given = runtime(request)
        caller = await authenticate(
            given.database,
            access=given.part(Access),
            authorization=request.headers.get("authorization"),
            use=use_of(request, given.part(Access)),
            now=given.clock(),
            signs=request.method not in READING or is_signed(request),
            keys_read=request.scope.get(KEYS_READ),
        )
        self.require_reach(caller.actor, request)
        self._require_role(caller.actor)
        if self.factor is SecondFactor.NEEDED:
            require_second_factor(caller.factors, given.part(Access).second_factor)
        # Before anything is answered again: who replays a captured request has its idempotency key too (SEC-07).
        await require_signature(request, caller.request_keys, request.app.state.runtime)
        refuse_unknown_query(request)
        await recall(request, caller.actor)
        return caller.actor

    def require_admitted(self, actor: Actor, request: Request) -> None:
        """Whether the actor may send what is asked at the request's path. Raises NotFound or NotAllowed."""
        self.require_reach(actor, request)
        self._require_role(actor)

    def require_reach(self, actor: Actor, request: Request) -> None:
        """Raises NotFound for what is another body's; here nothing is."""

    def _require_role(self, actor: Actor) -> None:
        if not self.roles & actor.roles:
            raise role_missing(actor, self.roles)


class RequireAgencyRole(Permit):
    """Callers with a role inside the body that the path names (`{agency}`), or with a national role among ``national``.

    Of another body nothing is said, not even that it exists: NotFound (SEC-01).
    """

    def __init__(
        self, roles: Iterable[str], *, national: Iterable[str] = (), factor: SecondFactor = SecondFactor.NOT_NEEDED
    ) -> None:
        super().__init__((*roles, *national), factor=factor)

    def require_reach(self, actor: Actor, request: Request) -> None:
        """Raises NotFound for another body's path."""
        if actor.roles & set(AGENCY_ROLES) and not is_own(actor, request.path_params["agency"]):
            raise NotFound("there is no such thing for this key")


def is_own(actor: Actor, agency: str) -> bool:
    """Whether the body named is the actor's own."""
    return actor.agency == agency


PUBLIC = Public()
MONITORS = Public(every_origin=False)
READER = Permit(("reader", "operator", "publisher", "auditor"))
OPERATOR = Permit(("operator",))
PUBLISHER = Permit(("publisher",))
OPERATOR_OR_PUBLISHER = Permit(("operator", "publisher"))
# What cannot be taken back: scoring, publishing, and agreeing that a frozen snapshot is replaced.
SCORER = Permit(("operator",), factor=SecondFactor.NEEDED)
PUBLISHING = Permit(("publisher",), factor=SecondFactor.NEEDED)


def permit_of(app: FastAPI, method: str, path: str) -> Permit:
    """What a route asks of its callers. Raises LookupError where there is no such closed route."""
    for context in iter_route_contexts(app.routes):
        if context.path == path and method in (context.methods or ()):
            calls = (dependency.call for dependency in context.dependant.dependencies)
            return next(call for call in calls if isinstance(call, Permit))
    raise LookupError(f"{method} {path}")


def resources_of(app: FastAPI) -> frozenset[str]:
    """What a key may be limited to: the first tag of every route."""
    routes = (context.original_route for context in iter_route_contexts(app.routes))
    return frozenset(str(route.tags[0]) for route in routes if isinstance(route, APIRoute) and route.tags)


def use_of(request: Request, access: Access) -> Use:
    """What a key is used for: from where, to write or only to read, and on which resource (the route's tag)."""
    route = request.scope["route"]
    tags = route.tags if isinstance(route, APIRoute) else []
    peer = request.client.host if request.client else None
    forwarded = request.headers.getlist("x-forwarded-for")
    address = client_address(peer, forwarded, access.trusted_proxies)
    return Use(address, request.method not in READING, str(tags[0]) if tags else None)


def refuse_unknown_query(request: Request) -> None:
    """A misspelt parameter would be one silently ignored: ?verion=1 must not answer with the latest version."""
    if not request.scope["query_string"]:
        return
    route = request.scope["route"]
    known = dict(_query_of(route.dependant)) if isinstance(route, APIRoute) else {}
    names = [name for name, _ in request.query_params.multi_items()]
    faults = [
        Fault("?" + name[:40].encode("ascii", "backslashreplace").decode(), message, expected=", ".join(known) or "none")
        for name, message in (
            *((name, "no such parameter") for name in dict.fromkeys(names) if name not in known),
            *((name, "given twice") for name, listed in known.items() if not listed and names.count(name) > 1),
        )
    ]
    if faults:
        raise InputInvalid("the query holds parameters that this resource does not have", faults=faults)


def _query_of(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Names of the parameters of a route, and of what it depends on, each with whether it may be given several times."""
    yield from ((field.alias, get_origin(field.field_info.annotation) is list) for field in dependant.query_params)
    for each in dependant.dependencies:
        yield from _query_of(each)


@dataclass(frozen=True)
class Json(Generic[Body]):
    """The request's body as a model. Raises MediaTypeUnsupported, ContentTooLarge, Malformed or InputInvalid."""

    model: type[Body]

    def limit(self, given: Runtime) -> int:
        """How many bytes are read."""
        return given.max_body_bytes

    async def __call__(self, request: Request) -> Body:
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type != "application/json":
            raise MediaTypeUnsupported("the body must be JSON", hint="Send Content-Type: application/json.")
        body = await read_body(request, self.limit(runtime(request)))
        try:
            return self.model.model_validate_json(body, strict=True)
        except ValidationError as error:
            raise _refusal(error) from error


def _refusal(error: ValidationError) -> Malformed | InputInvalid:
    found = error.errors(include_url=False)
    if found[0]["type"] == "json_invalid":
        return Malformed("the body is no JSON document", hint="Send one JSON object in UTF-8.")
    faults = faults_of(found)
    if [fault.place for fault in faults] == ["/reason"] and is_blank(found[0]):
        return ReasonMissing("a reason is needed", faults=faults, hint="Say why in one line; it is kept in the audit log.")
    return InputInvalid("the body does not say what is needed", faults=faults)


async def read_body(request: Request, limit: int) -> bytes:
    """At most so many bytes. Raises ContentTooLarge."""
    return await bounded(request, limit).body()


def bounded(request: Request, limit: int) -> Request:
    """The request with its body yet to be read, counted while it comes. Raises ContentTooLarge, now or then."""
    too_large = ContentTooLarge(f"bodies are at most {limit} bytes")
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise too_large
    parts, size = request.stream(), 0

    async def receive() -> Message:
        nonlocal size
        part = await anext(parts, b"")
        size += len(part)
        if size > limit:
            raise too_large
        return {"type": "http.request", "body": part, "more_body": bool(part)}

    return Request(request.scope, receive)
