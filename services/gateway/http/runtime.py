"""What every route is given, through the application's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from fastapi import Request

from services.gateway.http.edge import REQUEST_ID
from services.gateway.http.published_cache import PublishedCache
from shared.database import Database
from shared.jobs import Queue
from shared.signature.verifier import SignatureVerifier

Part = TypeVar("Part")
OWN_DATABASE = "bangdiem.database"


@dataclass(frozen=True)
class Runtime:
    """``schema_head`` is the migration this code was written for. ``parts`` are what features bring and this
    module knows nothing of: each is asked for by its class."""

    database: Database
    queue: Queue
    published: PublishedCache
    clock: Callable[[], datetime]
    public_url: str
    max_body_bytes: int
    schema_head: str | None
    max_report_bytes: int
    check_at_once_bytes: int
    max_attachment_bytes: int
    verifier: SignatureVerifier
    parts: Mapping[type[Any], Any]

    def part(self, kind: type[Part]) -> Part:
        """What a feature brought. Raises KeyError where the front door gave none."""
        found: Part = self.parts[kind]
        return found

    @property
    def largest_body_bytes(self) -> int:
        """No route reads a longer body."""
        return max(self.max_body_bytes, self.max_report_bytes, self.max_attachment_bytes)


def runtime(request: Request) -> Runtime:
    """The application's, with the request's own database where it brings one (services.gateway.http.idempotency)."""
    found: Runtime = request.app.state.runtime
    own: Database | None = request.scope.get(OWN_DATABASE)
    return found if own is None else replace(found, database=own)


def request_id(request: Request) -> str:
    return str(request.scope.get(REQUEST_ID, "req_unknown"))
