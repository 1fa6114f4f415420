"""The HTTP program: five sources under their prefixes, each with tokens, keys and data, and the admin's routes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from uuid import uuid4

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from deploy.sandbox import envelope
from deploy.sandbox.access import Credentials, Desk, admit_admin
from deploy.sandbox.asking import Ask, Refusal, ask
from deploy.sandbox.content import encode
from deploy.sandbox.delivery import Answer, CutShort, Dropped
from deploy.sandbox.distortion import distorted
from deploy.sandbox.faults import BEFORE, DELIVERY, PAYLOAD, TOKEN, Fault, Faults
from deploy.sandbox.signing import Algorithm, Signer, signer
from deploy.sandbox.slips import Slips
from deploy.sandbox.sources import SOURCES, Source, World

_REMEMBERED = 10_000
_TOKEN_SECONDS = 3600.0


@dataclass(frozen=True)
class Options:
    """What one sandbox is started with. Every secret is made for the occasion, never a constant."""

    world: World
    credentials: Mapping[str, Credentials]
    admin_token: str
    token_seconds: float = _TOKEN_SECONDS
    signature: Algorithm = "EdDSA"


@dataclass
class Sandbox:
    """The state of one running program: planted faults and slips, tokens handed out, requests seen."""

    options: Options
    faults: Faults = field(default_factory=Faults)
    slips: Slips = field(default_factory=Slips)
    seen: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def __post_init__(self) -> None:
        self.desks = {name: Desk(one, self.options.token_seconds) for name, one in self.options.credentials.items()}
        self.signers = {source.name: signer(self.options.world.seed, source.name, self.options.signature) for source in SOURCES}

    def app(self) -> Starlette:
        """The ASGI program."""
        mounts = [Mount(source.prefix, routes=self._routes(source)) for source in SOURCES]
        return Starlette(
            routes=[
                *mounts,
                Route("/admin/faults", self._guarded(self._plant), methods=["POST"]),
                Route("/admin/faults", self._guarded(self._list_faults), methods=["GET"]),
                Route("/admin/faults", self._guarded(self._clear_faults), methods=["DELETE"]),
                Route("/admin/slips", self._guarded(self._slip), methods=["POST"]),
                Route("/admin/slips", self._guarded(self._list_slips), methods=["GET"]),
                Route("/admin/slips/{slip:int}", self._guarded(self._mend), methods=["DELETE"]),
                Route("/admin/requests", self._guarded(self._list_requests), methods=["GET"]),
                Route("/admin/requests", self._guarded(self._forget_requests), methods=["DELETE"]),
                Route("/healthz", _healthz, methods=["GET"]),
            ]
        )

    def _routes(self, source: Source) -> list[Route]:
        data = (
            Route("/api/v1/reporting/evaluation/service-results", partial(self._data, source, None), methods=["POST"])
            if source.name == "public_service_portal"
            else Route("/api/v1/{dataset}", partial(self._data, source, "dataset"), methods=["GET"])
        )
        return [
            data,
            Route("/oauth2/token", partial(self._token, source), methods=["POST"]),
            Route("/jwks.json", partial(self._jwks, source), methods=["GET"]),
        ]

    async def _token(self, source: Source, request: Request) -> Response:
        return await self._answered(request, source, TOKEN, self._issue)

    async def _issue(self, request: Request, source: Source, _: str, note: dict[str, object]) -> Answer:
        struck = self.faults.take(BEFORE, source.name, TOKEN, 1)
        await _endure(struck)
        issued = self.desks[source.name].issue(request.headers.get("authorization"), await request.body())
        return Answer(encode(issued), headers={"Cache-Control": "no-store"})

    async def _jwks(self, source: Source, request: Request) -> Response:
        key = self.signers[source.name]
        return Response(encode({"keys": [key.jwk] if key else []}), media_type="application/json")

    async def _data(self, source: Source, parameter: str | None, request: Request) -> Response:
        dataset = request.path_params[parameter] if parameter else "service_scores"
        return await self._answered(request, source, dataset, self._page)

    async def _page(self, request: Request, source: Source, dataset: str, note: dict[str, object]) -> Answer:
        asked = await _read(request, source, dataset)
        note |= {"page": asked.page, "period": str(asked.period), "as_of": asked.as_of.isoformat()}
        await _endure(self.faults.take(BEFORE, source.name, dataset, asked.page))
        self.desks[source.name].admit(request.headers)
        right = source.datasets[dataset](self.options.world, asked.period, asked.as_of)
        found = self.slips.applied(dataset, str(asked.period), right)
        build = envelope.portal_page if source.name == "public_service_portal" else envelope.common
        body = build(source, asked, found)
        if wrong := self.faults.take(PAYLOAD, source.name, dataset, asked.page):
            body = distorted(dataset, body, wrong)
        return _delivered(body, self.signers[source.name], self.faults.take(DELIVERY, source.name, dataset, asked.page))

    async def _answered(self, request: Request, source: Source, dataset: str, make: _Make) -> Response:
        """Make the answer, add what every answer carries, and remember the request."""
        own_id = f"{source.prefix[1:]}-{uuid4().hex[:16]}"
        note: dict[str, object] = {
            "at": datetime.now(UTC).isoformat(),
            "method": request.method,
            "path": request.url.path,
            "query": request.url.query,
            "source": source.name,
            "dataset": dataset,
            "request_id": request.headers.get("x-request-id"),
            "source_request_id": own_id,
        }
        try:
            answer = await make(request, source, dataset, note)
        except Refusal as refusal:
            # RFC 6749 §5.2 wants the code under "error" from the token endpoint, the contracts under "code".
            body = encode({"error" if dataset == TOKEN else "code": refusal.code, "message": refusal.message})
            answer = Answer(body, refusal.status, refusal.headers)
        except Dropped:
            self.seen.append(note | {"status": None})
            return CutShort(b"", 0)
        self.seen.append(note | {"status": answer.status})
        return answer.response(_carried(request, own_id, answer))

    def _guarded(self, handle: Callable[[Request], Awaitable[object]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                admit_admin(request.headers, self.options.admin_token)
                return Response(encode(await handle(request)), media_type="application/json")
            except Refusal as refusal:
                body = encode({"code": refusal.code, "message": refusal.message})
                return Response(body, refusal.status, media_type="application/json", headers=refusal.headers)

        return guarded

    async def _plant(self, request: Request) -> object:
        self.faults.plant(await _json(request))
        return self.faults.listed()

    async def _list_faults(self, _: Request) -> object:
        return self.faults.listed()

    async def _clear_faults(self, _: Request) -> object:
        self.faults.clear()
        return []

    async def _slip(self, request: Request) -> object:
        return self.slips.plant(await _json(request)).described

    async def _list_slips(self, _: Request) -> object:
        return self.slips.listed()

    async def _mend(self, request: Request) -> object:
        self.slips.mend(request.path_params["slip"])
        return self.slips.listed()

    async def _list_requests(self, _: Request) -> object:
        return list(self.seen)

    async def _forget_requests(self, _: Request) -> object:
        self.seen.clear()
        return []


_Make = Callable[[Request, Source, str, dict[str, object]], Awaitable[Answer]]


async def _healthz(_: Request) -> Response:
    return Response(b'{"status":"ok"}', media_type="application/json")


async def _json(request: Request) -> dict[str, object]:
    try:
        return msgspec.json.decode(await request.body(), type=dict[str, object])
    except msgspec.MsgspecError as error:
        raise Refusal(400, "BAD_JSON", f"the body is not a JSON object: {error}") from error


async def _read(request: Request, source: Source, dataset: str) -> Ask:
    if dataset not in source.datasets:
        raise Refusal(404, "UNKNOWN_DATASET", f"{source.name} has no dataset {dataset!r}")
    if source.name != "public_service_portal":
        return ask(dataset, request.query_params)
    body = await _json(request)
    if body.get("timeType") != "month" or body.get("departmentType") != "ADMINISTRATIVE_UNIT":
        raise Refusal(400, "BAD_VIEW", "only timeType month and departmentType ADMINISTRATIVE_UNIT are served here")
    return envelope.portal_ask(body)


async def _endure(struck: Mapping[str, Fault]) -> None:
    """Faults that answer instead of the data. Raises ``Refusal`` or ``Dropped``."""
    if "slow" in struck:
        await asyncio.sleep(struck["slow"].seconds)
    if "down" in struck or "crash_after_page" in struck:
        raise Dropped
    if "429" in struck:
        raise Refusal(429, "TOO_MANY_REQUESTS", "planted fault", {"Retry-After": str(struck["429"].seconds)})
    if "500" in struck:
        raise Refusal(500, "INTERNAL_ERROR", "planted fault")
    if "401" in struck:
        raise Refusal(401, "UNAUTHENTICATED", "planted fault: token expired", {"WWW-Authenticate": "Bearer"})
    if "as_of_unavailable" in struck:
        raise Refusal(422, "AS_OF_UNAVAILABLE", "states as of that instant are no longer kept (planted fault)")


def _delivered(body: bytes, key: Signer | None, struck: Mapping[str, Fault]) -> Answer:
    headers: dict[str, str] = {}
    if key is not None and "missing_signature" not in struck:
        headers["X-Payload-Signature"] = key.detached(body + b" " if "bad_signature" in struck else body)
    skew = timedelta(seconds=struck["clock_skew"].seconds) if "clock_skew" in struck else timedelta()
    cut = len(body) // 2 if "cut_json" in struck else len(body)
    short = cut // 2 if "truncated_page" in struck else None
    return Answer(body[:cut], headers=headers, skew=skew, short=short)


def _carried(request: Request, own_id: str, answer: Answer) -> dict[str, str]:
    asked_id = request.headers.get("x-request-id")
    return {
        "Date": format_datetime(datetime.now(UTC) + answer.skew, usegmt=True),
        "X-Source-Request-Id": own_id,
        **({"X-Request-Id": asked_id} if asked_id else {}),
    }
