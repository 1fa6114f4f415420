"""What every route is given, through the application's state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from pydantic import SecretStr

from services.gateway.edge import REQUEST_ID
from services.gateway.keyring import Keyring
from services.gateway.shelf import Shelf
from shared.database import Database
from shared.jobs import Queue


@dataclass(frozen=True)
class Runtime:
    """``schema_head`` is the migration this code was written for."""

    database: Database
    queue: Queue
    shelf: Shelf
    clock: Callable[[], datetime]
    pepper: SecretStr
    public_url: str
    max_body_bytes: int
    schema_head: str | None
    keyring: Keyring
    max_report_bytes: int
    check_at_once_bytes: int


def runtime(request: Request) -> Runtime:
    found: Runtime = request.app.state.runtime
    return found


def request_id(request: Request) -> str:
    return str(request.scope.get(REQUEST_ID, "req_unknown"))
